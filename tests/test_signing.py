"""Clinicians sign texts, and the book shows what they signed, what has changed since, and what nobody has signed."""

from datetime import date, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml

from ketamine_faq.content.book import TEMPLATES, book, book_page, changes
from ketamine_faq.content.check import check
from ketamine_faq.content.signing import Signature, sign
from ketamine_faq.content.sources import Sources, variations
from ketamine_faq.content.texts import CONTENT, content
from ketamine_faq.templates import templates
from ketamine_faq.yaml_file import ContentError
from tests.support.installation import Installation
from tests.support.processes import command, copied_project, refused

TODAY = date(2026, 12, 1)
SIGNATURE = Signature("Dr Jane Citizen", TODAY, date(2027, 6, 1))
ID = "dosing.pain.patient"
ONE_OF_EACH_FILE = list({item.file: item.id for item in variations()}.values())


def lines_of(path: Path) -> list[str]:
    """A file's lines."""
    return path.read_text(encoding="utf-8").splitlines()


def text_of(made, name: str = ID):
    """A text of a book."""
    (found,) = (text for text in made.texts if text.item.id == name)
    return found


@pytest.mark.parametrize("name", ONE_OF_EACH_FILE)
def test_any_text_can_be_signed_and_the_check_is_clean(content_copy: Path, name: str):
    signed = sign(name, SIGNATURE, content_copy)
    assert check(content_copy, TODAY) == []
    before, after = (lines_of(folder / signed.file) for folder in (CONTENT, content_copy))
    # As a person would: every other line, comments included, stands as it stood.
    assert len(after) - len(before) in range(4, 12)
    assert [line for line in before if line not in after and "metadata: {" not in line] == []
    assert text_of(book(content_copy, TODAY), name).state == "signed"


def test_what_changed_since_it_was_signed_is_marked_word_by_word(content_copy: Path):
    sign(ID, SIGNATURE, content_copy)
    path = content_copy / "dosing.yml"
    path.write_text(
        path.read_text().replace("A drip may last several\n      hours", "A drip can last several\n      hours")
    )
    text = text_of(book(content_copy, TODAY))
    assert text.state == "changed"
    assert [change for change in text.changes if change[0] != "equal"] == [("delete", "may"), ("insert", "can")]
    (fault,) = check(content_copy, TODAY)
    assert f"content sign {ID}" in str(fault)
    sign(ID, SIGNATURE, content_copy)
    assert check(content_copy, TODAY) == []
    assert text_of(book(content_copy, TODAY)).changes == []


def test_a_text_of_several_lines_is_unchanged_by_being_signed(content_copy: Path):
    sign("dosing.both.patient", SIGNATURE, content_copy)
    signed = Sources.of(content_copy).files["signed.yml"]["signed"]["dosing.both.patient"]
    (now,) = (item.text for item in variations() if item.id == "dosing.both.patient")
    assert signed == now.strip() and changes(signed, now) == [("equal", " ".join(now.split()))]


def test_a_text_that_changed_while_it_was_read_is_not_signed(content_copy: Path):
    before = (content_copy / "dosing.yml").read_bytes()
    with pytest.raises(ContentError, match="has changed since it was shown"):
        sign(ID, SIGNATURE, content_copy, seen="0" * 12)
    assert (content_copy / "dosing.yml").read_bytes() == before


@pytest.mark.parametrize(
    ("name", "signature", "problem"),
    [
        ("dosing.nobody", SIGNATURE, "dosing.nobody is no text"),
        (ID, Signature(" ", TODAY, date(2027, 6, 1)), "is no name"),
        (ID, Signature("Dr\nA", TODAY, date(2027, 6, 1)), "is no name"),
        (ID, Signature("Dr A", TODAY, TODAY), "is not after"),
    ],
)
def test_what_can_not_be_signed_is_refused_in_a_line(content_copy: Path, name: str, signature: Signature, problem: str):
    with pytest.raises(ContentError, match=problem):
        sign(name, signature, content_copy)
    assert (content_copy / "dosing.yml").read_bytes() == (CONTENT / "dosing.yml").read_bytes()


STYLE = templates(TEMPLATES).get_template("book.css").render()


