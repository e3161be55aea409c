"""Questions on the staff's page: a masked sample is judged, and becomes a file for the maintainers."""

import html
import json
import re
import time
from pathlib import Path

import pytest

from ketamine_faq.content.texts import content
from tests.support.conversations import Conversations
from tests.support.staff_server import Staff

FORM = re.compile(r'<q>(.*?)</q>.*?<strong>(.*?)</strong>.*?name="sealed" value="([^"]+)"', re.DOTALL)


@pytest.fixture
def endpoints(tmp_path: Path) -> Path:
    """Those of a store with a few conversations."""
    made, now = Conversations(tmp_path), time.time() - 60
    made.had(("what dose for pain? mail me at kim@example.com", "dosing"), ("/dosing", "dosing"), at=now)
    made.had(("how does it work", "mechanism"), at=now)
    made.had(("what does it cost", "not_covered"), at=now)
    made.had(("my own case is odd", "personal_concern"), at=now)
    made.had(("what dose", "dosing"), ("I want to die", "crisis"), at=now)
    return made.endpoints


def sample(page: str) -> dict[str, tuple[str, str]]:
    """What a page asks to be judged: of each message its answer and its seal."""
    return {html.unescape(message): (html.unescape(answer), seal) for message, answer, seal in FORM.findall(page)}


def test_answered_messages_are_judged_and_saved_without_a_name(staff: Staff):
    dr = staff.person("clinician", "Dr Lee")
    shown = sample(dr.get("/staff/questions").text)
    masked = next(message for message in shown if message.startswith("what dose for pain?"))
    # Neither a danger's conversation, nor one's own case, nor a button, nor what was not answered.
    assert set(shown) == {masked, "how does it work"}
    assert "kim@example.com" not in masked
    assert shown["how does it work"][0] == content().question_button("mechanism")["title"]
    assert dr.post("/staff/questions/judge", sealed=shown[masked][1], verdict="right").status_code == 303
    assert dr.post("/staff/questions/judge", sealed=shown["how does it work"][1], verdict="right").status_code == 303
    assert dr.post("/staff/questions/judge", sealed=shown["how does it work"][1], verdict="wrong").status_code == 303
    page = dr.get("/staff/questions").text
    assert sample(page) == {} and "1 right and 1 wrong" in page
    saved = dr.get("/staff/questions/reviews.jsonl")
    assert "attachment" in saved.headers["content-disposition"]
    lines = {line["text"]: line for line in map(json.loads, saved.text.splitlines())}
    assert lines[masked] == {"text": masked, "topic": "dosing", "verdict": "right"}
    assert lines["how does it work"]["verdict"] == "wrong" and "Lee" not in saved.text


def test_what_was_not_shown_can_not_be_judged(staff: Staff):
    dr = staff.person("clinician")
    seal = sample(dr.get("/staff/questions").text)["how does it work"][1]
    for fields in ({"sealed": seal[:-1] + "x"}, {"sealed": ""}, {}, {"sealed": seal, "verdict": "maybe"}):
        assert dr.post("/staff/questions/judge", **{"verdict": "right", **fields}).status_code == 422, fields
    assert dr.get("/staff/questions/reviews.jsonl").text == ""


def test_the_figures_are_those_of_insights(staff: Staff):
    page = staff.person("admin").get("/staff/questions/figures").text
    assert "what does it cost" in page and "I want to die" not in page and "<svg" in page
