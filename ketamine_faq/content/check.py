"""The check on content/: every fault at once, each with its place and the mend (docs/content.md)."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from ketamine_faq.content.clinic import DAYS, TOPICS_OF_ITS_OWN, Clinic
from ketamine_faq.content.fault import Fault
from ketamine_faq.content.figures import SENTENCE_END, Figure, figures
from ketamine_faq.content.keys import key_faults, needed_files
from ketamine_faq.content.signing import unsigned_faults
from ketamine_faq.content.sources import FACTS, Sources, Variation, texts_below
from ketamine_faq.content.texts import AUDIENCES, CARER, CONTENT, written_for
from ketamine_faq.content.working_hours import WorkingHours
from ketamine_faq.settings import settings
from ketamine_faq.yaml_file import ContentError, read

FORBIDDEN = Path(__file__).with_name("forbidden_wording.yml")
# In Australia a day begins ten hours before it does on a server that goes by UTC.
AHEAD = timedelta(days=1)
CONDITIONS = ("depression", "pain", "both")

VARIABLE = re.compile(r"\{(\w+)\}")
# By what it is, and by a brand.
MEDICINE = re.compile(r"\w*ketamin\w*|spravato", re.IGNORECASE)
# What a person in danger reads, or who helps them: few contacts, in an order, and nothing of treatment.
SAFETY_REPLIES = ("utter_crisis", "utter_emergency", "utter_other_lines")
MAX_CONTACTS = 2
# A line that is called or texted is one contact.
SAME_CONTACT = {"lifeline_text": "lifeline"}
# Where a life may end soon, nothing is named before the ambulance.
EMERGENCY_FIRST = ("utter_crisis_immediate", "utter_emergency")
# How a text names a condition, and how a fact begins that is of one condition alone.
NAMED_CONDITION = re.compile(r"\b(?P<depression>depress\w*)|\b(?P<pain>pain)\b", re.IGNORECASE)
FACT_OF_ONE = re.compile(r"(depression|chronic pain):", re.IGNORECASE)
TREATMENT = re.compile(r"\b(ketamine|treatments?|dos(e|es|ing)|infusions?|mg)\b", re.IGNORECASE)


def require_clean_content() -> None:
    """Return where content/ may be trained and served; else raise ContentError with every fault."""
    faults = check()
    if len(faults) == 1:
        raise ContentError(f"content/ can't be used: {faults[0]}")
    if faults:
        listed = "\n".join(map(str, faults))
        raise ContentError(f"{listed}\ncontent/ can't be used: it has {len(faults)} faults, the lines above.")


def check(folder: Path = CONTENT, today: date | None = None) -> list[Fault]:
    """Return every fault in content/, in the order of the files; none means that it may be published."""
    today, sources = today or date.today(), Sources.of(folder)
    unreadable = [
        Fault(name, problem.rstrip("."), "nothing else is checked until it can be read")
        for name, problem in sources.unreadable.items()
    ]
    absent = needed_files() - {*sources.files} - {*sources.unreadable}
    if found := unreadable + [Fault(name, "it is missing", "restore it") for name in sorted(absent)]:
        return found
    # What stands at a wrong place could not be checked there.
    if found := [fault for name, file in sources.files.items() for fault in key_faults(name, file)]:
        return found
    variables = _variables(sources)
    for variation in sources.variations:
        found += _variation_faults(variation, sources.facts, variables, today)
    found += _notice_faults(sources)
    for name in ("contact_form.yml", "privacy_page.yml", "widget.yml", "website.yml", "concern.yml"):
        found += _page_faults(name, sources.files[name], variables)
    found += _launcher_faults(sources.files["widget.yml"]["chat"])
    found += _question_faults(sources)
    found += _glossary_faults(sources)
    found += _language_faults(sources)
    found += _clinic_faults(sources, today)
    for name, subject in sources.files["uncovered_subjects.yml"]["subjects"].items():
        found += _wording_faults(f"uncovered_subjects.yml, {name}", subject["phrase"])
    found += _service_faults(sources, today)
    found += _safety_reply_faults(sources)
    found += _topic_faults(sources)
    found += _duplicate_faults(sources.variations)
    found += _unused_facts(sources)
    if settings().require_signed_content:
        found += unsigned_faults(sources.variations, today)
    return found


def _variation_faults(item: Variation, known: dict[str, str], variables: set[str], today: date) -> Iterator[Fault]:
    if not item.body.get("id"):
        yield Fault(item.place, "it has no id", "add one, such as `id: dosing.pain.referrer`")
    if not item.text.strip():
        yield Fault(item.place, "it has no text", "write it, or delete the variation")
    if "facts" not in item.metadata:
        yield Fault(item.place, "it does not say which facts it states", "add `metadata: {facts: [...]}`, [] for none")
    yield from _fact_faults(item.place, item.text, item.facts, known, item.selected_by.get("condition"))
    yield from _wording_faults(item.place, item.text)
    for name in VARIABLE.findall(item.text):
        if name not in variables:
            yield Fault(item.place, f"{{{name}}} stands for nothing", f"use one of {', '.join(sorted(variables))}")
    yield from _review_faults(item, today)


def _fact_faults(
    place: str, text: str, cited: list[str], known: dict[str, str], condition: str | None = None
) -> Iterator[Fault]:
    for fact in cited:
        if fact not in known:
            yield Fault(place, f"fact {fact} does not exist", f"cite one of {FACTS}'s {len(known)}, or take it out")
    stated = {fact: figures(known[fact]) for fact in cited if fact in known}
    for figure in figures(text):
        sources = [fact for fact, of_fact in stated.items() if figure in of_fact]
        if not sources:
            yield Fault(place, *_unfounded(figure, stated))
        elif not any(_is_of(known[fact], _condition_of(text, figure, condition)) for fact in sources):
            yield Fault(
                place,
                f"the figure {figure.written} is of {known[sources[0]].partition(':')[0].lower()} ({sources[0]})",
                "name that condition before the figure",
            )


def _unfounded(figure: Figure, stated: dict[str, list[Figure]]) -> tuple[str, str]:
    same = [f"{fact}: {other}" for fact, others in stated.items() for other in others]
    sources = "; ".join(same) or f"{', '.join(stated) or 'no fact'}: no figure"
    problem = f"the figure {figure.written}, read as '{figure}', is not in what it cites ({sources})"
    return problem, "state it as its fact does, with its unit and for the same, or drop it"


def _condition_of(text: str, figure: Figure, condition: str | None) -> set[str]:
    """Return the conditions that a figure of a text may be meant of: that named last before it, or in its sentence."""
    before = list(NAMED_CONDITION.finditer(text, 0, figure.start))
    if before:
        return {str(before[-1].lastgroup)}
    end = SENTENCE_END.search(text, figure.start)
    after = {
        str(match.lastgroup)
        for match in NAMED_CONDITION.finditer(text, figure.start, end.start() if end else len(text))
    }
    return after or {str(condition)}


def _is_of(fact: str, conditions: set[str]) -> bool:
    of_one = FACT_OF_ONE.match(fact)
    return not of_one or of_one.group(1).lower().removeprefix("chronic ") in conditions


def _wording_faults(place: str, text: str) -> Iterator[Fault]:
    for what, pattern in _forbidden().items():
        if match := pattern.search(text):
            yield Fault(
                place, f"'{match.group(0)}' {what}, which a health service may not", "say what the article says"
            )


@lru_cache(maxsize=1)
def _forbidden() -> dict[str, re.Pattern[str]]:
    return {
        what: re.compile(rf"(?<!\w)({'|'.join(patterns)})(?!\w)", re.IGNORECASE)
        for what, patterns in read(FORBIDDEN).items()
    }


def _review_faults(item: Variation, today: date) -> Iterator[Fault]:
    checked_by, review = item.metadata.get("checked_by"), item.metadata.get("next_review")
    yield from _future_check(item.place, item.metadata.get("checked_on"), today)
    if checked_by and item.metadata.get("checked_text") != item.fingerprint():
        yield Fault(
            item.place,
            f"its text has changed since {checked_by} checked it",
            f"have it checked again: `ketamine-faq content sign {item.id} --by NAME --until DATE`",
        )
    if checked_by and not (isinstance(item.metadata.get("checked_on"), date) and isinstance(review, date)):
        yield Fault(item.place, "it was checked, but not when", "add `checked_on:` and `next_review:` as YYYY-MM-DD")
    elif isinstance(review, date) and review < today:
        yield Fault(item.place, f"its review was due on {review}", "have it reviewed and set the next date")


def _future_check(place: str, checked_on: date | None, today: date) -> Iterator[Fault]:
    if checked_on and checked_on > today + AHEAD:
        yield Fault(place, f"it was checked on {checked_on}, which is yet to come", "correct `checked_on`")


def _notice_faults(sources: Sources) -> Iterator[Fault]:
    for name, notice in sources.files["notices.yml"]["notices"].items():
        place = f"notices.yml, {name}"
        if not str(notice.get("text") or "").strip():
            yield Fault(place, "it has no text", "write it: nothing starts without it")
        yield from _fact_faults(place, notice.get("text") or "", notice.get("facts") or [], sources.facts)
        yield from _wording_faults(place, notice.get("text") or "")


def _glossary_faults(sources: Sources) -> Iterator[Fault]:
    answers = [topic["id"] for topic in sources.topics["answers"]]
    for name, entry in sources.files["glossary.yml"]["glossary"].items():
        place = f"glossary.yml, {name}"
        if entry["topic"] not in answers:
            yield Fault(place, f"{entry['topic']} is no topic with an answer", "name the one that gives the rest")
        yield from _fact_faults(place, entry["text"], entry["facts"], sources.facts)
        yield from _wording_faults(place, entry["text"])


def _language_faults(sources: Sources) -> Iterator[Fault]:
    needed = {
        "text": {"emergency", "interpreter", "contact_form_url"},
        "danger": {"emergency", "lifeline", "interpreter"},
    }
    for code, entry in sources.files["languages.yml"]["languages"].items():
        if entry["checked_by"] and not entry.get("checked_on"):
            yield Fault(f"languages.yml, {code}", "it was checked, but not when", "add `checked_on:` as YYYY-MM-DD")
        for key, names in needed.items():
            named = set(VARIABLE.findall(entry[key]))
            for name in sorted(names ^ named):
                problem = "does not name" if name in names else "names"
                yield Fault(f"languages.yml, {code}, {key}", f"it {problem} {{{name}}}", "name what the others do")


def _clinic_faults(sources: Sources, today: date) -> Iterator[Fault]:
    clinic = Clinic.of(sources.files["clinic.yml"])
    known = {*sources.files["uncovered_subjects.yml"]["subjects"], *TOPICS_OF_ITS_OWN}
    for name, entry in {**clinic.answers, **({"hours": clinic.hours} if clinic.hours else {})}.items():
        place = f"clinic.yml, {name}"
        if name not in known and name != "hours":
            yield Fault(place, "it is no subject that visitors ask about", "use an id of uncovered_subjects.yml")
        yield from _wording_faults(place, str(entry.get("text") or ""))
        yield from _future_check(place, entry["checked_on"], today)
        if entry["next_review"] < today:
            yield Fault(place, f"its review was due on {entry['next_review']}", "review it, and set the next date")
    for day in (day for day in (clinic.hours or {"open": ()})["open"] if day not in DAYS):
        yield Fault("clinic.yml, hours", f"{day} is no day", f"use one of {', '.join(DAYS)}")
    try:
        WorkingHours.of(clinic.hours)
    except ContentError as error:
        yield Fault("clinic.yml, hours", str(error), "correct it there")


# What code fills in beside the variables of every text.
FILLED_BY_THE_FORM = {
    *("question", "limit", "reference", "role", "count", "marks", "day", "time", "fields"),
    *("clinic_phone", "secure_messaging_address", "privacy_policy_url"),
}


def _page_faults(name: str, page: dict[str, Any], variables: set[str]) -> Iterator[Fault]:
    allowed = variables | FILLED_BY_THE_FORM
    for place, text in texts_below(page, name):
        if not text.strip():
            yield Fault(place, "it has no text", "write it: visitors are shown it")
        yield from _wording_faults(place, text)
        # A number without a unit is an example of a phone number there.
        for figure in (figure for figure in figures(text) if figure.unit):
            yield Fault(place, *_unfounded(figure, {}))
        for name in VARIABLE.findall(text):
            if name not in allowed:
                yield Fault(place, f"{{{name}}} stands for nothing", f"use one of {', '.join(sorted(allowed))}")


def _launcher_faults(chat: dict[str, str]) -> Iterator[Fault]:
    """Yield where the words that stand on every page of a website name the medicine (docs/widget.md says why not)."""
    for name in ("open", "away"):
        if match := MEDICINE.search(chat[name]):
            yield Fault(
                f"widget.yml, chat, {name}",
                f"'{match.group(0)}' names a medicine on every page, to whoever comes",
                "name none: 'Ask a question'",
            )


def _question_faults(sources: Sources) -> Iterator[Fault]:
    file = sources.files["questions.yml"]
    for topic, question in file["questions"].items():
        place = f"questions.yml, {topic}"
        yield from _fact_faults(place, question["title"], [], sources.facts)
        yield from _wording_faults(place, question["title"])
        yield from _unasked_faults(place, question["next"], file["questions"])
    yield from _unasked_faults("questions.yml, starters", file["starters"], file["questions"])


def _unasked_faults(place: str, topics: list[str], questions: dict[str, Any]) -> Iterator[Fault]:
    for topic in topics:
        if topic not in questions:
            yield Fault(place, f"{topic} has no question", "write one in questions.yml, or take it out")


def _service_faults(sources: Sources, today: date) -> Iterator[Fault]:
    for name, service in sources.files["services.yml"]["services"].items():
        place = f"services.yml, {name}"
        dialled, shown = (re.sub(r"\D", "", str(service[key]).split("(")[0]) for key in ("url", "number"))
        if dialled != shown:
            yield Fault(place, f"its button dials {dialled}, not {shown}", "call it, and correct the wrong one")
        yield from _future_check(place, service["checked_on"], today)
        if service["next_review"] < today:
            yield Fault(place, f"its review was due on {service['next_review']}", "call it, and set the next date")


def _safety_reply_faults(sources: Sources) -> Iterator[Fault]:
    services = sources.files["services.yml"]["services"]
    for item in (item for item in sources.variations if item.response.startswith(SAFETY_REPLIES)):
        named = [name for name in VARIABLE.findall(item.text) if name in services]
        offered = item.metadata.get("services") or []
        for name in named:
            if name not in offered:
                yield Fault(item.place, f"{{{name}}} is no button", "add it to `services`, so that it can be tapped")
        if len({SAME_CONTACT.get(name, name) for name in (*named, *offered)}) > MAX_CONTACTS:
            problem = f"it has more than {MAX_CONTACTS} contacts"
            yield Fault(item.place, problem, "leave those that fit, the first that matters first")
        if item.response.startswith(EMERGENCY_FIRST) and named[:1] not in ([], ["emergency"]):
            yield Fault(item.place, f"it names {{{named[0]}}} before {{emergency}}", "name the ambulance first")
        if match := TREATMENT.search(item.text):
            yield Fault(item.place, f"'{match.group(0)}' talks of treatment", "leave it out: first the person")


def _topic_faults(sources: Sources) -> Iterator[Fault]:
    by_response: dict[str, list[Variation]] = {}
    for item in sources.variations:
        by_response.setdefault(item.response, []).append(item)
    groups = sources.topics
    for topic in (topic for group, members in groups.items() if group != "steering" for topic in members):
        name = topic["id"]
        texts = by_response.get(f"utter_{name}", [])
        if not texts:
            yield Fault("content/", f"the topic {name} has no answer", f"add content/{name}.yml with utter_{name}")
            continue
        selected = {selector: _selected(texts, *selector) for selector in _selectors(topic, groups["answers"])}
        for selector, chosen_one in selected.items():
            if chosen_one is None:
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
        if item.selected_by and all(slots.get(name) == value for name, value in item.selected_by.items())
    ] or [item for item in texts if not item.selected_by]
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


def _unused_facts(sources: Sources) -> Iterator[Fault]:
    notices = sources.files["notices.yml"]["notices"].values()
    used = {fact for item in sources.variations for fact in item.facts}
    used |= {fact for notice in notices for fact in notice.get("facts") or []}
    for fact in (fact for fact in sources.facts if fact not in used):
        yield Fault(FACTS, f"no answer uses {fact}", "state it in the answer of its topic")


def _variables(sources: Sources) -> set[str]:
    services = sources.files["services.yml"]["services"]
    settings = {"contact_form_url", "conversations_kept_days", "enquiries_kept_days"}
    return {*services, *settings, "contact_link", "subject", "unwatched"}
