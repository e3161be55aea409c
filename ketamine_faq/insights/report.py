"""The figures of the last weeks, counted from turns and verdicts."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, timezone

from ketamine_faq.chat.feedback import FeedbackRow
from ketamine_faq.chat.typed_text import typed_text
from ketamine_faq.content.texts import content
from ketamine_faq.dialogue.concern_steps import STAGES
from ketamine_faq.insights.turns import Turn

SAFETY = ("crisis", "emergency", "misuse")
# The replies that answer no question, and what each says of the message.
UNANSWERED = {"not_covered": "not covered", "out_of_scope": "out of scope", "did_you_mean": "not understood"}
# A talk whose answer ended with a caring line, and that went no further.
DOUBT = "doubt"
UNNAMED = "no subject named"
# Of the messages that were not answered, so many are shown, and so much of each.
MAX_MESSAGES = 50
MAX_CHARACTERS = 200

# Weeks are named by the day of their Monday, in UTC.
ByWeek = Counter[date]


@dataclass(frozen=True)
class Message:
    """What some visitors asked in the same words and got no answer to, masked; `reply` says why."""

    text: str
    reply: str
    times: int


@dataclass
class Report:
    """The figures by week, of conversations, of messages, and of each topic, subject and kind of danger."""

    weeks: list[date]
    conversations: ByWeek = field(default_factory=Counter)
    messages: ByWeek = field(default_factory=Counter)
    offered_contact: ByWeek = field(default_factory=Counter)
    unanswered: dict[str, ByWeek] = field(default_factory=lambda: {name: Counter() for name in UNANSWERED})
    safety: dict[str, ByWeek] = field(default_factory=lambda: {name: Counter() for name in SAFETY})
    stages: dict[str, ByWeek] = field(default_factory=lambda: {name: Counter() for name in (DOUBT, *STAGES)})
    topics: dict[str, ByWeek] = field(default_factory=lambda: defaultdict(Counter))
    subjects: dict[str, ByWeek] = field(default_factory=lambda: defaultdict(Counter))
    up: dict[str, ByWeek] = field(default_factory=lambda: defaultdict(Counter))
    down: dict[str, ByWeek] = field(default_factory=lambda: defaultdict(Counter))
    reasons: dict[tuple[str, str], ByWeek] = field(default_factory=lambda: defaultdict(Counter))
    unanswered_messages: list[Message] = field(default_factory=list)


def first_moment(weeks: int, now: float) -> float:
    """Return when the first of so many weeks began; the present week is the last of them."""
    monday = week_of(now) - timedelta(weeks=weeks - 1)
    return datetime.combine(monday, time(), timezone.utc).timestamp()


def week_of(moment: float) -> date:
    """Return the Monday of a moment's week."""
    day = datetime.fromtimestamp(moment, timezone.utc).date()
    return day - timedelta(days=day.weekday())


def report(turns: list[Turn], verdicts: Iterable[FeedbackRow], now: float) -> Report:
    """Count what was asked and how it was judged, from the first week that has any of it until now."""
    verdicts = list(verdicts)
    moments = [turn.at for turn in turns] + [verdict.given_at for verdict in verdicts] + [now]
    made = Report(_weeks(week_of(min(moments)), week_of(now)))
    made.conversations.update(week for week, _ in {(week_of(turn.at), turn.conversation) for turn in turns})
    offers = {(week_of(turn.at), turn.conversation) for turn in turns if turn.offers_contact}
    made.offered_contact.update(week for week, _ in offers)
    for turn in turns:
        _count(made, turn)
    _count_highest_stages(made, turns)
    for verdict in verdicts:
        (made.up if verdict.helpful else made.down)[verdict.topic][week_of(verdict.given_at)] += 1
        if verdict.reason:
            made.reasons[verdict.topic, verdict.reason][week_of(verdict.given_at)] += 1
    made.unanswered_messages = _unanswered_messages(turns)
    return made


def _count(made: Report, turn: Turn) -> None:
    week = week_of(turn.at)
    made.messages[week] += 1
    for answer in set(turn.answers):
        if answer in SAFETY:
            made.safety[answer][week] += 1
        elif answer in UNANSWERED:
            made.unanswered[answer][week] += 1
        elif content().has_question(answer):
            made.topics[answer][week] += 1
    if "not_covered" in turn.answers:
        for subject in set(turn.subjects) or {UNNAMED}:
            made.subjects[subject][week] += 1


def _count_highest_stages(made: Report, turns: list[Turn]) -> None:
    """Count each talk once, by the highest stage of concern that it reached; of what was said, nothing is kept."""
    highest: dict[str, tuple[int, date]] = {}
    ranks = (DOUBT, *STAGES)
    for turn in turns:
        name = turn.stage or (DOUBT if turn.is_doubt else None)
        if name and ranks.index(name) >= highest.get(turn.conversation, (0, None))[0]:
            highest[turn.conversation] = ranks.index(name), week_of(turn.at)
    for rank, week in highest.values():
        made.stages[ranks[rank]][week] += 1


def shown_to_staff(turns: list[Turn]) -> list[Turn]:
    """Return the turns whose words may be read: typed, of nobody's own case, in no conversation with a danger."""
    # Someone in danger may go on in words that the bot does not understand: such a conversation is nobody's reading.
    in_danger = {turn.conversation for turn in turns if _concerns(turn, *SAFETY)}
    return [
        turn
        for turn in turns
        if turn.conversation not in in_danger
        and not _concerns(turn, "personal_concern")
        # Typed text never begins with a slash: what does is a button's.
        and turn.text
        and not turn.text.startswith("/")
    ]


def shown_text(turn: Turn) -> str:
    """Return a turn's words, masked and shortened."""
    # Masked when it was stored, too; but not what came by another channel, or before masks were what they are.
    return _shortened(typed_text(turn.text))


def _unanswered_messages(turns: list[Turn]) -> list[Message]:
    latest: dict[str, Message] = {}
    times: Counter[str] = Counter()
    for turn in shown_to_staff(turns):
        reply = next((UNANSWERED[answer] for answer in turn.answers if answer in UNANSWERED), None)
        if reply is None:
            continue
        text = typed_text(turn.text)
        key = " ".join(re.findall(r"[\w']+", text.casefold())) or text
        times[key] += 1
        latest[key] = Message(_shortened(text), reply, times[key])
    return [latest[key] for key, _ in times.most_common(MAX_MESSAGES)]


def _concerns(turn: Turn, *topics: str) -> bool:
    return any(name in topics for name in (turn.intent, *turn.answers))


def _shortened(text: str) -> str:
    return text if len(text) <= MAX_CHARACTERS else f"{text[: MAX_CHARACTERS - 1]}…"


def _weeks(first: date, last: date) -> list[date]:
    return [first + timedelta(weeks=number) for number in range((last - first).days // 7 + 1)]
