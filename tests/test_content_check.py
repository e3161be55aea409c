"""content/ is clean, and the check finds what is planted."""

import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest
import yaml

from ketamine_faq.content.check import check, facts, topics, variations
from ketamine_faq.content.texts import CONTENT
from ketamine_faq.paths import PROJECT

TODAY = date(2026, 11, 23)


def test_content_is_clean():
    assert [str(fault) for fault in check()] == []


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of content/ to plant faults in."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


def edit(path: Path, change) -> None:
    """Change the first variation of a file's first response."""
    body = yaml.safe_load(path.read_text())
    change(next(iter(body["responses"].values()))[0])
    path.write_text(yaml.safe_dump(body, allow_unicode=True))


def setter(**values):
    """A change that sets keys of a variation."""
    return lambda variation: variation.update(values)


def metadata(**values):
    """A change that sets keys of a variation's metadata."""
    return lambda variation: variation["metadata"].update(values)


CHECKED = {"checked_by": "Dr A", "checked_on": TODAY, "next_review": date(2027, 11, 23)}

PLANTED = {
    "a fact that does not exist": (metadata(facts=["F99"]), "F99 does not exist"),
    "a figure that its facts lack": (setter(text="Usually 7 mg."), "figure 7"),
    "a promise": (setter(text="It is guaranteed."), "promises"),
    "praise": (setter(text="Anodyne is the leading service."), "praises"),
    "a comparison": (setter(text="Anodyne is better than other places."), "compares to other clinics"),
    "a patient's words": (setter(text="'It changed my life', says J."), "quotes a patient"),
    "a text changed since it was checked": (metadata(**CHECKED, checked_text="0" * 12), "has changed since Dr A"),
    "a review overdue": (metadata(next_review=date(2026, 1, 1)), "review was due on 2026-01-01"),
    "no text": (setter(text=" "), "has no text"),
    "no facts": (lambda variation: variation.pop("metadata"), "does not say which facts"),
    "no id": (lambda variation: variation.pop("id"), "has no id"),
    "an unknown variable": (setter(text="Call {helpline}."), "{helpline} stands for nothing"),
    "the same text twice": (setter(text="Goodbye, and take care."), "its text is that of"),
    "an id twice": (setter(id="goodbye"), "its id stands in"),
}


@pytest.mark.parametrize("planted", PLANTED)
def test_a_planted_fault_is_found(folder: Path, planted: str):
    change, expected = PLANTED[planted]
    edit(folder / "overview.yml", change)
    found = [str(fault) for fault in check(folder, TODAY)]
    assert any(expected in line for line in found), found


def test_a_fact_that_no_answer_uses_is_found(folder: Path):
    (folder / "future_direction.yml").unlink()
    found = "\n".join(map(str, check(folder, TODAY)))
    assert "no answer uses F24" in found
    assert "future_direction has no answer" in found


def test_a_fault_in_the_words_of_the_form_is_found(folder: Path):
    path = folder / "contact_form.yml"
    path.write_text(path.read_text().replace("title: Contact Anodyne", "title: The leading {clinic}"))
    found = "\n".join(map(str, check(folder, TODAY)))
    assert "contact_form.yml, page, title" in found and "praises" in found and "{clinic} stands for nothing" in found


UNSAFE = {
    "a number that is not the one its button dials": (
        "services.yml",
        "number: 13 11 14",
        "number: 13 11 15",
        "dials 131114",
    ),
    "a service that nobody has called for long": (
        "services.yml",
        "next_review: 2027",
        "next_review: 2020",
        "was due on",
    ),
    "a service without its source": ("services.yml", "source:", "sauce:", "lacks source"),
    "a crisis reply without its services": (
        "crisis.yml",
        "Lifeline on {lifeline} or",
        "Lifeline or",
        "name {lifeline}",
    ),
    "a crisis reply that lets wait for the form": ("crisis.yml", "but {unwatched}, so", "so", "name {unwatched}"),
    "a crisis reply with treatment": (
        "crisis.yml",
        "Are you safe",
        "Ketamine can help. Are you safe",
        "talks of treatment",
    ),
    "a number that can't be tapped": (
        "emergency.yml",
        "services: [emergency, poisons]",
        "services: []",
        "is no button",
    ),
}


@pytest.mark.parametrize("planted", UNSAFE)
def test_a_fault_in_what_a_person_in_danger_reads_is_found(folder: Path, planted: str):
    name, text, instead, expected = UNSAFE[planted]
    path = folder / name
    assert text in path.read_text()
    path.write_text(path.read_text().replace(text, instead))
    found = "\n".join(map(str, check(folder, TODAY)))
    assert expected in found, found


def test_faults_are_found_all_at_once(folder: Path):
    edit(folder / "overview.yml", setter(text="Guaranteed: 7 mg."))
    edit(folder / "onset.yml", metadata(facts=["F77"]))
    found = "\n".join(map(str, check(folder, TODAY)))
    assert all(part in found for part in ("overview.yml", "promises", "figure 7", "onset.yml", "F77"))


def test_a_file_that_is_not_yaml_is_named_with_its_line(folder: Path):
    (folder / "onset.yml").write_text("responses:\n  utter_onset: [\n")
    assert "onset.yml:" in str(check(folder, TODAY)[0])


def test_a_checked_text_that_is_unchanged_is_clean(folder: Path):
    text = next(item for item in variations(folder) if item.file == "overview.yml")
    edit(folder / "overview.yml", metadata(**CHECKED, checked_text=text.fingerprint()))
    assert check(folder, TODAY) == []


def test_the_command_stops_on_a_fault_and_shows_the_status():
    command = [sys.executable, "-m", "ketamine_faq.cli", "content"]
    assert subprocess.run([*command, "check"], cwd=PROJECT, capture_output=True, check=False).returncode == 0
    status = subprocess.run([*command, "status"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    assert all(topic["id"][:12] in status for topic in topics()["answers"])


@pytest.mark.skipif(not (PROJECT.parent / "shared").is_dir(), reason="only where the brief lies beside the project")
@pytest.mark.parametrize("name", ["facts.md", "topics.yml"])
def test_facts_and_topics_are_those_of_the_brief(name: str):
    assert (CONTENT / name).read_bytes() == (PROJECT.parent / "shared" / name).read_bytes()
    assert len(facts()) == 26