class Plain(HTMLParser):
    """What a page says, and what it would fetch."""

    def __init__(self, page: str) -> None:
        """Read a page."""
        super().__init__()
        self.text, self.fetched = "", []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        """Keep text."""
        self.text += data

    def handle_starttag(self, tag: str, attrs) -> None:
        """Note what another file is needed for."""
        self.fetched += [value for name, value in attrs if name in ("src", "srcset") or (tag, name) == ("link", "href")]


def test_the_book_is_one_page_with_every_text_as_read_and_the_facts_beside_it(content_copy: Path):
    sign(ID, SIGNATURE, content_copy)
    made = book(content_copy, TODAY)
    page = Plain(book_page(made, TODAY))
    sources, variables = Sources.of(content_copy), content().variables()
    variables["contact_link"] = variables["contact_form_url"]
    assert len(made.texts) == len(sources.variations)
    for item in sources.variations:
        words = item.text.strip().format_map(variables)
        assert item.id in page.text and words in page.text
        assert all(sources.facts[fact] in page.text for fact in item.facts)
    assert {fact.place for text in made.texts for fact in text.facts} > {"Dosing and administration"}
    assert content().disclaimer in page.text and content().notice("unreachable") in page.text
    assert "{" not in page.text.replace(STYLE, "")
    assert f"1 of {len(made.texts)} are signed" in page.text
    assert "Signed by Dr Jane Citizen on 2026-12-01. Next review by 2027-06-01." in page.text
    assert page.fetched == []


def test_a_review_that_is_overdue_is_shown(content_copy: Path):
    sign(ID, SIGNATURE, content_copy)
    late = date(2027, 6, 2)
    assert text_of(book(content_copy, late)).state == "overdue"
    assert "Its review was due on 2027-06-01" in Plain(book_page(book(content_copy, late), late)).text


def test_where_only_signed_texts_may_be_served_what_is_unsigned_stops_the_start(tmp_path: Path):
    project = copied_project(tmp_path)
    until = (date.today() + timedelta(days=90)).isoformat()
    names = [item.id for item in variations()]
    line = refused(project=project, REQUIRE_SIGNED_CONTENT="1")
    assert f"{len(names)} of {len(names)} texts are not signed" in line and "docs/content.md" in line
    ended = command("content", "sign", names[0], "--by", "Dr A", "--until", until, project=project)
    assert ended.returncode == 0, ended.stderr
    line = refused(project=project, REQUIRE_SIGNED_CONTENT="1")
    assert f"{len(names) - 1} of {len(names)} texts are not signed" in line


def test_where_all_are_signed_nothing_stops_it(content_copy: Path, installation: Installation):
    installation.set(require_signed_content=1)
    (fault,) = check(content_copy, TODAY)
    assert "are not signed" in str(fault)
    # By hand, as it may be, too: one by one would take a minute.
    for path in (path for path in content_copy.glob("*.yml") if "responses:" in path.read_text()):
        file = yaml.safe_load(path.read_text())
        for item in (item for item in variations(content_copy) if item.file == path.name):
            (body,) = (body for body in file["responses"][item.response] if body["id"] == item.id)
            checked = {"checked_by": "Dr A", "checked_on": TODAY, "next_review": SIGNATURE.until}
            body["metadata"] |= checked | {"checked_text": item.fingerprint()}
        path.write_text(yaml.safe_dump(file, allow_unicode=True))
    assert check(content_copy, TODAY) == []


def test_the_command_writes_the_book(tmp_path: Path):
    page = tmp_path / "book.html"
    ended = command("content", "book", "--html", str(page))
    assert ended.returncode == 0, ended.stderr
    assert f"of {len(variations())} texts are signed" in ended.stdout
    assert ID in page.read_text()


@pytest.mark.parametrize("until", ["tomorrow", "2020-01-01"])
def test_a_day_that_can_not_be_is_refused(until: str, tmp_path: Path):
    project = copied_project(tmp_path)
    ended = command("content", "sign", ID, "--by", "Dr A", "--until", until, project=project)
    assert ended.returncode and "Traceback" not in ended.stderr and until in ended.stderr
