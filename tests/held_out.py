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
