"""The check on content/: every fault at once, each with its place and the mend (docs/content.md)."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from ketamine_faq.content.clinic import CHECKED, DAYS, STATES, TOPICS_OF_ITS_OWN, Clinic
from ketamine_faq.content.texts import CARER, CONTENT, written_for
from ketamine_faq.yaml_file import ContentError, read

FACTS = CONTENT / "facts.md"
TOPICS = CONTENT / "topics.yml"
FORBIDDEN = Path(__file__).with_name("forbidden_wording.yml")
CONDITIONS = ("depression", "pain", "both")
AUDIENCES = ("patient", CARER, "referrer")

FACT = re.compile(r"^- \*\*(F\d+)\*\* (.+)$", re.MULTILINE)
FIGURE = re.compile(r"\d+(?:[.,]\d+)?")
VARIABLE = re.compile(r"\{(\w+)\}")
# What the replies to a danger must name, and those that follow it the first; and what has no place in them.
SAFETY_REPLIES = {
    "crisis": ["emergency", "lifeline", "lifeline_text", "suicide_call_back", "contact_form_url", "unwatched"],
    "emergency": ["emergency", "poisons", "contact_form_url"],
}
TREATMENT = re.compile(r"\b(ketamine|treatments?|dos(e|es|ing)|infusions?|mg)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, what, and what mends it."""

    place: str
    problem: str
    mend: str

    def __str__(self) -> str:
        """Return the line that people read."""
        return f"{self.place}: {self.problem}; {self.mend}."


