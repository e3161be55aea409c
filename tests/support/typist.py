"""Somebody at a page who has a keyboard and no mouse."""

from playwright.sync_api import Locator, Page, expect

MOST_TABS = 300
# Whether an element has the focus, within the widget, too.
FOCUSED = "element => element.getRootNode().activeElement === element"


class Typist:
    """Somebody at a page who has a keyboard and no mouse."""

    def __init__(self, page: Page) -> None:
        """Take the page."""
        self.page = page

    def goes_to(self, target: str | Locator) -> "Typist":
        """Press Tab until the element, or the first of a selector, has the focus, and see that the focus shows."""
        element = self.page.locator(target).first if isinstance(target, str) else target
        for _ in range(MOST_TABS):
            self.page.keyboard.press("Tab")
            if element.evaluate(FOCUSED):
                assert element.evaluate("element => getComputedStyle(element).outlineStyle") != "none"
                return self
        raise AssertionError(f"Tab never reaches {target}")

    def types(self, target: str | Locator, text: str) -> "Typist":
        """Fill in a field."""
        self.goes_to(target).page.keyboard.type(text)
        return self

    def presses(self, target: str | Locator) -> "Typist":
        """Follow a link or press a button, and come to another page."""
        self.goes_to(target)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def ticks(self, target: str | Locator) -> "Typist":
        """Choose an option."""
        self.goes_to(target).page.keyboard.press("Space")
        return self

    def opens(self, address: str) -> "Typist":
        """Type an address."""
        self.page.goto(address)
        return self

    def reads(self, text: str) -> "Typist":
        """See a text."""
        expect(self.page.get_by_text(text).first).to_be_visible()
        return self
