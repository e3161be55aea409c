"""When the clinic works, for whoever waits: its hours and its state's public holidays (content/clinic.yml)."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import holidays

from ketamine_faq.content.clinic import DAYS
from ketamine_faq.yaml_file import ContentError

ZONES = {
    **dict.fromkeys(("ACT", "NSW"), "Australia/Sydney"),
    **{"VIC": "Australia/Melbourne", "QLD": "Australia/Brisbane", "SA": "Australia/Adelaide"},
    **{"TAS": "Australia/Hobart", "NT": "Australia/Darwin", "WA": "Australia/Perth"},
}
# Where clinic.yml has no hours: an office's week, by the clock of most Australians and the holidays that all have.
OFFICE_ZONE = "Australia/Sydney"
OFFICE = dict.fromkeys(DAYS[:5], "9 am to 5 pm")
CLOCK = r"(\d{1,2})(?:[.:](\d\d))? (am|pm)"
OPEN = re.compile(rf"{CLOCK} to {CLOCK}")


@dataclass(frozen=True)
class WorkingHours:
    """When each day's work begins and ends, and the state whose clock and holidays count; None for an office's."""

    open: dict[str, tuple[time, time]]
    state: str | None

    @classmethod
    def of(cls, hours: dict[str, Any] | None) -> "WorkingHours":
        """Take the `hours` of clinic.yml, an office's where there are none; raises ContentError."""
        hours = hours or {"open": OFFICE, "state": None}
        try:
            opened = {day: clocks(written) for day, written in hours["open"].items()}
        except ValueError as error:
            raise ContentError(f"content/clinic.yml, hours: {error}.") from None
        if not opened:
            raise ContentError("content/clinic.yml, hours: name a day that is open, or drop the hours.")
        return cls(opened, hours["state"])

    @property
    def zone(self) -> ZoneInfo:
        """The place's time zone."""
        return ZoneInfo(ZONES[self.state] if self.state else OFFICE_ZONE)

    def seconds(self, start: float, end: float) -> float:
        """Return how many seconds were worked between two times; those that were not in the hours don't count."""
        first, last = (datetime.fromtimestamp(moment, self.zone).date() for moment in (start, end))
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        worked = 0.0
        for opens, closes in filter(None, map(self._on, days)):
            worked += max(0.0, min(closes, end) - max(opens, start))
        return worked

    def day_after(self, start: float, days: int) -> date:
        """Return the working day that is so many after a time; the day itself does not count."""
        day = datetime.fromtimestamp(start, self.zone).date()
        while days:
            day += timedelta(days=1)
            days -= self._on(day) is not None
        return day

    def _on(self, day: date) -> tuple[float, float] | None:
        """Return when a day's work begins and ends; None for a day without."""
        hours = self.open.get(DAYS[day.weekday()])
        if not hours or day in _public_holidays(self.state, day.year):
            return None
        opens, closes = (datetime.combine(day, clock, self.zone).timestamp() for clock in hours)
        return opens, closes


def clocks(written: str) -> tuple[time, time]:
    """Return when `9 am to 5.30 pm` begins and ends; raises ValueError where it says no such thing."""
    match = OPEN.fullmatch(written.strip())
    if match is None:
        raise ValueError(f"{written} is no time of opening: write it as 9 am to 5.30 pm")
    opens, closes = _clock(*match.groups()[:3]), _clock(*match.groups()[3:])
    if opens >= closes:
        raise ValueError(f"{written} ends before it begins")
    return opens, closes


@lru_cache
def _public_holidays(state: str | None, year: int) -> holidays.HolidayBase:
    return holidays.country_holidays("AU", subdiv=state, years=year)


def _clock(hour: str, minute: str | None, half: str) -> time:
    if not 1 <= int(hour) <= 12:
        raise ValueError(f"{hour} {half} is no time")
    return time(int(hour) % 12 + (12 if half == "pm" else 0), int(minute or 0))
