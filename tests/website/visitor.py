"""Someone at the widget, in sentences: `visitor.opens().asks('how often?')`; texts are content's, never retyped."""

from playwright.sync_api import Locator, Page, expect

from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import CONTENT, content
from ketamine_faq.yaml_file import read

WIDGET = read(CONTENT / "widget.yml")
CHAT, OFFLINE, FORM = WIDGET["chat"], WIDGET["offline"], WIDGET["form"]
SURE, FAULTS, HELP, DELETION = (WIDGET[name] for name in ("sure", "faults", "help", "deletion"))
FIELDS = words().section("fields")
PAGE = words().section("page")


class Visitor:
    """A visitor with a page open, on which the widget is."""

    def __init__(self, page: Page) -> None:
        """Take the page."""
        self.page = page
        self.widget = page.locator("anodyne-chat")
        self.panel = self.widget.locator(".panel")
        self.input = self.panel.get_by_label(CHAT["input"])
        self.answers = self.widget.locator("li.bot:has(time)")
        self.questions = self.widget.locator("li.visitor")
        self.live = self.widget.locator(".root > [role=status]")
        self.form = self.widget.locator("anodyne-contact-form")
        self.reference = self.form.locator(".reference")

    def button(self, name: str) -> Locator:
        """Return the button of a name."""
        return self.widget.get_by_role("button", name=name, exact=True)

    def opens(self) -> "Visitor":
        """Open the panel."""
        self.button(CHAT["open"]).click()
        return self

    def asks(self, question: str) -> "Visitor":
        """Type a question, send it and wait for the answer."""
        return self._waits_while(lambda: (self.input.fill(question), self.input.press("Enter")))

    def presses(self, name: str) -> "Visitor":
        """Press a button that asks, and wait for the answer."""
        return self._waits_while(lambda: self.button(name).last.click())

    def fails_to_ask(self, question: str) -> "Visitor":
        """Ask where no answer will come."""
        self.input.fill(question)
        self.input.press("Enter")
        expect(self.widget.locator(".offline")).to_be_visible()
        return self

    def chooses(self, *names: str) -> "Visitor":
        """Open the menu, and press one button of it after the other."""
        for name in (CHAT["more"], *names):
            self.button(name).click()
        return self

    def starts_again(self) -> "Visitor":
        """Start again, and say yes to it."""
        return self.chooses(CHAT["restart"], SURE["restart"]["confirm"])

    def opens_form(self) -> "Visitor":
        """Open the contact form that the last answer offers."""
        self.button(content().notice("contact_button")).last.click()
        expect(self.form.get_by_role("heading", name=PAGE["title"])).to_be_focused()
        return self

    def writes_as_a_patient(self, about: str = "A talk") -> "Visitor":
        """Fill in what the form needs."""
        self.form.get_by_label(FIELDS["role"]["options"]["patient"], exact=True).check()
        self.form.get_by_label(FIELDS["name"]["label"]).fill("Kim")
        self.form.get_by_label(FIELDS["about"]["label"]).fill(about)
        self.form.get_by_label(FIELDS["phone"]["label"]).fill("02 5550 1234")
        self.form.get_by_label(FIELDS["consent"]["label"]).check()
        return self

    def sends_form(self) -> "Visitor":
        """Send the form as it is."""
        self.form.get_by_role("button", name=PAGE["send"]).click()
        return self

    @property
    def answer(self) -> str:
        """The last answer."""
        return self.answers.last.inner_text()

    @property
    def answer_alone(self) -> str:
        """The last answer without what goes with it."""
        return "\n".join(self.answers.last.locator(".bubble > p").all_inner_texts())

    def _waits_while(self, ask) -> "Visitor":
        count = self.answers.count()
        ask()
        expect(self.answers.nth(count)).to_be_visible(timeout=30_000)
        expect(self.widget.locator(".typing")).to_have_count(0)
        return self
