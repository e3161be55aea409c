"""The messages that the tests measure with, and that are never trained on."""

import json
from pathlib import Path
from typing import Any

from ketamine_faq.paths import PROJECT

# Of the brief, where that lies beside the project.
STRANGERS = PROJECT.parent / "shared" / "bench"
BENCH = STRANGERS / "questions-dev.jsonl"


def rows(name: str) -> list[dict[str, Any]]:
    """The messages of a file of tests/."""
    return rows_of(PROJECT / "tests" / name)


def rows_of(path: Path) -> list[dict[str, Any]]:
    """The messages of any such file: `text`, and what is expected or accepted."""
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


# Like nothing that was trained on: words of no language, other alphabets, code, figures, and talk of something else.
UNLIKE_ANYTHING = (
    "qwxz plorf ninty vashbok",
    "lkjhgfdsa lkjhgfdsa",
    "3.14159 2.71828 1.41421",
    "for (int i = 0; i < n; i++) sum += a[i];",
    "SELECT name FROM planets WHERE moons > 2",
    "сколько стоит билет до Праги",
    "明日の天気を教えてください",
    "wie lange dauert die Fahrt nach Bremen",
    "kde je nejbližší pekárna",
    "🎈🎈🎈 🦕",
    "the trombone section rushed the second movement",
    "my sourdough starter has gone grey at the edges",
    "which gearbox oil for a 1998 tractor",
    "offside rule in under elevens",
    "translate good morning into Welsh",
    "is Pluto a planet again",
)
