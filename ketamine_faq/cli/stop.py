"""How a command ends that cannot go on: one line that says why, on standard error, and exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import typer
from rasa.shared.exceptions import RasaException
from rich.console import Console

errors = Console(stderr=True, soft_wrap=True)


def stop(message: str) -> NoReturn:
    """End the command with this line."""
    errors.print(message, style="bold red", highlight=False, markup=False)
    raise typer.Exit(1)


@contextmanager
def stopped_by(*faults: type[Exception]) -> Iterator[None]:
    """End the command with the words of a RasaException or of one of these faults, and without their traceback."""
    try:
        yield
    except (RasaException, *faults) as error:
        stop(str(error))
