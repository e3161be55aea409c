"""Pages and visitors as clinics have them: on each of them a chat widget somewhere was lost, or the answer was."""

import json

import pytest
from playwright.sync_api import Browser, Page, expect

from ketamine_faq.content.texts import MAX_CHARACTERS, content
from ketamine_faq.website.widget import widget_script
from tests.website import canned as clinic
from tests.website.canned import SCRIPT, Canned, answer, danger
from tests.website.visitor import CHAT, FAULTS, FIELDS, HELP, OFFLINE, PAGE, Visitor

TALL = "<p style='height: 3000px'>A clinic</p>"
PHONE = {"width": 375, "height": 667}


def page_with(head: str, body: str = "<p>A clinic</p>", html: str = 'lang="en"') -> str:
    """A page with a head of its own."""
    return clinic.page(body, head, html)


LATER = "document.addEventListener('DOMContentLoaded', () => setTimeout(() => {%s}, 50))"
INSERTED = "document.head.append(Object.assign(document.createElement('script'), { src: '/widget.js' }))"
# How pages load a script, other than with `defer`.
LOADED = {
    "a module": '<script type="module" src="/widget.js"></script>',
    "in the head without defer": '<script src="/widget.js"></script>',
    "async": '<script src="/widget.js" async></script>',
    "async, inserted": f"<script>{INSERTED}</script>",
    "imported by another module": '<script type="module">import "/widget.js";</script>',
    "by a tag manager": "<script>(function (w, d) { const holder = d.createElement('div'); holder.innerHTML ="
    "'<script src=\"/widget.js\" defer><' + '/script>'; const tag = d.createElement('script');"
    "for (const { name, value } of holder.firstChild.attributes) tag.setAttribute(name, value);"
    "d.addEventListener('DOMContentLoaded', () => d.body.append(tag)) })(window, document)</script>",
    "put off by an optimiser": '<script type="text/delayed" data-delayed-src="/widget.js"></script><script>'
    + LATER % "fetch('/widget.js').then((r) => r.text()).then((code) => (0, eval)(code))"
    + "</script>",
}


@pytest.mark.parametrize("script", LOADED.values(), ids=LOADED)
def test_however_the_script_is_loaded_it_answers(page: Page, canned: Canned, script: str):
    canned.pages["/deep/page"] = page_with(script)
    page.goto(f"{canned.address}/deep/page")
    Visitor(page).opens().asks("what dose?")
    assert len(canned.asked) == 1


def test_inlined_it_needs_to_be_told_its_server_and_without_it_still_helps(page: Page, canned: Canned):
    inlined = f"<script>{widget_script()}</script>"
    canned.pages["/told"] = page_with(inlined, f'<anodyne-chat server="{canned.address}"></anodyne-chat>')
    page.goto(f"{canned.address}/told")
    Visitor(page).opens().asks("what dose?")
    canned.pages["/deep/untold"] = page_with(inlined)
    page.goto(f"{canned.address}/deep/untold")
    page.evaluate("sessionStorage.clear()")
    page.reload()
    visitor = Visitor(page).opens().fails_to_ask("what dose?")
    expect(visitor.widget.locator(".offline .line").first).to_have_attribute("href", "tel:000")


@pytest.mark.parametrize("policy", ["script-src 'nonce-n'", "script-src 'nonce-n' 'strict-dynamic'"])
def test_under_a_policy_of_nonces_it_needs_nothing_unsafe(page: Page, canned: Canned, policy: str):
    trusted = "require-trusted-types-for 'script'; trusted-types lit-html"
    canned.headers = {"Content-Security-Policy": f"default-src 'none'; connect-src 'self'; {policy}; {trusted}"}
    canned.pages["/"] = page_with('<script nonce="n" src="/widget.js" defer></script>')
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(canned.address)
    visitor = Visitor(page).opens().asks("what dose?")
    expect(visitor.widget.locator(".send")).to_have_css("border-radius", "50%")
    assert [text for text in complaints if "Policy" in text] == []


