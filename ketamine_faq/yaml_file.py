"""Reads a YAML file, and says where it is wrong."""

from pathlib import Path
from typing import Any

import yaml
from rasa.shared.exceptions import RasaException


class ContentError(RasaException):
    """A YAML file, most often of content/, can't be used; the message says which and how to mend it."""


class _Loader(yaml.CSafeLoader):
    """YAML's safe loader, in C, that refuses a key that stands twice: of two texts one would be lost."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping; raises YAMLError at a key's second place."""
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    problem=f"`{key.value}` stands twice", problem_mark=key.start_mark
                )
            seen.add(key.value)
        return super().construct_mapping(node, deep)


def read(path: Path) -> dict[str, Any]:
    """Return a YAML file's top-level mapping; raises ContentError with the place of the fault."""
    try:
        parsed = yaml.load(read_text(path), Loader=_Loader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", error)
        raise ContentError(f"{place} is not valid YAML ({problem}): mend the indentation or quotes there.") from None
    if not isinstance(parsed, dict):
        raise ContentError(f"{path} is empty or not a mapping: it needs keys such as `responses:`.")
    return parsed


def read_text(path: Path) -> str:
    """Return a file's text; raises ContentError where it is missing or no text."""
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ContentError(f"{path} is missing: restore it, `git checkout -- {path}`.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError(f"{path} can't be read ({error}): save it as a text file in UTF-8.") from None
