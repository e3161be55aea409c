"""In a real browser, by keyboard alone and the commands that people use: enquiries are answered, a text is signed."""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ketamine_faq.content.signing import state
from ketamine_faq.content.sources import variations
from ketamine_faq.model import quiet_environment
from tests.support.contact_server import served
from tests.support.conversations import Conversations
from tests.support.installation import FORM, Installation
from tests.support.oidc_provider import CLIENT, SECRET, oidc_provider
from tests.support.processes import command, copied_project, free_port, wait_for
from tests.support.typist import Typist
from tests.website.browser import chromium

TEXT = "dosing.pain.patient"


@dataclass
class Running:
    """The staff's page of a copy of the project, whose texts may be signed."""

    address: str
    project: Path
    environment: dict[str, str]

    def link(self, name: str, role: str) -> str:
        """What `ketamine-faq staff link` prints."""
        ended = command("staff", "link", "--name", name, "--role", role, project=self.project, **self.environment)
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()


@pytest.fixture(scope="module")
def conversations(tmp_path_factory: pytest.TempPathFactory) -> Conversations:
    """A store with a conversation."""
    made = Conversations(tmp_path_factory.mktemp("conversations"))
    made.had(("what dose for pain", "dosing"), at=time.time() - 60)
    return made


# Once Playwright runs, no other event loop could: the conversations are kept before.
@pytest.fixture(scope="module")
def browser(conversations: Conversations) -> Iterator[Browser]:
    """Debian's Chromium."""
    with chromium() as running:
        yield running


@pytest.fixture
def running(installation: Installation, tmp_path: Path, conversations: Conversations) -> Iterator[Running]:
    """It, for an installation as it is."""
    with run(installation, tmp_path, conversations) as served:
        yield served


@contextmanager
def run(installation: Installation, tmp_path: Path, conversations: Conversations) -> Iterator[Running]:
    """Serve it by `ketamine-faq staff`."""
    project, port = copied_project(tmp_path), free_port()
    installation.set(staff_url=f"http://localhost:{port}")
    line = [sys.executable, "-m", "ketamine_faq.cli", "staff", "--port", str(port)]
    line += ["--endpoints", str(conversations.endpoints)]
    output = tmp_path / "staff.txt"
    with output.open("w") as file:
        env = quiet_environment() | installation.environment
        process = subprocess.Popen(line, cwd=project, env=env, stdout=file, stderr=subprocess.STDOUT)
    try:
        wait_for(lambda: "Ready:" in output.read_text() or process.poll() is not None, 60)
        assert process.poll() is None, output.read_text()
        assert f"Ready: http://localhost:{port}/staff/" in output.read_text()
        yield Running(f"http://localhost:{port}", project, installation.environment)
    finally:
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 0


def come_in(browser: Browser, running: Running, name: str, role: str) -> Typist:
    """Somebody comes in by a link of the command line."""
    page = browser.new_context(locale="en-AU").new_page()
    return Typist(page).opens(running.link(name, role)).presses("main button")


def faults(page: Page) -> list[str]:
    """What axe finds, and whether the page is wider than its window."""
    found = [violation["id"] for violation in Axe().run(page).response["violations"]]
    is_wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return found + (["wide"] if is_wide else [])


def test_an_enquiry_from_the_contact_page_is_taken_and_answered(
    browser: Browser, running: Running, installation: Installation
):
    doubtful = installation.enquire(marks=("links",))
    with served(installation.environment, installation.log) as contact:
        visitor = Typist(browser.new_page()).opens(f"{contact.address}/contact")
        visitor.ticks("[name=role]")
        for name in ("name", "email", "about"):
            visitor.types(f"#{name}", FORM[name])
        visitor.ticks("#consent").presses("#send")
        reference = re.search("[A-Z0-9]{4}-[A-Z0-9]{4}", visitor.page.inner_text("main"))[0]
    kim = come_in(browser, running, "Kim Lee", "reception")
    kim.presses(f"a[href$='{reference}']").reads(FORM["about"]).reads("Nobody has taken it")
    kim.presses("form[action$=take] button").reads("Taken by Kim Lee")
    kim.types("#note", "Called; visit on Tuesday.").presses("form[action$=answer] button").reads("Answered by Kim Lee")
    kim.presses(".bar a[href$=enquiries]").presses("a[href$=doubtful]")
    kim.presses(f"a[href$='{doubtful}']").reads("Marks")
    kim.presses(".bar form button").reads("Ask whoever runs the chat for a link")
    audit = command("audit", project=running.project, **running.environment).stdout
    for action, what in (
        ("looked at enquiry", reference),
        ("took enquiry", reference),
        ("looked at enquiry", doubtful),
    ):
        assert re.search(rf"Kim Lee\W+reception\W+{action}\W+{what}", audit), action


def test_a_clinician_signs_a_text_and_the_book_shows_it(browser: Browser, running: Running):
    dr = come_in(browser, running, "Dr Lee", "clinician").presses(".bar a[href$=texts]")
    dr.reads("Not signed.").presses(f"h3 a[href$='{TEXT}']").reads("Next review by")
    # Day and month are alike: which comes first is for the browser's language.
    dr.types("#until", "06062031").presses("main form button").reads("Signed by Dr Lee")
    dr.opens(f"{running.address}/staff/texts")
    expect(dr.page.locator(f"[id='{TEXT}'] .state")).to_contain_text("Next review by 2031-06-06")
    (item,) = (item for item in variations(running.project / "content") if item.id == TEXT)
    assert state(item, item.metadata["checked_on"]) == "signed"
    page = running.project / "book.html"
    assert command("content", "check", project=running.project).returncode == 0
    assert command("content", "book", "--html", str(page), project=running.project).returncode == 0
    assert "Signed by Dr Lee" in page.read_text()


def test_somebody_signs_in_at_the_clinics_provider(
    browser: Browser, installation: Installation, tmp_path: Path, conversations: Conversations
):
    with oidc_provider() as provider:
        # To a browser, 127.0.0.1 and localhost are two websites, as provider and page are.
        installation.set(staff_auth="oidc", staff_users='{"kim@clinic.example": "reception"}')
        installation.set(
            staff_oidc_issuer=provider.address, staff_oidc_client_id=CLIENT, staff_oidc_client_secret=SECRET
        )
        with run(installation, tmp_path, conversations) as running:
            kim = Typist(browser.new_context().new_page()).opens(f"{running.address}/staff/")
            kim.goes_to("main a").page.keyboard.press("Enter")
            kim.page.wait_for_url(f"{running.address}/staff/enquiries")
            kim.reads("kim@clinic.example, reception")
            kim.presses(".bar form button").reads("Sign in with your clinic's account")
            kim.opens(f"{running.address}/staff/enquiries").reads("Sign in with your clinic's account")


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_on_any_page_and_none_is_too_wide(
    browser: Browser, running: Running, installation: Installation, scheme: str, width: int
):
    reference, other = installation.enquire("one"), installation.enquire("two", marks=("links",))
    found: dict[str, list[str]] = {}
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        link = running.link("Kim Lee", "admin")
        page.goto(link)
        found["login"] = faults(page)
        page.locator("main button").click()
        paths = ["enquiries", "enquiries?show=doubtful", f"enquiries/{reference}", f"enquiries/{other}"]
        paths += ["questions", "questions/figures", "texts", f"texts/{TEXT}", "audit", "nowhere"]
        for path in paths:
            page.goto(f"{running.address}/staff/{path}")
            found[path] = faults(page)
    assert {path: what for path, what in found.items() if what} == {}