@dataclass(frozen=True)
class Variation:
    """One text of a response, with the file it stands in."""

    file: str
    response: str
    body: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id, or what tells it apart where it lacks one."""
        return self.body.get("id") or f"{self.response} without id"

    @property
    def place(self) -> str:
        """Where to look."""
        return f"{self.file}, {self.id}"

    @property
    def text(self) -> str:
        """Its words."""
        return str(self.body.get("text") or "")

    @property
    def metadata(self) -> dict[str, Any]:
        """What it cites and who checked it."""
        return self.body.get("metadata") or {}

    @property
    def facts(self) -> list[str]:
        """The facts it states."""
        return list(self.metadata.get("facts") or [])

    def fingerprint(self) -> str:
        """Return what changes when the text does, and not when it is only wrapped in another way."""
        return hashlib.sha256(" ".join(self.text.split()).encode()).hexdigest()[:12]


def facts() -> dict[str, str]:
    """Return the facts of the article by their ids."""
    return dict(FACT.findall(FACTS.read_text(encoding="utf-8")))


def topics() -> dict[str, list[dict[str, Any]]]:
    """Return the topics by group, as topics.yml has them."""
    return yaml.safe_load(TOPICS.read_text(encoding="utf-8"))


def variations(folder: Path = CONTENT) -> list[Variation]:
    """Return every variation of every response; raises ContentError for a file that is not YAML."""
    return [
        Variation(path.name, response, body)
        for path in sorted(folder.glob("*.yml"))
        for response, bodies in (read(path).get("responses") or {}).items()
        for body in bodies or []
    ]


def check(folder: Path = CONTENT, today: date | None = None) -> list[Fault]:
    """Return every fault in content/, in the order of the files; none means that it may be published."""
    found: list[Fault] = []
    for path in sorted(folder.glob("*.yml")):
        try:
            read(path)
        except ContentError as error:
            found.append(Fault(path.name, str(error), "nothing else is checked until it can be read"))
    if found:
        return found
    known = facts()
    listed = variations(folder)
    for variation in listed:
        found += _variation_faults(variation, known, _variables(folder), today or date.today())
    found += _notice_faults(folder, known)
    found += _glossary_faults(folder, known)
    found += _language_faults(folder)
    found += _clinic_faults(folder, today or date.today())
    for name in ("contact_form.yml", "widget.yml", "website.yml"):
        found += _page_faults(name, folder)
    found += _service_faults(folder, today or date.today())
    found += _safety_reply_faults(listed)
    found += _topic_faults(listed)
    found += _duplicate_faults(listed)
    found += _unused_facts(listed, folder, known)
    return found


def _variation_faults(item: Variation, known: dict[str, str], variables: set[str], today: date) -> Iterator[Fault]:
    if not item.body.get("id"):
        yield Fault(item.place, "it has no id", "add one, such as `id: dosing.pain.referrer`")
    if not item.text.strip():
        yield Fault(item.place, "it has no text", "write it, or delete the variation")
    if "facts" not in item.metadata:
        yield Fault(item.place, "it does not say which facts it states", "add `metadata: {facts: [...]}`, [] for none")
    yield from _fact_faults(item.place, item.text, item.facts, known)
    yield from _wording_faults(item.place, item.text)
    for name in VARIABLE.findall(item.text):
        if name not in variables:
            yield Fault(item.place, f"{{{name}}} stands for nothing", f"use one of {', '.join(sorted(variables))}")
    yield from _review_faults(item, today)


def _fact_faults(place: str, text: str, cited: list[str], known: dict[str, str]) -> Iterator[Fault]:
    for fact in cited:
        if fact not in known:
            yield Fault(place, f"fact {fact} does not exist", f"cite one of facts.md's {len(known)}, or take it out")
    allowed = {figure for fact in cited for figure in FIGURE.findall(known.get(fact, ""))}
    for figure in FIGURE.findall(text):
        if figure not in allowed:
            sources = ", ".join(cited) or "no fact"
            yield Fault(place, f"the figure {figure} is not in what it cites ({sources})", "cite its fact or drop it")


def _wording_faults(place: str, text: str) -> Iterator[Fault]:
    for what, patterns in read(FORBIDDEN).items():
        if match := re.search(rf"(?<!\w)({'|'.join(patterns)})(?!\w)", text, re.IGNORECASE):
            yield Fault(
                place, f"'{match.group(0)}' {what}, which a health service may not", "say what the article says"
            )


def _review_faults(item: Variation, today: date) -> Iterator[Fault]:
    checked_by, review = item.metadata.get("checked_by"), item.metadata.get("next_review")
    if checked_by and item.metadata.get("checked_text") != item.fingerprint():
        yield Fault(
            item.place,
            f"its text has changed since {checked_by} checked it",
            f"have it checked again and set `checked_text: {item.fingerprint()}`, or clear checked_by",
        )
    if checked_by and not (isinstance(item.metadata.get("checked_on"), date) and isinstance(review, date)):
        yield Fault(item.place, "it was checked, but not when", "add `checked_on:` and `next_review:` as YYYY-MM-DD")
    elif isinstance(review, date) and review < today:
        yield Fault(item.place, f"its review was due on {review}", "have it reviewed and set the next date")


def _notice_faults(folder: Path, known: dict[str, str]) -> Iterator[Fault]:
    for name, notice in read(folder / "notices.yml").get("notices", {}).items():
        place = f"notices.yml, {name}"
        if not str(notice.get("text") or "").strip():
            yield Fault(place, "it has no text", "write it: nothing starts without it")
        yield from _fact_faults(place, notice.get("text") or "", notice.get("facts") or [], known)
        yield from _wording_faults(place, notice.get("text") or "")


def _glossary_faults(folder: Path, known: dict[str, str]) -> Iterator[Fault]:
    answers = {topic["id"] for topic in topics()["answers"]}
    for name, entry in (read(folder / "glossary.yml").get("glossary") or {}).items():
        place = f"glossary.yml, {name}"
        if missing := [key for key in ("words", "topic", "facts", "text") if not entry.get(key)]:
            yield Fault(place, f"it lacks {', '.join(missing)}", "add what is missing")
            continue
        if entry["topic"] not in answers:
            yield Fault(place, f"{entry['topic']} is no topic with an answer", "name the one that gives the rest")
        yield from _fact_faults(place, entry["text"], entry["facts"], known)
        yield from _wording_faults(place, entry["text"])


def _language_faults(folder: Path) -> Iterator[Fault]:
    needed = {"text": {"emergency", "interpreter", "contact_form_url"}, "danger": {"emergency", "lifeline", "interpreter"}}
    for code, entry in (read(folder / "languages.yml").get("languages") or {}).items():
        place = f"languages.yml, {code}"
        if not isinstance(entry.get("written_on"), date):
            yield Fault(place, "it does not say when it was written", "add `written_on:` as YYYY-MM-DD")
        if entry.get("checked_by") and not isinstance(entry.get("checked_on"), date):
            yield Fault(place, "it was checked, but not when", "add `checked_on:` as YYYY-MM-DD")
        for key, names in needed.items():
            named = set(VARIABLE.findall(entry.get(key) or ""))
            for name in sorted(names ^ named):
                problem = "does not name" if name in names else "names"
                yield Fault(f"{place}, {key}", f"it {problem} {{{name}}}", "name what the other languages do")


def _clinic_faults(folder: Path, today: date) -> Iterator[Fault]:
    clinic = Clinic.of(read(folder / "clinic.yml"))
    known = {*read(folder / "uncovered_subjects.yml")["subjects"], *TOPICS_OF_ITS_OWN}
    for name, entry in clinic.answers.items():
        place = f"clinic.yml, {name}"
        if name not in known:
            yield Fault(place, "it is no subject that visitors ask about", "use an id of uncovered_subjects.yml")
        yield from _checked_faults(place, entry, ("text",), today)
        yield from _wording_faults(place, str(entry.get("text") or ""))
    if clinic.hours:
        place = "clinic.yml, hours"
        yield from _checked_faults(place, clinic.hours, ("state", "open"), today)
        if clinic.hours.get("state") not in STATES:
            yield Fault(place, f"{clinic.hours.get('state')} is no state", f"use one of {', '.join(STATES)}")
        for day in (day for day in clinic.hours.get("open") or () if day not in DAYS):
            yield Fault(place, f"{day} is no day", f"use one of {', '.join(DAYS)}")


def _checked_faults(place: str, entry: dict[str, Any], keys: tuple[str, ...], today: date) -> Iterator[Fault]:
    """Yield what an answer of the clinic's own lacks: without who checked it and when, nobody answers for it."""
    if missing := [key for key in (*keys, *CHECKED) if not entry.get(key)]:
        yield Fault(place, f"it lacks {', '.join(missing)}", "add what is missing")
        return
    for key in (key for key in ("checked_on", "next_review") if not isinstance(entry[key], date)):
        yield Fault(place, f"{key} is no day", "write it as YYYY-MM-DD")
        return
    if entry["next_review"] < today:
        yield Fault(place, f"its review was due on {entry['next_review']}", "have it reviewed and set the next date")


