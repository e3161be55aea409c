"""A message in another language is told, and English is not taken for one."""

import re

import pytest
import yaml

from ketamine_faq.content.texts import content
from ketamine_faq.nlu.examples import read_examples
from ketamine_faq.nlu.language import is_danger, language_of
from ketamine_faq.paths import PROJECT

MESSAGES = yaml.safe_load((PROJECT / "tests" / "nlu" / "languages.yml").read_text(encoding="utf-8"))
# Those that content/languages.yml has a line in.
SPOKEN = ("ar", "zh-hans", "zh-hant", "vi", "el", "it", "es", "hi", "pa", "ne", "fil", "ko", "fa", "prs", "tr")


def test_the_language_of_short_messages_is_told():
    right = [language_of(text) == code for code, texts in MESSAGES.items() for text in texts]
    assert len(MESSAGES) == 20 and sum(right) >= 0.95 * len(right)


def test_english_is_english_however_it_is_typed():
    # Some examples are in another language; these words are not.
    plain = re.compile(r"\b(the|and|is|my|to|of|what|how|i)\b", re.IGNORECASE)
    texts = [example.text for example in read_examples() if plain.search(example.text)]
    taken = [text for text in texts if language_of(text) and text.isascii()]
    assert len(texts) > 30_000 and len(taken) <= 3, taken


@pytest.mark.parametrize("code", SPOKEN)
def test_each_language_has_its_lines(code: str):
    numbers = content().variables()
    ordinary, danger = (content().in_language(code, danger=kind) for kind in (False, True))
    assert numbers["interpreter"] in ordinary and numbers["emergency"] in ordinary
    assert numbers["emergency"] in danger and numbers["lifeline"] in danger


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("es", "quiero morir"),
        ("it", "non voglio vivere più"),
        ("vi", "tôi muốn chết"),
        ("zh-hans", "我不想活了"),
        ("tr", "artık ölmek istiyorum"),
        ("ko", "죽고 싶어요"),
        ("ar", "أريد الموت"),
    ],
)
def test_a_word_of_danger_is_heard(code: str, text: str):
    assert language_of(text) == code and is_danger(code, text)
    assert not is_danger(code, MESSAGES[code][0])
