"""What goes around a reply after an alarm: what was told is taken up, and person, distance and care are named."""

import pytest
import yaml
from rasa.shared.core.domain import Domain

from ketamine_faq.content.texts import CONTENT, content
from ketamine_faq.importer import Importer
from ketamine_faq.nlu.concern import DANGER, THEMES, names, theme_of
from ketamine_faq.paths import PROJECT
from tests.support.talk import Talk

WORDS = yaml.safe_load((CONTENT / "concern.yml").read_text(encoding="utf-8"))
SELF = [{"entity": "concerned", "value": "self"}]


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The domain with the words of content/."""
    return Importer(domain_path=str(PROJECT / "domain.yml"), training_data_paths=[]).get_domain()


def alarmed(domain: Domain, name: str, **more) -> tuple[Talk, list[str]]:
    """A talk in which somebody is asked, and the texts so far."""
    talk = Talk(domain, name)
    first = talk.hears("crisis", "tells", 0.5, concern=DANGER, entities=SELF, **more)
    return talk, [message["text"] for message in first]


@pytest.mark.parametrize("turn", ["tells", "refuses", "burden", "what_to_say", "nonsense", "asks_bot", "pain"])
def test_by_the_third_reply_a_person_distance_and_care_are_named(domain: Domain, turn: str):
    talk, texts = alarmed(domain, f"guided {turn}")
    for _ in range(3):
        texts += [message["text"] for message in talk.hears("out_of_scope", turn, 0.9)]
    assert set(content().guides_in(" ".join(texts))) == set(WORDS["guides"])


def test_what_is_named_is_not_named_again(domain: Domain):
    talk, texts = alarmed(domain, "named once")
    for turn in ("tells", "refuses", "burden", "unsafe", "thanks", "tells"):
        texts += [message["text"] for message in talk.hears("out_of_scope", turn, 0.9)]
    for guide in WORDS["guides"].values():
        assert sum(guide["self"] in text for text in texts) <= 1


def test_what_was_told_is_taken_up_once(domain: Domain):
    told = "my wife left me in june and took the kids"
    taken_up = content().taken_up(theme_of(told))
    talk, _ = alarmed(domain, "taken up")
    first, second = (talk.hears("out_of_scope", "tells", 0.9, words=told)[0]["text"] for _ in range(2))
    assert first.startswith(taken_up)
    assert taken_up not in second


def test_every_theme_has_words_and_every_word_a_theme():
    assert set(names(THEMES)) == set(WORDS["taken_up"])


@pytest.mark.parametrize(
    ("text", "theme"),
    [
        ("lost my job in march and the bank keeps ringing", "work_lost"),
        ("since my mum died the house is so quiet", "bereaved"),
        ("i havent slept since tuesday", "no_sleep"),
        ("they laugh at me in the group chat", "bullied"),
        ("how long does a session take", None),
    ],
)
def test_a_theme_is_told_by_its_words(text: str, theme: str | None):
    assert theme_of(text) == theme
