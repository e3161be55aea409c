"""Signing a text: who has checked it, on what day and until when, in its file as a person would write it there."""

import io
import os
import re
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.scalarstring import LiteralScalarString

from ketamine_faq.content.fault import Fault
from ketamine_faq.content.sources import Variation, variations
from ketamine_faq.content.texts import CONTENT
from ketamine_faq.yaml_file import ContentError, read_text

SIGNED_TEXTS = "signed.yml"
NOT_SIGNED, CHANGED, OVERDUE, SIGNED = "not signed", "changed", "overdue", "signed"
LONGEST_NAME = 80
# No line is wrapped that a person has not.
UNWRAPPED = 10_000

# The staff's page signs in threads; of two signatures in one file, neither may be lost.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Signature:
    """Who has checked a text, when, and the day of the next review."""

    by: str
    on: date
    until: date


def signature(item: Variation) -> Signature | None:
    """Return the signature below a text, whether or not it still holds; None where there is none that is whole."""
    by, on, until = (item.metadata.get(key) for key in ("checked_by", "checked_on", "next_review"))
    return Signature(by, on, until) if by and isinstance(on, date) and isinstance(until, date) else None


def state(item: Variation, today: date) -> str:
    """Return `signed`, `not signed`, `changed` since it was signed, or `overdue` for its review."""
    found = signature(item)
    if not found:
        return NOT_SIGNED
    if item.metadata.get("checked_text") != item.fingerprint():
        return CHANGED
    return OVERDUE if found.until < today else SIGNED


def unsigned_faults(items: list[Variation], today: date) -> Iterator[Fault]:
    """Yield one fault for all texts whose signature is missing or holds no more, where there are any."""
    unsigned = [item.id for item in items if state(item, today) != SIGNED]
    if unsigned:
        problem = f"{len(unsigned)} of {len(items)} texts are not signed, {unsigned[0]} the first"
        yield Fault(
            "content/", problem, "have a clinician sign them (docs/content.md), or unset REQUIRE_SIGNED_CONTENT"
        )


def sign(name: str, signed: Signature, folder: Path = CONTENT, seen: str | None = None) -> Variation:
    """Write a signature to the text of an id, and keep the text as it was signed; return the text.

    `seen` is the fingerprint of the text that was read, where it may have changed since. Raises ContentError for an id
    that there isn't, a signature that can't be, and a folder that can't be written.
    """
    _require_possible(signed)
    with _one_at_a_time:
        item = one(name, folder)
        if seen not in (None, item.fingerprint()):
            raise ContentError(f"{name} has changed since it was shown: read it again.")
        files = {item.file: _with_signature(folder / item.file, item, signed)}
        files[SIGNED_TEXTS] = _with_copy(folder / SIGNED_TEXTS, item)
        try:
            for file, text in files.items():
                _replace(folder / file, text)
        except OSError as error:
            raise ContentError(f"{folder} can't be written ({error.strerror}): sign where it can.") from None
    return item


def can_be_written(folder: Path = CONTENT) -> bool:
    """Tell whether texts can be signed here: in an image that is read-only, they can't."""
    return os.access(folder, os.W_OK)


def _require_possible(signed: Signature) -> None:
    if not signed.by.strip() or len(signed.by) > LONGEST_NAME or not signed.by.isprintable():
        raise ContentError(f"'{signed.by}' is no name: write who signs in at most {LONGEST_NAME} characters.")
    if signed.until <= signed.on:
        raise ContentError(f"The next review on {signed.until} is not after {signed.on}: write a later day.")


def one(name: str, folder: Path = CONTENT) -> Variation:
    """Return the text of an id; raises ContentError where there isn't one."""
    found = [item for item in variations(folder) if item.id == name]
    if len(found) != 1:
        problem = "stands in more than one place" if found else "is no text"
        raise ContentError(f"{name} {problem}: `ketamine-faq content status` lists the ids.")
    return found[0]


def _with_signature(path: Path, item: Variation, signed: Signature) -> str:
    yaml = _editor()
    file = yaml.load(read_text(path))
    (body,) = (body for body in file["responses"][item.response] if body.get("id") == item.id)
    metadata = body.setdefault("metadata", CommentedMap(facts=[]))
    # Many short lines rather than one that is long.
    metadata.fa.set_block_style()
    metadata["checked_by"] = signed.by.strip()
    metadata["checked_on"] = signed.on
    metadata["next_review"] = signed.until
    metadata["checked_text"] = item.fingerprint()
    return _dumped(yaml, file)


def _with_copy(path: Path, item: Variation) -> str:
    yaml = _editor()
    file = yaml.load(read_text(path))
    file["signed"].fa.set_block_style()
    # A literal block can't begin or end with blank lines; what counts is the words.
    file["signed"][item.id] = LiteralScalarString(re.sub(r"[ \t]+$", "", item.text, flags=re.MULTILINE).strip())
    return _dumped(yaml, file)


def _editor() -> YAML:
    yaml: Any = YAML()
    yaml.width, yaml.preserve_quotes = UNWRAPPED, True
    return yaml


def _dumped(yaml: YAML, file: CommentedMap) -> str:
    written = io.StringIO()
    yaml.dump(file, written)
    return written.getvalue()


def _replace(path: Path, text: str) -> None:
    """Put a text in a file's place at once: a bot that starts now reads the old or the new."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as draft:
        draft.write(text)
    os.chmod(draft.name, path.stat().st_mode & 0o777)
    os.replace(draft.name, path)
