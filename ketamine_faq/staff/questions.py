"""Questions: the figures as `insights` has them, and answered messages to judge, for the maintainers."""

import json
import random
import time
from datetime import date
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, html, redirect, text

from ketamine_faq.chat.feedback import verdicts
from ketamine_faq.contact.page import HEADERS
from ketamine_faq.content.texts import content
from ketamine_faq.insights.page import page as figures_page
from ketamine_faq.insights.report import UNANSWERED, first_moment, report, shown_text, shown_to_staff
from ketamine_faq.insights.turns import Turn, turns
from ketamine_faq.staff.access import PREFIX, page
from ketamine_faq.staff.audit import note
from ketamine_faq.staff.logins import Person
from ketamine_faq.staff.pages import PARTS, refused_page, rendered
from ketamine_faq.staff.tables import AnswerReviewRow
from ketamine_faq.storage.database import database
from ketamine_faq.storage.secret_key import secret_key

FOR = PARTS["questions"]
WEEKS = 8
SAMPLE = 20
VERDICTS = ("right", "wrong")
# The figures bring their style in the page.
FIGURES_HEADERS = HEADERS | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}

questions_pages = Blueprint("questions", url_prefix=f"{PREFIX}/questions")


@page(questions_pages, "", *FOR)
def questions(request: Request, person: Person) -> HTTPResponse:
    """Show a sample of answered messages that nobody has judged, the same all day."""
    note(person, "read questions")
    sample = _sample(_turns(request))
    messages = [
        {
            "text": shown_text(turn),
            "answer": content().question_button(_topic(turn))["title"],
            "sealed": _sealer().dumps([turn.conversation, turn.at, _topic(turn), shown_text(turn)]),
        }
        for turn in sample
    ]
    return rendered("questions.html", person, active="questions", messages=messages, counts=_counts(), weeks=WEEKS)


@page(questions_pages, "/figures", *FOR)
def figures(request: Request, person: Person) -> HTTPResponse:
    """Show the figures of the last weeks."""
    note(person, "read questions")
    asked, now = _turns(request), time.time()
    made = report(asked, verdicts(database(), first_moment(WEEKS, now)), now)
    return html(figures_page(made), headers=FIGURES_HEADERS)


@page(questions_pages, "/judge", *FOR, method="POST")
def judge(request: Request, person: Person) -> HTTPResponse:
    """Keep a person's verdict on an answer."""
    sent = request.form or {}
    verdict = sent.get("verdict")
    try:
        conversation, at, topic, message = _sealer().loads(sent.get("sealed", ""))
    except BadSignature:
        conversation = None
    if conversation is None or verdict not in VERDICTS:
        return refused_page("This form is not one of ours: go back and reload the page.", 422)
    values = {"conversation": conversation, "asked_at": at, "topic": topic, "message": message}
    with database().session() as session:
        # Who judges again means the latest.
        of_turn = (AnswerReviewRow.conversation == conversation, AnswerReviewRow.asked_at == at)
        session.execute(sa.delete(AnswerReviewRow).where(*of_turn))
        session.add(AnswerReviewRow(**values, verdict=verdict, who=person.name, at=time.time()))
    return redirect(f"{PREFIX}/questions", status=303)


@page(questions_pages, "/reviews.jsonl", *FOR)
def reviews(request: Request, person: Person) -> HTTPResponse:
    """Give all verdicts as a file for the maintainers, a JSON object a line: no conversation and no name in it."""
    note(person, "downloaded reviews")
    with database().session() as session:
        rows = list(session.scalars(sa.select(AnswerReviewRow).order_by(AnswerReviewRow.at)))
    lines = [{"text": row.message, "topic": row.topic, "verdict": row.verdict} for row in rows]
    headers = HEADERS | {"Content-Disposition": 'attachment; filename="reviews.jsonl"'}
    body = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
    return text(body, content_type="application/jsonl; charset=utf-8", headers=headers)


def _turns(request: Request) -> list[Turn]:
    endpoints: Path = request.app.ctx.endpoints
    return turns(endpoints, first_moment(WEEKS, time.time()))


def _sample(asked: list[Turn]) -> list[Turn]:
    with database().session() as session:
        judged = set(session.execute(sa.select(AnswerReviewRow.conversation, AnswerReviewRow.asked_at)).all())
    unjudged = [turn for turn in shown_to_staff(asked) if _topic(turn) and (turn.conversation, turn.at) not in judged]
    # By the day: so a page that is loaded again, or a verdict, does not shuffle it.
    order = {id(turn): random.Random(f"{date.today()} {turn.conversation} {turn.at}").random() for turn in unjudged}
    return sorted(unjudged, key=lambda turn: order[id(turn)])[:SAMPLE]


def _topic(turn: Turn) -> str:
    """Return the topic that a turn was answered with; empty where it was not answered."""
    answers = (answer for answer in turn.answers if answer not in UNANSWERED)
    return next((answer for answer in answers if content().has_question(answer)), "")


def _counts() -> dict[str, int]:
    with database().session() as session:
        counted = sa.select(AnswerReviewRow.verdict, sa.func.count()).group_by(AnswerReviewRow.verdict)
        return {**dict.fromkeys(VERDICTS, 0), **dict(map(tuple, session.execute(counted)))}


def _sealer() -> Any:
    """Return what seals a message into its form: the verdict is kept of what was shown, whatever is sent."""
    return URLSafeSerializer(secret_key(), salt="answer review")
