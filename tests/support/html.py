"""The contact page as a browser without JavaScript reads and sends it."""

from html.parser import HTMLParser

from ketamine_faq.contact.form_token import new_token
from tests.support.installation import FORM


class Elements(HTMLParser):
    """The elements of a page, each as its name and attributes."""

    def __init__(self, text: str) -> None:
        """Read a page."""
        super().__init__()
        self.found: list[tuple[str, dict]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attributes: list) -> None:
        """Note an element."""
        self.found.append((tag, dict(attributes)))

    def all(self, tag: str, **wanted: str) -> list[dict]:
        """Return the attributes of each element of a name with these attributes."""
        return [have for name, have in self.found if name == tag and wanted.items() <= have.items()]


def filled(**changed: str) -> dict[str, str]:
    """A form as a browser sends it, with a token of its own."""
    return {**FORM, "consent": "yes", "token": new_token(), **changed}
