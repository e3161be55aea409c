"""What waits is measured in the clinic's working hours: its days, its clock, its public holidays."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from ketamine_faq.content.working_hours import WorkingHours
from ketamine_faq.yaml_file import ContentError

HOUR = 3600
WEEK = {"monday": "9 am to 5 pm", "tuesday": "9.30 am to 12 pm", "friday": "12 pm to 5.30 pm"}
SYDNEY = WorkingHours.of({"open": WEEK, "state": "NSW"})
PERTH = WorkingHours.of({"open": WEEK, "state": "WA"})
OFFICE = WorkingHours.of(None)


def at(text: str, zone: str = "Australia/Sydney") -> float:
    """A moment by the clock of a place."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp()


@pytest.mark.parametrize(
    ("hours", "start", "end", "worked"),
    [
        (SYDNEY, "2026-11-30T10:00", "2026-11-30T11:30", 1.5),
        (SYDNEY, "2026-11-30T06:00", "2026-11-30T23:00", 8),
        (SYDNEY, "2026-11-30T16:00", "2026-12-01T10:00", 1.5),
        # From Friday's evening over the week's end.
        (SYDNEY, "2026-11-27T20:00", "2026-11-30T10:00", 1),
        # Christmas Day is a Friday; Boxing Day is kept on the Monday.
        (SYDNEY, "2026-12-24T12:00", "2026-12-29T10:30", 1),
        # A whole week.
        (SYDNEY, "2026-11-30T00:00", "2026-12-07T00:00", 8 + 2.5 + 5.5),
        # The clock is put forward on the Sunday between, which takes nothing from the hours.
        (SYDNEY, "2026-10-02T17:00", "2026-10-06T10:30", 0.5 + 1),
        # In Perth it is three hours earlier.
        (PERTH, "2026-11-30T10:00", "2026-11-30T13:00", 1),
        (OFFICE, "2026-12-02T00:00", "2026-12-03T00:00", 8),
        (OFFICE, "2026-11-30T11:00", "2026-11-30T10:00", 0),
    ],
)
def test_only_hours_that_are_worked_count(hours: WorkingHours, start: str, end: str, worked: float):
    assert hours.seconds(at(start), at(end)) == pytest.approx(worked * HOUR)


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-30T10:00", 1, date(2026, 12, 1)),
        ("2026-11-30T10:00", 2, date(2026, 12, 4)),
        ("2026-12-22T10:00", 1, date(2026, 12, 29)),
    ],
)
def test_a_working_day_is_one_that_the_clinic_is_open(start: str, days: int, expected: date):
    assert SYDNEY.day_after(at(start), days) == expected


@pytest.mark.parametrize("written", ["9-5", "9 am - 5 pm", "5 pm to 9 am", "0 am to 5 pm", "13 am to 5 pm", "by day"])
def test_hours_that_can_not_be_read_stop_the_start(written: str):
    with pytest.raises(ContentError, match="hours"):
        WorkingHours.of({"open": {"monday": written}, "state": "NSW"})


def test_a_clinic_that_is_never_open_stops_the_start():
    with pytest.raises(ContentError, match="hours"):
        WorkingHours.of({"open": {}, "state": "NSW"})