def _page_faults(name: str, folder: Path) -> Iterator[Fault]:
    allowed = _variables(folder) | {"question", "limit", "reference", "role"}
    for place, text in _texts(read(folder / name), name):
        if not text.strip():
            yield Fault(place, "it has no text", "write it: visitors are shown it")
        yield from _wording_faults(place, text)
        for name in VARIABLE.findall(text):
            if name not in allowed:
                yield Fault(place, f"{{{name}}} stands for nothing", f"use one of {', '.join(sorted(allowed))}")


def _texts(node: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every text below a node with its place."""
    if isinstance(node, dict):
        for key, below in node.items():
            yield from _texts(below, f"{place}, {key}")
    elif isinstance(node, list):
        for number, below in enumerate(node, 1):
            yield from _texts(below, f"{place}, {number}")
    else:
        yield place, str(node or "")


def _service_faults(folder: Path, today: date) -> Iterator[Fault]:
    for name, service in read(folder / "services.yml").get("services", {}).items():
        place, keys = f"services.yml, {name}", ("number", "call", "url", "checked_on", "next_review", "source")
        if missing := [key for key in keys if not service.get(key)]:
            yield Fault(place, f"it lacks {', '.join(missing)}", "add what is missing")
            continue
        dialled, shown = (re.sub(r"\D", "", str(service[key]).split("(")[0]) for key in ("url", "number"))
        if dialled != shown:
            yield Fault(place, f"its button dials {dialled}, not {shown}", "call it, and correct the wrong one")
        if service["next_review"] < today:
            yield Fault(place, f"its review was due on {service['next_review']}", "call it, and set the next date")


def _safety_reply_faults(listed: list[Variation]) -> Iterator[Fault]:
    for item in listed:
        kind = next((kind for kind in SAFETY_REPLIES if item.response.startswith(f"utter_{kind}")), None)
        if not kind:
            continue
        named = VARIABLE.findall(item.text)
        needed = SAFETY_REPLIES[kind] if item.response == f"utter_{kind}" else ["emergency"]
        for name in needed:
            if name not in named:
                yield Fault(item.place, f"it does not name {{{name}}}", "say it: who reads this may be in danger")
        for name in (name for name in ("emergency", "lifeline", "lifeline_text", "poisons") if name in named):
            if name not in (item.metadata.get("services") or []):
                yield Fault(item.place, f"{{{name}}} is no button", "add it to `services`, so that it can be tapped")
        if match := TREATMENT.search(item.text):
            yield Fault(item.place, f"'{match.group(0)}' talks of treatment", "leave it out: first the person")


def _topic_faults(listed: list[Variation]) -> Iterator[Fault]:
    by_response: dict[str, list[Variation]] = {}
    for item in listed:
        by_response.setdefault(item.response, []).append(item)
    groups = topics()
    for topic in (topic for group, members in groups.items() if group != "steering" for topic in members):
        name = topic["id"]
        texts = by_response.get(f"utter_{name}", [])
        if not texts:
            yield Fault("content/", f"the topic {name} has no answer", f"add content/{name}.yml with utter_{name}")
            continue
        selected = {selector: _selected(texts, *selector) for selector in _selectors(topic, groups["answers"])}
        for selector, item in selected.items():
            if item is None:
                yield Fault(f"utter_{name}", f"it has no one text for {' and '.join(selector)}", "add or narrow one")
        # Carers may read what patients do.
        chosen = [item.id for (*_, audience), item in selected.items() if item and audience != CARER]
        if len(set(chosen)) < len(chosen):
            yield Fault(f"utter_{name}", "two kinds of visitors get the same text", "add a variation for each")


def _selectors(topic: dict[str, Any], answers: list[dict[str, Any]]) -> list[tuple[str, str]]:
    if topic not in answers:
        return []
    conditions = CONDITIONS if topic.get("by_condition") else ("both",)
    return [(condition, audience) for condition in conditions for audience in AUDIENCES]


def _selected(texts: list[Variation], condition: str, audience: str) -> Variation | None:
    slots = {"condition": condition, "audience": written_for(audience, [item.body for item in texts])}
    fitting = [
        item
        for item in texts
        if item.body.get("condition") and all(slots.get(c["name"]) == c["value"] for c in item.body["condition"])
    ] or [item for item in texts if not item.body.get("condition")]
    return fitting[0] if len(fitting) == 1 else None


def _duplicate_faults(listed: list[Variation]) -> Iterator[Fault]:
    first_id: dict[str, Variation] = {}
    first_text: dict[str, Variation] = {}
    for item in listed:
        other = first_id.setdefault(item.id, item)
        if other is not item:
            yield Fault(item.place, f"its id stands in {other.file} too", "give each variation an id of its own")
        other = first_text.setdefault(item.fingerprint(), item)
        if other is not item and item.text:
            yield Fault(item.place, f"its text is that of {other.id}", "say it once")


def _unused_facts(listed: list[Variation], folder: Path, known: dict[str, str]) -> Iterator[Fault]:
    notices = read(folder / "notices.yml").get("notices", {}).values()
    used = {fact for item in listed for fact in item.facts} | {f for n in notices for f in n.get("facts") or []}
    for fact in (fact for fact in known if fact not in used):
        yield Fault("facts.md", f"no answer uses {fact}", "state it in the answer of its topic")


def _variables(folder: Path) -> set[str]:
    services = read(folder / "services.yml").get("services", {})
    return {*services, "contact_form_url", "contact_link", "subject", "unwatched", "conversations_kept_days"}
