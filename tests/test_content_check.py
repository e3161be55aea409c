"""content/ is clean, and the check finds what is planted."""

import re
from datetime import date
from pathlib import Path

import pytest
import yaml

from ketamine_faq.content.check import check
from ketamine_faq.content.sources import Sources, variations
from ketamine_faq.content.texts import CONTENT
from ketamine_faq.paths import PROJECT
from ketamine_faq.yaml_file import read
from tests.support.processes import command, copied_project, free_port

TODAY = date(2026, 11, 30)


def test_content_is_clean():
    assert [str(fault) for fault in check()] == []


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
    "a figure that its facts lack": (setter(text="Usually 7 mg."), "figure 7 mg"),
    "a number word that its facts lack": (setter(text="Half a milligram."), "figure Half a milligram"),
    "figures that have changed places": (
        setter(text="For depression 40 mg/kg over 0.5 minutes.", metadata={"facts": ["F9"]}),
        "figure 40 mg/kg",
    ),
    "another figure in words": (
        setter(text="For depression five mg/kg over forty minutes.", metadata={"facts": ["F9"]}),
        "figure five mg/kg",
    ),
    "a figure in another role": (
        setter(text="For depression 0.5 mg/kg every 40 minutes.", metadata={"facts": ["F9"]}),
        "figure 40 minutes",
    ),
    "a figure of another condition": (
        setter(text="For depression less. For chronic pain 0.5 mg/kg.", metadata={"facts": ["F9"]}),
        "is of depression (F9)",
    ),
    "a sign-off one level too high": (setter(checked_by="Dr A"), "`checked_by` has no place here; move it below"),
    "an unknown key": (metadata(handof=True), "metadata: `handof` has no place here"),
    "a flag that is none": (metadata(handoff="yes"), "metadata, handoff: 'yes' is not of type 'boolean'"),
    "a check that is yet to come": (metadata(checked_on=date(2026, 12, 24)), "which is yet to come"),
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
def test_a_planted_fault_is_found(content_copy: Path, planted: str):
    change, expected = PLANTED[planted]
    edit(content_copy / "overview.yml", change)
    found = [str(fault) for fault in check(content_copy, TODAY)]
    assert any(expected in line for line in found), found


def test_a_fact_that_no_answer_uses_is_found(content_copy: Path):
    (content_copy / "future_direction.yml").unlink()
    found = "\n".join(map(str, check(content_copy, TODAY)))
    assert "no answer uses F24" in found
    assert "future_direction has no answer" in found


