"""The curated words of content/: texts that belong to no topic, buttons, telephone numbers, subjects."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

from ketamine_faq.content.clinic import Clinic
from ketamine_faq.content.working_hours import WorkingHours
from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import settings
from ketamine_faq.yaml_file import ContentError, read

CONTENT = PROJECT / "content"
# Of a visitor's message; a notice says so. Long enough for any question, and short enough for the safety gate to read
# all of it (nlu/message_parts.py) within a part of a second.
MAX_CHARACTERS = 2_000
CARER, PATIENT = "carer", "patient"
AUDIENCES = (PATIENT, CARER, "referrer")
# In a message's metadata: which of them the page that it came from is for.
PAGE_AUDIENCE = "page_audience"


def topic_files() -> list[Path]:
    """Return the files of content/ that hold responses."""
    return [path for path in sorted(CONTENT.glob("*.yml")) if "responses" in read(path)]


def written_for(audience: str, variations: list[dict[str, Any]]) -> str:
    """Return for whom a response's variations are chosen: a carer reads what patients do where none is for carers."""
    conditions = [condition for variation in variations for condition in variation.get("condition") or ()]
    for_carers = any(condition["name"] == "audience" and condition["value"] == CARER for condition in conditions)
    return PATIENT if audience == CARER and not for_carers else audience


