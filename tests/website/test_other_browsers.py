"""The widget in Firefox and WebKit: a page asks by itself there, and tells the server what it sees."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from ketamine_faq.content.texts import content
from tests.support.processes import wait_for
from tests.support.programs import FIREFOX, WEBKIT, XVFB
from tests.website import canned as clinic
from tests.website.canned import SCRIPT, Canned, answer, danger

# Firefox itself asks nobody else: all but this machine is sent to a proxy that is not there.
PREFERENCES = """
user_pref("network.proxy.type", 1);
user_pref("network.proxy.http", "127.0.0.1");
user_pref("network.proxy.http_port", 9);
user_pref("network.proxy.ssl", "127.0.0.1");
user_pref("network.proxy.ssl_port", 9);
"""
# On a page that moves what is fixed, and whose shortcuts eat letters.
HEAD = f"<style>body {{ transform: translateZ(0); height: 3000px }}</style>{SCRIPT}"
ASKING = """<script type="module">
    const heard = [];
    for (const early of [true, false]) document.addEventListener('keydown', ({ key }) => heard.push(key), early);
    const moment = () => new Promise((resume) => setTimeout(resume, 50));
    const until = async (find) => { for (;;) { const found = find(); if (found) return found; await moment(); } };
    const widget = await until(() => document.querySelector('anodyne-chat'));
    const root = await until(() => widget.shadowRoot);
    const one = (selector) => root.querySelector(selector);
    const all = (selector) => [...root.querySelectorAll(selector)];
    const isSeen = (element) => {
        const { left, right, top, bottom } = element.getBoundingClientRect();
        const x = (left + right) / 2;
        return [top + 2, bottom - 2].every((y) => element.contains(root.elementFromPoint(x, y)));
    };
    const asks = async (text) => {
        const before = all('li.bot:has(time)').length;
        one('#question').value = text;
        one('#question').dispatchEvent(new InputEvent('input'));
        const key = { key: 'Enter', bubbles: true, composed: true, cancelable: true };
        one('#question').dispatchEvent(new KeyboardEvent('keydown', key));
        await until(() => all('li.bot:has(time)').length > before);
        await until(() => !one('.typing'));
    };
    (await until(() => one('.launcher'))).click();
    await until(() => !one('.panel').hidden);
    const inTopLayer = one('.root').matches(':popover-open');
    const opened = { inTopLayer, closable: isSeen(one('.head .icon:last-child')) };
    await asks('what dose?');
    const answer = all('li.bot:has(time)').at(-1).textContent;
    await asks('danger '.repeat(100));
    await moment();
    const number = one('.danger .line');
    const danger = { seen: await until(() => isSeen(number)), number: number.getAttribute('href') };
    one('.head .icon:last-child').click();
    await until(() => one('.panel').hidden);
    const kept = JSON.parse(sessionStorage['anodyne-chat']).entries.length;
    fetch('/noted', { method: 'POST', body: JSON.stringify({ opened, answer, danger, kept, heard }) });
</script>"""


@contextmanager
def running(*command: str | Path, **environment: str) -> Iterator[None]:
    """Run a program as long as the context lasts."""
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(["env", *(f"{name}={value}" for name, value in environment.items()), *command], **quiet)
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def firefox(address: str, folder: Path) -> Iterator[None]:
    """Firefox at an address, without a window."""
    (folder / "user.js").write_text(PREFERENCES)
    with running(FIREFOX.needed(), "--headless", "--no-remote", "--profile", folder, address, HOME=str(folder)):
        yield


@contextmanager
def webkit(address: str, folder: Path) -> Iterator[None]:
    """WebKit's small browser at an address, on a screen that is not there."""
    browser, number = WEBKIT.needed(), folder / "display"
    with number.open("w") as file:
        screen = subprocess.Popen([XVFB.needed(), "-displayfd", "1"], stdout=file, stderr=subprocess.DEVNULL)
    try:
        wait_for(lambda: number.read_text().strip(), 20)
        display = f":{number.read_text().strip()}"
        with running(browser, "--private", address, HOME=str(folder), DISPLAY=display):
            yield
    finally:
        screen.terminate()
        screen.wait(20)


@pytest.mark.parametrize("browser", [firefox, webkit])
def test_it_answers_puts_danger_first_and_keeps_its_keys(browser, canned: Canned, tmp_path: Path):
    canned.pages["/"] = clinic.page(f"<main>A clinic</main>{ASKING}", HEAD)
    canned.reply = lambda said: (200, [danger() if "danger" in said else answer()])
    with browser(canned.address, tmp_path):
        wait_for(lambda: canned.noted, 60)
    seen = canned.noted[0]
    assert content().disclaimer in seen.pop("answer")
    assert seen == {
        "opened": {"inTopLayer": True, "closable": True},
        "danger": {"seen": True, "number": "tel:000"},
        "kept": 4,
        "heard": [],
    }
