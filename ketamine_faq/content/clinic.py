"""What the clinic itself answers (content/clinic.yml), and when it is open."""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import holidays

# What may be answered beside the uncovered subjects.
TOPICS_OF_ITS_OWN = ("referral", "contact")
# Whose question the hours answer.
HOURS_SUBJECT = "location"
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ABOUT_HOURS = re.compile(r"\b(open|opens|opening|close|closes|closed|hours|trading)\b", re.IGNORECASE)
NAMED_DAY = re.compile(rf"\b({'|'.join(DAYS)}|today|tomorrow|tonight)s?\b", re.IGNORECASE)


@dataclass(frozen=True)
class Clinic:
    """The answers by subject or topic, and the hours, as the file has them."""

    answers: dict[str, dict[str, Any]]
    hours: dict[str, Any] = field(default_factory=dict)

    @classmethod
    def of(cls, file: dict[str, Any]) -> "Clinic":
        """Take the file's contents."""
        return cls(file.get("answers") or {}, file.get("hours") or {})

    def answer(self, subject: str, asked: str, today: date) -> str | None:
        """Return the clinic's answer on a subject, with the day of its check; None where there is none."""
        if self.hours and subject == HOURS_SUBJECT and ABOUT_HOURS.search(asked):
            return _dated(self._opening(asked, today), self.hours)
        entry = self.answers.get(subject)
        return _dated(entry["text"].strip(), entry) if entry else None

    def _opening(self, asked: str, today: date) -> str:
        named = NAMED_DAY.search(asked)
        if named:
            return self._on(_day(named[1].lower(), today))
        listed = [f"{day.capitalize()}: {self.hours['open'].get(day, 'closed')}" for day in DAYS]
        return "Opening hours: " + "; ".join(listed) + ". Closed on public holidays."

    def _on(self, day: date) -> str:
        name = f"{day:%A} {day.day} {day:%B}"
        public = holidays.country_holidays("AU", subdiv=self.hours["state"], years=day.year)
        if day in public:
            return f"Anodyne is closed on {name}: it is a public holiday ({public[day]})."
        hours = self.hours["open"].get(DAYS[day.weekday()])
        return f"Anodyne is open on {name}, {hours}." if hours else f"Anodyne is closed on {name}."


def _day(name: str, today: date) -> date:
    if name in ("today", "tonight"):
        return today
    if name == "tomorrow":
        return today + timedelta(days=1)
    return today + timedelta(days=(DAYS.index(name) - today.weekday()) % 7)


def _dated(text: str, entry: dict[str, Any]) -> str:
    day = entry["checked_on"]
    return f"{text} (Checked on {day.day} {day:%B} {day.year}.)"
