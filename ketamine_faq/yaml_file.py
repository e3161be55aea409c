"""Reads a YAML file, and says where it is wrong."""

from pathlib import Path
from typing import Any

import yaml
from rasa.shared.exceptions import RasaException


class ContentError(RasaException):
    """A YAML file, most often of content/, can't be used; the message says which and how to mend it."""


def read(path: Path) -> dict[str, Any]:
    """Return a YAML file's top-level mapping; raises ContentError with the place of the fault."""
    try:
        parsed = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise ContentError(f"{path} is missing: restore it, `git checkout -- {path}`.") from None
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", error)
        raise ContentError(f"{place} is not valid YAML ({problem}): mend the indentation or quotes there.") from None
    if not isinstance(parsed, dict):
        raise ContentError(f"{path} is empty or not a mapping: it needs keys such as `responses:`.")
    return parsed
