"""The training data as the tests look at it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import yaml

from ketamine_faq.paths import PROJECT


@dataclass(frozen=True)
class Example:
    """One message of the training data."""

    text: str
    intent: str
    file: str


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Every example of data/."""
    return tuple(_read())


def _read() -> Iterator[Example]:
    for path in sorted((PROJECT / "data").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            for line in block["examples"].splitlines():
                yield Example(line.removeprefix("- "), block["intent"], path.name)


def normalised(text: str) -> str:
    """The text as a thief would disguise it: no case, no punctuation, single spaces."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w ]", "", text.casefold())).strip() or text