def box(visitor: Visitor, selector: str) -> dict[str, float]:
    """Where a part of the widget stands in the window."""
    return visitor.widget.locator(selector).first.bounding_box()


STYLES = {
    "transform": "body { transform: translateZ(0) }",
    "filter": "body { filter: blur(0) }",
    "contain": "body { contain: strict; height: 100vh }",
    "position of all children": "body > * { position: relative !important; margin: 3em !important }",
    "high above all": "#over { position: fixed; inset: 0; z-index: 2147483647 }",
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("size", [PHONE, {"width": 1280, "height": 800}], ids=["phone", "desktop"])
def test_whatever_the_pages_style_it_stands_in_the_windows_corner(page: Page, canned: Canned, style: str, size: dict):
    page.set_viewport_size(size)
    canned.pages["/"] = page_with(f"<style>{style}</style>{SCRIPT}", f"<p id=over></p>{TALL}")
    page.goto(canned.address)
    visitor = Visitor(page)
    corner = box(visitor, ".corner")
    assert size["width"] - 30 <= corner["x"] + corner["width"] <= size["width"]
    assert size["height"] - 30 <= corner["y"] + corner["height"] <= size["height"]
    visitor.opens().asks("what dose?")
    close = box(visitor, ".head .icon:last-child")
    assert close["y"] >= 0
    assert close["x"] + close["width"] <= size["width"]
    visitor.button(CHAT["close"]).click()
    expect(visitor.panel).to_be_hidden()


def test_text_is_as_large_as_the_reader_has_set_whatever_the_page_calls_a_rem(page: Page, canned: Canned):
    canned.pages["/"] = page_with("<style>html { font-size: 62.5% }</style>" + SCRIPT)
    page.goto(canned.address)
    visitor = Visitor(page).opens().asks("what dose?")
    expect(visitor.answers.locator("p").first).to_have_css("font-size", "16px")
    assert visitor.widget.locator(".always").evaluate("e => parseFloat(getComputedStyle(e).fontSize)") >= 12


SWAPS = {
    "Turbo": "const body = document.createElement('body'); document.documentElement.replaceChild(body, document.body)",
    "htmx": "document.body.innerHTML = '<p>Another page</p>'",
    "Astro": "document.body.replaceWith(document.createElement('body'))",
    "Turbo, back to a copy": "const copy = document.body.cloneNode(true); document.body.replaceWith(copy);"
    "copy.replaceWith(document.createElement('body'))",
}


@pytest.mark.parametrize("swap", SWAPS.values(), ids=SWAPS)
def test_a_site_that_changes_its_body_keeps_widget_conversation_and_the_answer_on_its_way(
    guest: Visitor, canned: Canned, swap: str
):
    guest.opens().asks("what dose?")
    canned.holds()
    guest.input.fill("and for pain?")
    guest.input.press("Enter")
    expect(guest.widget.locator(".typing")).to_be_visible()
    guest.page.evaluate(f"() => {{ {swap} }}")
    expect(guest.widget).to_have_count(1)
    expect(guest.panel).to_be_visible()
    canned.lets_go()
    expect(guest.answers).to_have_count(2)
    expect(guest.widget.locator(".offline")).to_have_count(0)
    guest.asks("how often?")


def test_who_takes_it_off_the_page_is_rid_of_it(guest: Visitor):
    guest.page.evaluate("document.querySelector('anodyne-chat').remove()")
    guest.page.evaluate("document.body.innerHTML = ''")
    expect(guest.widget).to_have_count(0)


def test_an_answer_on_its_way_while_the_visitor_goes_to_another_page_comes_there(guest: Visitor, canned: Canned):
    canned.pages["/other"] = page_with(SCRIPT, "<p>Another page</p>")
    canned.holds()
    guest.opens()
    guest.input.fill("what dose?")
    guest.input.press("Enter")
    expect(guest.widget.locator(".typing")).to_be_visible()
    guest.page.goto(f"{canned.address}/other")
    canned.lets_go()
    expect(guest.answers).to_have_count(1)
    expect(guest.widget.locator(".offline")).to_have_count(0)
    assert guest.questions.count() == 1
    guest.page.reload()
    expect(guest.answers).to_have_count(1)


# As the browser tells of it; headless Chromium, driven by a test, keeps no page in its memory.
BACK = "() => dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))"
ELSEWHERE = "(state) => sessionStorage['anodyne-chat'] = JSON.stringify(state)"


def test_back_from_the_browsers_memory_the_newer_conversation_goes_on(guest: Visitor, canned: Canned):
    guest.opens().asks("what dose?")
    newer = json.loads(guest.page.evaluate("sessionStorage['anodyne-chat']"))
    at = newer["entries"][0]["at"]
    newer["entries"] += [{"message": "how often?", "text": "how often?", "at": at}, {**answer("Often."), "at": at}]
    guest.page.evaluate(ELSEWHERE, newer)
    guest.page.evaluate(BACK)
    expect(guest.answers).to_have_count(2)
    guest.page.evaluate(ELSEWHERE, {"open": True, "entries": []})
    guest.page.evaluate(BACK)
    # Started again on another page, it does not come back.
    expect(guest.answers).to_have_count(0)
    guest.asks("what dose?")
    assert canned.asked[-1]["sender"] == "visitor-2"


def test_two_frames_of_a_tab_show_the_same_conversation(page: Page, canned: Canned):
    canned.pages["/framed"] = "<!doctype html><iframe src=/ width=600 height=600></iframe>" * 2
    page.goto(f"{canned.address}/framed")
    one, two = (Visitor(page) for _ in range(2))
    frames = page.locator("iframe")
    one.page.wait_for_load_state()
    first, second = (frames.nth(number).content_frame.locator("anodyne-chat") for number in range(2))
    for widget in (first, second):
        widget.get_by_role("button", name=CHAT["open"], exact=True).click()
    first.locator("#question").fill("what dose?")
    first.locator("#question").press("Enter")
    expect(second.locator("li.bot:has(time)")).to_have_count(1)
    assert len(canned.asked) == 1
    assert one.page is two.page


def test_a_duplicated_tab_has_a_conversation_of_its_own(guest: Visitor, canned: Canned):
    guest.opens().asks("what dose?")
    with guest.page.context.expect_page() as opened:
        # A tab that is opened so starts with a copy of what this one keeps, as a duplicated one does.
        guest.page.evaluate("() => { window.open('/') }")
    copy = Visitor(opened.value)
    expect(copy.panel).to_be_visible()
    expect(copy.answers).to_have_count(0)
    copy.asks("and for pain?")
    assert [body["sender"] for body in canned.asked] == ["visitor-1", "visitor-2"]
    guest.asks("how often?")
    assert canned.asked[-1]["sender"] == "visitor-1"
    expect(guest.answers).to_have_count(2)
    expect(copy.answers).to_have_count(1)


SHORTCUTS = """<script>
    window.heard = [];
    const hears = (event) => { heard.push(event.key); if ('js./?'.includes(event.key)) event.preventDefault(); };
    const listen = (target, early) => {
        for (const type of ['keydown', 'keypress', 'keyup']) target.addEventListener(type, hears, early);
    };
    for (const early of [true, false]) listen(document, early);
    listen(window, false);
    %s
</script>"""
FIRST = '<script src="/widget.js"></script>'


@pytest.mark.parametrize(
    "head", [SCRIPT + SHORTCUTS % "", FIRST + SHORTCUTS % "listen(window, true)"], ids=["deferred", "first on the page"]
)
def test_the_pages_shortcuts_eat_no_letter_and_hear_no_key(page: Page, canned: Canned, head: str):
    canned.pages["/"] = page_with(head)
    page.goto(canned.address)
    visitor = Visitor(page).opens()
    visitor.input.press_sequentially("is just 0.5 mg/kg safe?")
    expect(visitor.input).to_have_value("is just 0.5 mg/kg safe?")
    visitor.input.press("Enter")
    expect(visitor.answers).to_have_count(1)
    page.keyboard.press("Escape")
    expect(visitor.panel).to_be_hidden()
    assert page.evaluate("heard") == []
    # Outside it, the page has its shortcuts.
    visitor.button(CHAT["open"]).evaluate("button => button.blur()")
    page.keyboard.press("j")
    assert "j" in page.evaluate("heard")


COMPOSING = """(input, [key, isComposing, keyCode]) => {
    const reaches = { bubbles: true, composed: true, cancelable: true };
    input.dispatchEvent(new KeyboardEvent('keydown', { key, isComposing, keyCode, ...reaches }));
}"""


@pytest.mark.parametrize(("composing", "code"), [(True, 13), (False, 229)])
def test_an_input_methods_keys_neither_send_nor_close(guest: Visitor, canned: Canned, composing: bool, code: int):
    guest.opens()
    guest.input.fill("けた")
    for key in ("Enter", "Escape"):
        guest.input.evaluate(COMPOSING, [key, composing, code])
    expect(guest.panel).to_be_visible()
    expect(guest.input).to_have_value("けた")
    assert canned.asked == []


def test_in_a_frame_that_may_submit_no_form_it_sends_all_the_same(page: Page, canned: Canned):
    button = {**content().contact_button(f"{canned.address}/contact")}
    canned.says(answer(buttons=[button]))
    canned.pages["/framed"] = '<iframe sandbox="allow-scripts allow-same-origin" src=/ width=700 height=700></iframe>'
    page.goto(f"{canned.address}/framed")
    widget = page.locator("iframe").content_frame.locator("anodyne-chat")
    widget.get_by_role("button", name=CHAT["open"], exact=True).click()
    widget.locator("#question").fill("what dose?")
    widget.get_by_role("button", name=CHAT["send"], exact=True).click()
    expect(widget.locator("li.bot:has(time)")).to_have_count(1)
    widget.get_by_role("button", name=button["title"]).click()
    widget.get_by_label(FIELDS["name"]["label"]).fill("Kim")
    assert PAGE["send"]
    widget.locator("#send").click()
    # The small server's sum has no solution, of which the form says so: the button works.
    expect(widget.locator(".errors")).to_be_visible()


def test_on_a_page_from_right_to_left_english_stays_english_and_arabic_is_set_as_arabic(page: Page, canned: Canned):
    canned.pages["/"] = page_with(SCRIPT, html='lang="ar" dir="rtl"')
    page.goto(canned.address)
    visitor = Visitor(page).opens()
    visitor.input.fill("كم الجرعة؟")
    expect(visitor.input).to_have_css("direction", "rtl")
    visitor.input.press("Enter")
    expect(visitor.answers.locator("p").first).to_have_css("direction", "ltr")
    expect(visitor.questions.locator("p")).to_have_css("direction", "rtl")


def test_of_a_long_talk_the_last_fifty_turns_are_shown_and_kept_and_the_others_on_demand(page: Page, canned: Canned):
    entries = []
    for turn in range(200):
        entries += [{"message": f"q{turn}", "text": f"q{turn}", "at": 1}, {**answer(), "at": 1}]
    page.goto(canned.address)
    page.evaluate(ELSEWHERE, {"open": True, "sender": "visitor-9", "entries": entries})
    page.reload()
    visitor = Visitor(page)
    visitor.input.fill("one more?")
    visitor.input.press("Enter")
    expect(visitor.questions.last).to_contain_text("one more?")
    expect(visitor.widget.locator(".typing")).to_have_count(0)
    expect(visitor.questions).to_have_count(50)
    kept = json.loads(page.evaluate("sessionStorage['anodyne-chat']"))
    assert len([each for each in kept["entries"] if "message" in each]) == 50
    visitor.button(CHAT["earlier"]).click()
    expect(visitor.questions).to_have_count(201)


def test_what_is_left_of_a_message_is_counted_near_its_end_and_too_much_is_not_sent(guest: Visitor, canned: Canned):
    guest.opens()
    count = guest.widget.locator(".count")
    guest.input.fill("x" * (MAX_CHARACTERS - 200))
    expect(count).to_be_hidden()
    guest.input.fill("😀" * (MAX_CHARACTERS - 5))
    expect(count).to_have_text(CHAT["left"].format(limit=5))
    guest.input.fill("x" * (MAX_CHARACTERS + 5))
    expect(count).to_have_text(CHAT["over"].format(limit=5))
    guest.input.press("Enter")
    expect(guest.input).to_have_attribute("aria-invalid", "true")
    assert canned.asked == []
    guest.input.fill("x" * MAX_CHARACTERS)
    guest.input.press("Enter")
    expect(guest.answers).to_have_count(1)


NO_ANSWERS = {413: FAULTS["long"], 429: FAULTS["busy"], 503: FAULTS["busy"], 500: OFFLINE}


@pytest.mark.parametrize(("status", "words"), NO_ANSWERS.items())
def test_each_reason_for_no_answer_has_words_of_its_own_and_the_numbers(guest: Visitor, canned: Canned, status, words):
    canned.says({"text": "no"}, status=status)
    guest.opens().fails_to_ask("I can't go on")
    card = guest.widget.locator(".offline")
    expect(card).to_contain_text(words["title"])
    expect(guest.live).to_contain_text(words["title"])
    urls = ["tel:000", "tel:131114", "sms:0477131114"]
    assert [line.get_attribute("href") for line in card.locator(".line").all()] == urls
    expect(card).to_contain_text(HELP["heading"])
    canned.says(answer())
    if status == 413:
        guest.button(FAULTS["shorten"]).click()
        expect(guest.input).to_have_value("I can't go on")
        expect(guest.questions).to_have_count(0)
    else:
        guest.presses(OFFLINE["retry"])
        assert guest.questions.count() == 1


def test_after_8_seconds_it_says_that_it_still_works_and_after_25_that_it_takes_too_long(
    guest: Visitor, canned: Canned
):
    guest.page.clock.install()
    guest.page.reload()
    canned.holds()
    guest.opens()
    guest.input.fill("what dose?")
    guest.input.press("Enter")
    expect(guest.widget.locator(".typing")).to_be_visible()
    expect(guest.widget.locator(".typing")).not_to_contain_text(CHAT["working"])
    guest.page.clock.fast_forward(8_100)
    expect(guest.widget.locator(".typing")).to_contain_text(CHAT["working"])
    expect(guest.live).to_have_text(CHAT["working"])
    guest.page.clock.fast_forward(17_000)
    expect(guest.widget.locator(".offline")).to_contain_text(FAULTS["slow"]["title"])


def test_on_a_phone_nothing_under_the_open_panel_can_be_reached(page: Page, canned: Canned):
    page.set_viewport_size(PHONE)
    canned.pages["/"] = page_with(SCRIPT, f"<main><a href=/>A clinic</a>{TALL}</main>")
    page.goto(canned.address)
    visitor = Visitor(page)
    expect(visitor.button(CHAT["open"])).to_have_attribute("aria-expanded", "false")
    visitor.opens()
    expect(visitor.panel).to_have_attribute("aria-modal", "true")
    assert page.evaluate("document.querySelector('main').inert")
    visitor.panel.hover()
    page.mouse.wheel(0, 500)
    visitor.asks("what dose?")
    assert page.evaluate("scrollY") == 0
    visitor.button(CHAT["close"]).click()
    assert not page.evaluate("document.querySelector('main').inert")
    assert page.evaluate("document.documentElement.style.overflow") == ""
    # With room beside the panel, the page stays in reach.
    visitor.opens()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(visitor.panel).not_to_have_attribute("aria-modal", "true")
    assert not page.evaluate("document.querySelector('main').inert")


KEYBOARD = """() => {
    for (const [name, value] of [['height', 300], ['offsetTop', 40]])
        Object.defineProperty(visualViewport, name, { configurable: true, get: () => value });
    visualViewport.dispatchEvent(new Event('resize'));
}"""


def test_the_panel_fits_between_keyboard_and_notch(page: Page, canned: Canned):
    page.set_viewport_size(PHONE)
    page.goto(canned.address)
    insets = {"top": 44, "bottom": 34, "left": 0, "right": 0}
    page.context.new_cdp_session(page).send("Emulation.setSafeAreaInsetsOverride", {"insets": insets})
    visitor = Visitor(page).opens()
    assert box(visitor, ".head")["y"] == 44
    always = box(visitor, ".always")
    assert always["y"] + always["height"] <= PHONE["height"] - 34
    page.evaluate(KEYBOARD)
    panel = box(visitor, ".panel")
    assert (panel["y"], panel["height"]) == (40, 300)


TRANSLATED = """() => {
    const texts = (node) => [...node.childNodes].flatMap((each) => (each.nodeType === 3 ? [each] : texts(each)));
    for (const text of texts(document.querySelector('anodyne-chat').shadowRoot)) {
        if (!text.data.trim() || text.parentNode.matches('style')) continue;
        const font = document.createElement('font');
        font.textContent = text.data.toUpperCase();
        text.replaceWith(font);
    }
}"""


def test_translated_by_the_browser_it_still_speaks_and_answers(guest: Visitor, canned: Canned):
    guest.opens().asks("what dose?")
    guest.page.evaluate(TRANSLATED)
    canned.says(answer("Another answer."))
    guest.asks("and for pain?")
    expect(guest.live).to_contain_text("Another answer.")
    expect(guest.answers.last).to_contain_text("Another answer.")
    guest.starts_again()
    expect(guest.answers).to_have_count(0)


# Width and height: small phones, one with its keyboard up, a laptop, one on its side, and a laptop at 400 %.
SIZES = [(320, 460), (375, 553), (375, 667), (1280, 800), (667, 375), (320, 256)]
LONG = "I have had pain for so many years now and nothing has helped. " * 12 + "I want to end my life tonight."


SEEN = """([selector]) => {
    const root = document.querySelector('anodyne-chat').shadowRoot;
    const element = root.querySelector(selector);
    const { left, right, top, bottom } = element.getBoundingClientRect();
    const isOnTop = (y) => element.contains(root.elementFromPoint((left + right) / 2, y));
    return top >= 0 && bottom <= innerHeight && isOnTop(top + 2) && isOnTop(bottom - 2);
}"""


def sees(visitor: Visitor, selector: str) -> None:
    """See a part in the window, not under another part, without scrolling; what scrolls by itself may come to rest."""
    visitor.page.wait_for_function(SEEN, arg=[selector], timeout=3_000)


@pytest.mark.parametrize(("width", "height"), SIZES)
@pytest.mark.parametrize("state", ["danger", "offline", "413", "429", "possible"])
def test_the_first_number_is_on_the_screen_whatever_was_written(browser: Browser, canned: Canned, width, height, state):
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        page = context.new_page()
        page.goto(canned.address)
        visitor = Visitor(page).opens().asks("what dose?")
        if state == "danger":
            canned.says(danger())
            visitor.asks(LONG)
        elif state == "possible":
            canned.says(answer("It is a question for your doctor, too.", concern="possible"))
            visitor.asks(LONG)
        else:
            canned.says({"text": "no"}, status=500 if state == "offline" else int(state))
            visitor.fails_to_ask(LONG)
        sees(visitor, ".possible a" if state == "possible" else ".danger .line")