class Content:
    """The words that replies are completed with. Reading them at the start lets a missing one stop it."""

    def __init__(self) -> None:
        """Read the files; raises ContentError."""
        try:
            self._notices = read(CONTENT / "notices.yml")["notices"]
            self._services = read(CONTENT / "services.yml")["services"]
            subjects = read(CONTENT / "uncovered_subjects.yml")
            questions = read(CONTENT / "questions.yml")
            self._questions = questions["questions"]
            self._concern = read(CONTENT / "concern.yml")
            self.starters: list[str] = questions["starters"]
            self._subjects = {name: entry["phrase"] for name, entry in subjects["subjects"].items()}
            self._unnamed_subject = subjects["unnamed"]
            self.clinic = Clinic.of(read(CONTENT / "clinic.yml"))
            self.working_hours = WorkingHours.of(self.clinic.hours)
            self._languages = read(CONTENT / "languages.yml")["languages"]
            # Why an answer did not help, by name.
            self.reasons: dict[str, str] = read(CONTENT / "widget.yml")["chat"]["reasons"]
            self.disclaimer = self.notice("general_information")
            self.failure, self.busy, self.too_long = (
                f"{self.notice(name)}\n\n{self.disclaimer}" for name in ("failure", "busy", "too_long")
            )
        except KeyError as error:
            raise ContentError(
                f"content/ lacks {error}: run `ketamine-faq content check` to see what is missing."
            ) from None

    def notice(self, name: str) -> str:
        """Return a text of notices.yml, its variables filled; raises KeyError."""
        return self._notices[name]["text"].strip().format(**self.variables())

    def variables(self, *subjects: str) -> dict[str, str]:
        """Return what `{name}` stands for in any text; `subjects` are ids of uncovered subjects."""
        return {
            **{name: service["number"] for name, service in self._services.items()},
            "contact_form_url": str(settings().contact_form_url),
            "max_characters": f"{MAX_CHARACTERS:,}",
            "conversations_kept_days": str(settings().conversations_kept_days),
            "enquiries_kept_days": str(settings().enquiries_kept_days),
            "unwatched": self._notices["unwatched"]["text"],
            "subject": " and ".join(self._subjects[name] for name in subjects if name in self._subjects)
            or self._unnamed_subject,
        }

    def in_language(self, code: str, *, danger: bool) -> str | None:
        """Return what is said in another language; None where content/languages.yml lacks it."""
        entry = self._languages.get(code)
        return entry["danger" if danger else "text"].format(**self.variables()) if entry else None

    def next_topics(self, topic: str) -> list[str]:
        """Return the topics to suggest after this one's answer, at most three."""
        return self._questions.get(topic, {}).get("next", [])

    def has_question(self, topic: str) -> bool:
        """Tell whether the topic has a question that a button can ask."""
        return topic in self._questions

    def question_button(self, topic: str) -> dict[str, str]:
        """Return the button that asks a topic's question."""
        return {"title": self._questions[topic]["title"], "payload": f"/{topic}"}

    def line(self, kind: str, conversation: str) -> str:
        """Return what an answer ends with in doubt: `check_in` or `ask`; the wording differs by conversation."""
        wordings = self._concern[kind]
        return wordings[sum(conversation.encode()) % len(wordings)].format(**self.variables())

    def taken_up(self, theme: str) -> str:
        """Return the sentence that takes up what a visitor has told of their life."""
        return self._concern["taken_up"][theme]

    def guides_in(self, text: str) -> list[str]:
        """Return which of a person, distance to the means and professional care a text names."""
        return [name for name, guide in self._concern["guides"].items() if _names_one(text, guide["words"])]

    def guide(self, names: set[str], whom: str) -> tuple[str, str] | None:
        """Return the first guide that is not among these names, with its line; `whom` is `self` or `other`."""
        return next(((name, guide[whom]) for name, guide in self._concern["guides"].items() if name not in names), None)

    def still_near(self, number: int) -> str | None:
        """Return the line for means that are still within reach, after so many of them; None where all are said."""
        lines = self._concern["still_near"]
        return lines[number] if number < len(lines) else None

    def still_close(self, whom: str, number: int) -> str | None:
        """Return the line on the ambulance where somebody may act soon, after so many of them; None at the end."""
        lines = self._concern["still_close"][whom]
        return lines[number].format(**self.variables()) if number < len(lines) else None

    def composed(self, kind: str, said: set[str]) -> dict[str, Any] | None:
        """Return a reply made of an opening and a closing that a talk has not had together; None where it had all."""
        openings, closings = (self._concern["composed"][kind][part] for part in ("openings", "closings"))
        for turn in range(len(openings) * len(closings)):
            # Both change with each turn, so that neither is heard twice in a row.
            first, last = turn % len(openings), (turn + turn // len(openings)) % len(closings)
            name = f"{kind}.{first}.{last}"
            if name not in said:
                text = f"{openings[first]} {closings[last]}"
                services = [service for service in self._services if f"{{{service}}}" in text]
                return {"id": name, "text": text, "metadata": {"facts": [], "services": services}}
        return None

    def answer_buttons(self, kind: str | None) -> list[dict[str, str]]:
        """Return the buttons that answer a safety question; `kind` says whom it is about."""
        answers = self._concern["answers"][kind] if kind else {}
        return [{"title": title, "payload": f"/{intent}"} for intent, title in answers.items()]

    def other_lines_button(self) -> dict[str, str]:
        """Return the button that shows other lines to call."""
        return {"title": self._concern["other_lines"], "payload": "/other_lines"}

    def service_button(self, name: str) -> dict[str, str]:
        """Return the button that calls or texts a service."""
        service = self._services[name]
        title = service["call"] if service["number"] in service["call"] else f"{service['call']} {service['number']}"
        return {"title": title, "type": "web_url", "url": service["url"], "payload": service["url"]}

    def contact_buttons(self, link: str) -> list[dict[str, str]]:
        """Return the buttons that accept and decline the form at `link`; a channel without links sends the payload."""
        return [self._form_button(link, "/affirm"), {"title": self.notice("decline_button"), "payload": "/deny"}]

    def contact_button(self, link: str) -> dict[str, str]:
        """Return the button that asks for the form at `link` where a yes or no answers something else."""
        return self._form_button(link, "/contact")

    def _form_button(self, link: str, payload: str) -> dict[str, str]:
        return {"title": self.notice("contact_button"), "type": "web_url", "url": link, "payload": payload}

    def buttons(self) -> dict[str, str]:
        """Return every payload that a button of ours may send, by itself and by the question on the button."""
        asked = {question["title"]: f"/{topic}" for topic, question in self._questions.items()}
        answers = [f"/{intent}" for kind in self._concern["answers"].values() for intent in kind]
        payloads = (*asked.values(), *answers, "/other_lines", "/affirm", "/deny")
        return {**asked, **{payload: payload for payload in payloads}}


def _names_one(text: str, words: list[str]) -> bool:
    return bool(re.search(rf"\b({'|'.join(map(re.escape, words))})\b", text))


@lru_cache(maxsize=1)
def content() -> Content:
    """Return this process's content; raises ContentError."""
    return Content()
