"""The book of texts: each as a visitor reads it, the facts it rests on, and who signed it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import SequenceMatcher
from itertools import groupby
from pathlib import Path

from ketamine_faq.content.signing import CHANGED, SIGNED, SIGNED_TEXTS, Signature, signature, state
from ketamine_faq.content.sources import Sources, Variation, fact_places, texts_below
from ketamine_faq.content.texts import CONTENT, content
from ketamine_faq.templates import templates

TEMPLATES = Path(__file__).with_name("templates")
# What stands beside the answers, in a reply or in its place; and the keys below which there are no words of ours.
OTHERS = ("notices.yml", "concern.yml", "glossary.yml", "clinic.yml", "languages.yml")
NO_WORDS = ("topic", "name", "source", "state", "written_on", "checked_by", "checked_on", "next_review")
FOR = {"depression": "depression", "pain": "chronic pain", "both": "both conditions", "other": "about somebody else"}
FOR |= {"patient": "patients", "carer": "carers", "referrer": "referrers", "self": "about oneself"}


@dataclass(frozen=True)
class Fact:
    """A fact with its place in the article."""

    id: str
    text: str
    place: str


@dataclass(frozen=True)
class Text:
    """One text as the book has it; `changes` are words with `equal`, `delete` or `insert`, since it was signed."""

    item: Variation
    words: str
    facts: list[Fact]
    state: str
    signature: Signature | None
    changes: list[tuple[str, str]]
    is_for: str


@dataclass(frozen=True)
class Chapter:
    """The texts of one response, under the question that it answers or the response's name."""

    title: str
    texts: list[Text]


@dataclass(frozen=True)
class Book:
    """All texts, in the order of their topics, and by their places the words that are signed by nobody."""

    chapters: list[Chapter]
    others: list[tuple[str, str]]

    @property
    def texts(self) -> list[Text]:
        """Every text."""
        return [text for chapter in self.chapters for text in chapter.texts]

    @property
    def signed(self) -> int:
        """How many are signed, unchanged and not overdue."""
        return sum(text.state == SIGNED for text in self.texts)


def book(folder: Path = CONTENT, today: date | None = None) -> Book:
    """Return the book of a folder; raises ContentError."""
    today, sources = today or date.today(), Sources.of(folder).whole()
    places, signed = fact_places(folder), sources.files[SIGNED_TEXTS]["signed"]
    order = [topic["id"] for topics in sources.topics.values() for topic in topics]
    items = sorted(sources.variations, key=lambda item: (_rank(item, order), item.response))
    chapters = []
    for response, of_one in groupby(items, key=lambda item: item.response):
        listed = list(of_one)
        rest = "all others" if any(item.selected_by for item in listed) else "everyone"
        made = [_text(item, sources.facts, places, signed.get(item.id), today, rest) for item in listed]
        chapters.append(Chapter(_title(response), made))
    return Book(chapters, list(_others(sources)))


def book_page(made: Book, today: date) -> str:
    """Return the book as one HTML file, which needs no other and prints."""
    page = templates(TEMPLATES).get_template("book.html")
    return page.render(book=made, today=today, disclaimer=content().disclaimer)


def as_read(text: str) -> str:
    """Return a text as a visitor reads it, but for the disclaimer that closes each."""
    variables = content().variables()
    return text.strip().format(**variables, contact_link=variables["contact_form_url"])


def changes(before: str, after: str) -> list[tuple[str, str]]:
    """Return the words of two texts in order, each run with `equal`, `delete` or `insert`."""
    old, new = before.split(), after.split()
    found: list[tuple[str, str]] = []
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind in ("delete", "replace"):
            found.append(("delete", " ".join(old[a:b])))
        if kind != "delete":
            found.append(("equal" if kind == "equal" else "insert", " ".join(new[c:d])))
    return found


def _text(
    item: Variation, facts: dict[str, str], places: dict[str, str], signed: str | None, today: date, rest: str
) -> Text:
    cited = [Fact(name, facts[name], places.get(name, "")) for name in item.facts if name in facts]
    its_state = state(item, today)
    changed = changes(signed, item.text) if signed and its_state == CHANGED else []
    readers = ", ".join(FOR.get(value, value) for value in item.selected_by.values()) or rest
    return Text(item, as_read(item.text), cited, its_state, signature(item), changed, readers)


def _others(sources: Sources) -> Iterator[tuple[str, str]]:
    for name in OTHERS:
        for place, text in texts_below(sources.files[name], name.removesuffix(".yml")):
            if text and place.rpartition(", ")[2] not in NO_WORDS and ", facts, " not in place:
                yield place, as_read(text)


def _rank(item: Variation, order: Iterable[str]) -> int:
    """Return the place of a response's topic: the longest id that its name begins with."""
    name = item.response.removeprefix("utter_")
    fitting = [(len(topic), -rank) for rank, topic in enumerate(order) if name.startswith(topic)]
    return -max(fitting, default=(0, -len(list(order))))[1]


def _title(response: str) -> str:
    topic = response.removeprefix("utter_")
    return content().question_button(topic)["title"] if content().has_question(topic) else topic.replace("_", " ")
