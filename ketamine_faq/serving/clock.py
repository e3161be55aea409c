"""A clock for each message: what takes longer to be understood than it may is given up, and the worker is well again.

Messages are short, and each step of the pipeline takes a time that grows with their length alone; so the clock is for
what nobody has thought of. It counts the processor's time: on a busy machine, one that only waits is not given up.
"""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

# Of the processor's time. The longest messages take a fraction of it.
SECONDS = 1.0


class LateError(Exception):
    """A message was not understood in time."""


def timed(understand: Callable[..., Any]) -> Callable[..., Any]:
    """Return the function, which now raises LateError where it takes longer; for the main thread, where workers are."""
    signal.signal(signal.SIGPROF, _give_up)

    @wraps(understand)
    def in_time(*arguments: Any, **options: Any) -> Any:
        with _clock():
            return understand(*arguments, **options)

    return in_time


@contextmanager
def _clock() -> Iterator[None]:
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _give_up(*_: object) -> None:
    raise LateError
