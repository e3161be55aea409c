"""content/ as it was read, each file once: what the checks look at."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ketamine_faq.content.texts import CONTENT
from ketamine_faq.yaml_file import ContentError, read, read_text

FACTS, TOPICS = "facts.md", "topics.yml"
HEADING = re.compile(r"^## (.+)$", re.MULTILINE)
FACT = re.compile(r"^- \*\*(F\d+)\*\* (.+)$", re.MULTILINE)


@dataclass(frozen=True)
class Variation:
    """One text of a response, with the file it stands in."""

    file: str
    response: str
    body: dict[str, Any]

    @property
    def id(self) -> str:
        """Its id, or what tells it apart where it lacks one."""
        return self.body.get("id") or f"{self.response} without id"

    @property
    def place(self) -> str:
        """Where to look."""
        return f"{self.file}, {self.id}"

    @property
    def text(self) -> str:
        """Its words."""
        return str(self.body.get("text") or "")

    @property
    def metadata(self) -> dict[str, Any]:
        """What it cites and who checked it."""
        return self.body.get("metadata") or {}

    @property
    def facts(self) -> list[str]:
        """The facts it states."""
        return list(self.metadata.get("facts") or [])

    @property
    def selected_by(self) -> dict[str, str]:
        """The slots that it is chosen by, with their values."""
        return {condition["name"]: condition["value"] for condition in self.body.get("condition") or ()}

    def fingerprint(self) -> str:
        """Return what changes when the text does, and not when it is only wrapped in another way."""
        return hashlib.sha256(" ".join(self.text.split()).encode()).hexdigest()[:12]


@dataclass(frozen=True)
class Sources:
    """The files of content/: those that could be read, and why the others could not."""

    files: dict[str, dict[str, Any]]
    facts: dict[str, str]
    unreadable: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, folder: Path = CONTENT) -> "Sources":
        """Read a folder."""
        files, unreadable, facts = {}, {}, {}
        for path in sorted(folder.glob("*.yml")):
            try:
                files[path.name] = read(path)
            except ContentError as error:
                unreadable[path.name] = str(error)
        try:
            facts = dict(FACT.findall(read_text(folder / FACTS)))
        except ContentError as error:
            unreadable[FACTS] = str(error)
        return cls(files, facts, unreadable)

    def whole(self) -> "Sources":
        """Return this; raises ContentError for a file that can't be read."""
        for problem in self.unreadable.values():
            raise ContentError(problem)
        return self

    @cached_property
    def variations(self) -> list[Variation]:
        """Every variation of every response."""
        return [
            Variation(name, response, body)
            for name, file in self.files.items()
            for response, bodies in (file.get("responses") or {}).items()
            for body in bodies or []
        ]

    @property
    def topics(self) -> dict[str, list[dict[str, Any]]]:
        """The topics by group."""
        return self.files[TOPICS]


def fact_places(folder: Path = CONTENT) -> dict[str, str]:
    """Return by fact the heading of the article that it stands under; raises ContentError."""
    _, *parts = HEADING.split(read_text(folder / FACTS))
    return {fact: heading for heading, text in zip(parts[::2], parts[1::2]) for fact, _ in FACT.findall(text)}


def variations(folder: Path = CONTENT) -> list[Variation]:
    """Return every variation of every response; raises ContentError for a file that can't be read."""
    return Sources.of(folder).whole().variations


def texts_below(node: Any, place: str) -> Iterator[tuple[str, str]]:
    """Yield every text below a node with its place."""
    if isinstance(node, dict):
        for key, below in node.items():
            yield from texts_below(below, f"{place}, {key}")
    elif isinstance(node, list):
        for number, below in enumerate(node, 1):
            yield from texts_below(below, f"{place}, {number}")
    else:
        yield place, str(node or "")
