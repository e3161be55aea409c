"""The contact page and the privacy page in a browser: by keyboard alone, with axe in each state, and on paper."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.words import words
from tests.support.contact_server import Served, served
from tests.support.installation import Installation
from tests.website.visitor import FIELDS, PAGE

RECEIVED = words().section("received")
# What is wider than its place, and what is smaller than a finger; links within a sentence are excepted (2.5.8).
FAULTS = """() => {
    const wide = [document.documentElement].filter((element) => element.scrollWidth > element.clientWidth);
    const small = [...document.querySelectorAll('button, input, select, textarea, summary')].filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        const least = element.matches('[type=radio], [type=checkbox]') ? 20 : 40;
        return element.checkVisibility() && !element.closest('.aside') && Math.min(width, height) < least;
    });
    return [...wide, ...small].map((element) => element.outerHTML.slice(0, 120));
}"""


@pytest.fixture
def form(installation: Installation) -> Iterator[Served]:
    """The form, of a clinic that has set all that it may say."""
    installation.set(enquiry_answer_days=2, clinic_phone="02 5550 1234", secure_messaging_address="anodyne-edi")
    with served(installation.environment, installation.log) as server:
        yield server


def states(page: Page, address: str) -> Iterator[str]:
    """Take a page through all states."""
    page.goto(f"{address}/contact")
    yield "form"
    page.get_by_label(FIELDS["role"]["options"]["referrer"]).check()
    page.get_by_role("button", name=PAGE["send"]).click()
    expect(page.locator("#errors")).to_be_visible()
    yield "errors"
    page.get_by_label(FIELDS["name"]["label"]).fill("Kim")
    page.get_by_label(FIELDS["email"]["label"]).fill("kim@example.com")
    page.get_by_label(FIELDS["about"]["label"]).fill("A talk with the team")
    page.get_by_label(FIELDS["consent"]["label"]).check()
    page.get_by_role("button", name=PAGE["send"]).click()
    expect(page.get_by_role("heading", name=RECEIVED["title"])).to_be_visible()
    yield "received"
    page.goto(f"{address}/privacy")
    yield "privacy"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 320)])
def test_axe_finds_nothing_and_all_has_room_in_each_state(browser: Browser, form: Served, scheme: str, width: int):
    found = {}
    with browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme) as context:
        page = context.new_page()
        for state in states(page, form.address):
            violations = Axe().run(page).response["violations"]
            found[state] = [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
            found[state] += page.evaluate(FAULTS)
    assert len(found) == 4
    assert {state: faults for state, faults in found.items() if faults} == {}


def goes_to(page: Page, selector: str) -> None:
    """Press Tab until the focus is there."""
    for _ in range(60):
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {selector}")


def test_a_carer_writes_by_keyboard_alone(page: Page, form: Served, installation: Installation):
    page.goto(f"{form.address}/contact")
    goes_to(page, "#role-patient")
    page.keyboard.press("Space")
    page.keyboard.press("ArrowDown")
    for name, text in (("name", "Kim"), ("phone", "02 5550 1234"), ("reach_when", "mornings"), ("about", "A talk")):
        goes_to(page, f"#{name}")
        page.keyboard.type(text)
    goes_to(page, "summary")
    page.keyboard.press("Enter")
    goes_to(page, "#knows")
    page.keyboard.type(FIELDS["knows"]["options"]["yes"])
    goes_to(page, "#consent")
    page.keyboard.press("Space")
    goes_to(page, "#send")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name=RECEIVED["title"])).to_be_visible()
    (item,) = listed(installation.store)
    assert (item.row.role, item.row.knows, item.row.reach_when) == ("carer", "yes", "mornings")
    expect(page.locator(".reference")).to_have_text(item.row.reference)


def test_a_receipt_can_be_saved_and_printed(page: Page, form: Served, tmp_path: Path):
    for state in states(page, form.address):
        if state == "received":
            break
    reference = page.locator(".reference").inner_text()
    with page.expect_download() as download:
        page.get_by_role("link", name=RECEIVED["save"]).click()
    download.value.save_as(tmp_path / "receipt.txt")
    assert reference in (tmp_path / "receipt.txt").read_text(encoding="utf-8")
    assert download.value.suggested_filename == f"anodyne-{reference}.txt"
    page.emulate_media(media="print")
    expect(page.locator(".reference")).to_be_visible()
    expect(page.get_by_role("link", name=RECEIVED["save"])).to_be_hidden()


def test_the_fields_of_a_fault_look_it(page: Page, form: Served):
    page.goto(f"{form.address}/contact")
    page.get_by_role("button", name=PAGE["send"]).click()
    for name in ("name", "email", "about"):
        width, colour = page.locator(f"#{name}").evaluate(
            "element => [getComputedStyle(element).borderTopWidth, getComputedStyle(element).borderTopColor]"
        )
        fine = page.locator("#phone").evaluate("element => getComputedStyle(element).borderTopColor")
        assert width == "2px" and colour != fine
