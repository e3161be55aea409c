"""The check on the keys of content/: none is unknown or missing, and each holds what it should (schemas.yml)."""

from collections.abc import Iterator
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from ketamine_faq.content.fault import Fault
from ketamine_faq.yaml_file import read

SCHEMAS = Path(__file__).with_name("schemas.yml")


def _is_date(_: Any, value: Any) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


# YAML has dates, which JSON has not.
Validator = extend(Draft202012Validator, type_checker=Draft202012Validator.TYPE_CHECKER.redefine("date", _is_date))


def needed_files() -> set[str]:
    """Return the files that must be there, beside those of the topics."""
    return set(_schemas()["files"])


def key_faults(name: str, file: dict[str, Any]) -> Iterator[Fault]:
    """Yield what is wrong with the keys of a file."""
    # Of each missing key there is an error, and each error knows all that are missing.
    yield from dict.fromkeys(
        Fault(_place(name, file, list(error.absolute_path)), problem, mend)
        for error in _validator(name).iter_errors(file)
        for problem, mend in _words(error)
    )


def _words(error: ValidationError) -> Iterator[tuple[str, str]]:
    schema, wanted, found = (
        cast(dict[str, Any], error.schema),
        cast(Any, error.validator_value),
        cast(Any, error.instance),
    )
    if error.validator == "additionalProperties" and wanted is False:
        known = schema.get("properties", {})
        for key in [key for key in found if key not in known]:
            holder = next((name for name, below in known.items() if key in below.get("properties", {})), None)
            yield f"`{key}` has no place here", f"move it below `{holder}`" if holder else f"use {', '.join(known)}"
    elif error.validator == "required":
        missing = [f"`{key}`" for key in wanted if key not in found]
        yield f"it lacks {', '.join(missing)}", "add it" if len(missing) == 1 else "add them"
    elif (
        error.validator in ("enum", "pattern")
        and error.parent is None
        and "propertyNames" in error.absolute_schema_path
    ):
        yield f"`{found}` has no place here", "correct its name, or enter a new one in ketamine_faq/content/schemas.yml"
    else:
        yield error.message, "correct it as in the files beside it"


def _place(name: str, file: dict[str, Any], path: list[Any]) -> str:
    """Return file and keys; a variation's id stands for the way to it."""
    if path[:1] == ["responses"] and len(path) > 2:
        body = file["responses"][path[1]][path[2]]
        own = body.get("id") if isinstance(body, dict) else None
        path = [own or f"{path[1]} without id", *path[3:]]
    return ", ".join(map(str, [name, *path]))


@lru_cache(maxsize=1)
def _schemas() -> dict[str, Any]:
    return read(SCHEMAS)


@lru_cache
def _validator(name: str) -> Draft202012Validator:
    schemas = _schemas()
    return Validator({"$defs": schemas["$defs"], **schemas["files"].get(name, schemas["responses"])})
