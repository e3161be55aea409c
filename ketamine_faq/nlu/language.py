"""Which language a message is written in, where that isn't English: by its script, or by its common words.

Detectors of any language take misspelt English for Dutch or Norwegian; here a few words must speak for another language
and none for English. docs/nlu.md measures both.
"""

import re
import unicodedata
from collections import Counter
from functools import lru_cache
from pathlib import Path

from ketamine_faq.yaml_file import read

WORDS = Path(__file__).with_name("language_words.yml")
LEAST_WORDS, LEAST_SHARE = 2, 0.25
MAX_OF_SURE = 6
# Letters that are written in one of two languages of a script alone.
TRADITIONAL = frozenset("媽請問預約溫習們個這嗎對來說時會後學醫療藥體氣電話聯絡國麼沒幾還過種費錢憂鬱")
SIMPLIFIED = frozenset("妈请问预约温习们个这吗对来说时会后学医疗药体气电话联络国么没几还过种费钱忧郁痛")
NEPALI = re.compile(r"छ|हुन्छ|लाई|को लागि|कति|गर्न|मलाई|हो\b|भन्न|पर्छ|नेपाली")
HINDI = re.compile(r"है|हूँ|हूं|हैं|के लिए|कितन|मुझे|करन|क्या|में|का |की |से ")
PERSIAN = re.compile(r"[پچژگکی]|است|دارم|ترجمان|ضرورت|می‌|برای|چند|چطور|سلام")
DARI = re.compile(r"چقدر مصرف|مصرف|ترجمان|تیلفون|داکتر|شفاخانه|دری|افسرده گی|چی |هستم\s*از\s*افغان|کدام|میباشد|تداوی")
SCRIPTS = {
    "ARABIC": "ar",
    "GREEK": "el",
    "HANGUL": "ko",
    "GURMUKHI": "pa",
    "DEVANAGARI": "hi",
    "CJK": "zh-hans",
    "HIRAGANA": "ja",
    "KATAKANA": "ja",
}
# Of any other script, as 'CYRILLIC' or 'THAI', only that it isn't English.
OTHER = "other"


def language_of(text: str) -> str | None:
    """Return the code of the language, as content/languages.yml has it; None for English, or where it can't be told."""
    letters = Counter(script for character in text if character.isalpha() and (script := _script(character)))
    if not letters:
        return None
    latin, (script, count) = letters.pop("LATIN", 0), (letters.most_common(1) or [("", 0)])[0]
    if count > latin:
        return _of_script(script, letters, text)
    words = re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)*", text.lower())
    return _of_words(words) or _of_danger(words)


def is_danger(language: str, text: str) -> bool:
    """Tell whether a text has a word of danger of its language."""
    return any(word in text.lower() for word in read_words()["danger"].get(language, ()))


@lru_cache(maxsize=1)
def read_words() -> dict[str, dict[str, list[str]]]:
    """Return language_words.yml."""
    return read(WORDS)


def _script(character: str) -> str:
    return unicodedata.name(character, "").split(" ")[0]


def _of_script(script: str, letters: Counter, text: str) -> str:
    if script == "DEVANAGARI":
        return "ne" if len(NEPALI.findall(text)) > len(HINDI.findall(text)) else "hi"
    if script == "ARABIC":
        return ("prs" if DARI.search(text) else "fa") if PERSIAN.search(text) else "ar"
    if script == "CJK":
        if letters["HIRAGANA"] or letters["KATAKANA"]:
            return "ja"
        of_traditional = sum(c in TRADITIONAL - SIMPLIFIED for c in text)
        return "zh-hant" if of_traditional > sum(c in SIMPLIFIED - TRADITIONAL for c in text) else "zh-hans"
    return SCRIPTS.get(script, OTHER)


def _of_words(words: list[str]) -> str | None:
    if not words:
        return None
    english = sum(word in _english() for word in words)
    counted = {code: sum(word in own for word in words) for code, own in _common().items()}
    code, found = max(counted.items(), key=lambda entry: entry[1])
    marked = any(not word.isascii() for word in words)
    enough = found >= LEAST_WORDS or (found == 1 and marked and len(words) <= 3)
    if enough and found > english and found >= LEAST_SHARE * len(words):
        return code
    sure = [code for code, own in read_words()["sure"].items() if any(word in own for word in words)]
    return sure[0] if sure and not english and len(words) <= MAX_OF_SURE else None


def _of_danger(words: list[str]) -> str | None:
    """Return the language that has a phrase of danger in a text; one word, as 'overdose', may be English."""
    text = " ".join(words)
    phrases = ((code, phrase) for code, own in read_words()["danger"].items() for phrase in own if " " in phrase)
    return None if _english().intersection(words) else next((code for code, phrase in phrases if phrase in text), None)


@lru_cache(maxsize=1)
def _common() -> dict[str, frozenset[str]]:
    return {code: frozenset(map(str, words)) for code, words in read_words()["words"].items()}


@lru_cache(maxsize=1)
def _english() -> frozenset[str]:
    return frozenset(read_words()["english"])