def test_a_fault_in_the_words_of_the_form_is_found(content_copy: Path):
    path = content_copy / "contact_form.yml"
    path.write_text(path.read_text().replace("title: Contact Anodyne", "title: The leading {clinic}"))
    found = "\n".join(map(str, check(content_copy, TODAY)))
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
    "a service without its source": ("services.yml", "source:", "sauce:", "emergency: it lacks `source`"),
    "a service with an unknown key": ("services.yml", "source:", "sauce:", "emergency: `sauce` has no place here"),
    "a service checked in the future": ("services.yml", "checked_on: 2026", "checked_on: 2036", "is yet to come"),
    "more contacts than a person in danger can choose from": (
        "crisis.yml",
        "services: [suicide_call_back, yarn]",
        "services: [suicide_call_back, yarn, lifeline]",
        "more than 2 contacts",
    ),
    "an ambulance that is not named first": (
        "emergency.yml",
        "This may be an emergency. Call {emergency}",
        "This may be an emergency. Call {poisons} or {emergency}",
        "before {emergency}",
    ),
    "a crisis reply with treatment": (
        "crisis.yml",
        "Can I ask you straight out",
        "Ketamine can help. Can I ask you straight out",
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
def test_a_fault_in_what_a_person_in_danger_reads_is_found(content_copy: Path, planted: str):
    name, text, instead, expected = UNSAFE[planted]
    path = content_copy / name
    assert text in path.read_text()
    path.write_text(path.read_text().replace(text, instead))
    found = "\n".join(map(str, check(content_copy, TODAY)))
    assert expected in found, found


def test_faults_are_found_all_at_once(content_copy: Path):
    edit(content_copy / "overview.yml", setter(text="Guaranteed: 7 mg."))
    edit(content_copy / "onset.yml", metadata(facts=["F77"]))
    found = "\n".join(map(str, check(content_copy, TODAY)))
    assert all(part in found for part in ("overview.yml", "promises", "figure 7 mg", "onset.yml", "F77"))


DOSE_IN_A_PAGE = ("widget.yml", "title: Ask about ketamine", "title: Ask about 0.7 mg/kg")


@pytest.mark.parametrize(
    "name, text, instead, expected",
    [
        (*DOSE_IN_A_PAGE, "widget.yml, chat, title: the figure 0.7 mg/kg"),
        (
            "widget.yml",
            "open: Ask a question",
            "open: Ask about esketamine",
            "chat, open: 'esketamine' names a medicine",
        ),
        ("questions.yml", "starters: [differences", "starters: [diferences", "starters: diferences has no question"),
        ("contact_form.yml", "  send: Send", "  sent: Send", "contact_form.yml, page: `sent` has no place here"),
        ("onset.yml", "    text:", "    text: Twice.\n    text:", "`text` stands twice"),
    ],
)
def test_faults_outside_the_answers_are_found(content_copy: Path, name: str, text: str, instead: str, expected: str):
    path = content_copy / name
    assert text in path.read_text()
    path.write_text(path.read_text().replace(text, instead))
    found = "\n".join(map(str, check(content_copy, TODAY)))
    assert expected in found, found


@pytest.mark.parametrize("name", ["facts.md", "services.yml", "questions.yml"])
def test_a_missing_file_is_named(content_copy: Path, name: str):
    (content_copy / name).unlink()
    assert any(name in str(fault) and "missing" in str(fault) for fault in check(content_copy, TODAY))


def test_a_file_that_is_no_text_is_named(content_copy: Path):
    (content_copy / "onset.yml").write_bytes(b"\xff\xfe")
    assert "onset.yml" in str(check(content_copy, TODAY)[0])


def test_each_file_is_read_once(monkeypatch: pytest.MonkeyPatch):
    opened: list[Path] = []
    read_text = Path.read_text
    monkeypatch.setattr(Path, "read_text", lambda path, **how: opened.append(path) or read_text(path, **how))
    check()
    of_content = sorted(path for path in opened if path.parent == CONTENT)
    assert of_content == sorted([*CONTENT.glob("*.yml"), CONTENT / "facts.md"])


def test_a_file_that_is_not_yaml_is_named_with_its_line(content_copy: Path):
    (content_copy / "onset.yml").write_text("responses:\n  utter_onset: [\n")
    assert "onset.yml:" in str(check(content_copy, TODAY)[0])


def test_a_checked_text_that_is_unchanged_is_clean(content_copy: Path):
    text = next(item for item in variations(content_copy) if item.file == "overview.yml")
    edit(content_copy / "overview.yml", metadata(**CHECKED, checked_text=text.fingerprint()))
    assert check(content_copy, TODAY) == []


def test_the_commands_show_the_check_and_the_status_with_whole_ids_on_a_narrow_screen():
    assert command("content", "check").returncode == 0
    status = command("content", "status", COLUMNS="40").stdout
    assert [item.id for item in variations() if item.id not in status] == []


@pytest.mark.parametrize("what", ["check", "status"])
def test_a_missing_file_is_told_in_a_line(tmp_path: Path, what: str):
    project = copied_project(tmp_path)
    (project / "content" / "facts.md").unlink()
    ended = command("content", what, project=project)
    assert ended.returncode == 1
    assert "facts.md" in ended.stdout + ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize("arguments", [("train",), ("serve", "--port", str(free_port()))])
def test_what_has_a_fault_is_neither_trained_nor_served(tmp_path: Path, arguments: tuple[str, ...]):
    project = copied_project(tmp_path)
    dosing = project / "content" / "dosing.yml"
    dosing.write_text(dosing.read_text().replace("0.5 mg/kg, given", "0.7 mg/kg, given"))
    endpoints = project / "endpoints.yml"
    endpoints.write_text(re.sub(r"localhost:\d+", f"localhost:{free_port()}", endpoints.read_text()))
    ended = command(*arguments, project=project, ENQUIRIES_DATABASE_URL=f"sqlite:///{tmp_path}/enquiries.db")
    assert ended.returncode == 1
    assert "dosing.yml, dosing.depression.patient: the figure 0.7 mg/kg" in ended.stderr
    assert "Traceback" not in ended.stderr and not (project / "models").exists()


BRIEF = PROJECT.parent / "shared"


@pytest.mark.skipif(not BRIEF.is_dir(), reason="only where the brief lies beside the project")
def test_facts_and_topics_are_those_of_the_brief():
    assert (CONTENT / "facts.md").read_bytes() == (BRIEF / "facts.md").read_bytes()
    assert len(Sources.of().facts) == 26
    # Topics that are added later are in a file of their own, and are to be there only once they are built.
    old, new = (read(BRIEF / name) for name in ("topics.yml", "topics-new.yml"))
    ours = _ids_by_group(Sources.of().topics)
    assert _ids_by_group(old) <= ours <= _ids_by_group(old) | _ids_by_group(new)


def _ids_by_group(groups: dict) -> set[tuple]:
    kept = ("by_condition", "handoff", "id")
    return {(group, *(topic.get(key) for key in kept)) for group, members in groups.items() for topic in members}
