"""How many messages a worker has taken and not answered yet: bounded in all, and for each conversation.

Not a rate of an address, which a hospital with all its visitors behind one would exceed: who waits for each reply
before going on, as people do, is never refused, however fast.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

MAX_TURNS = 100
# Beside the one that is being answered.
MAX_WAITING = 5


class TooManyError(Exception):
    """The message is refused, with `status` and without harm to those that came before it."""

    def __init__(self, status: HTTPStatus) -> None:
        """Take the HTTP status that says whose too many they are: of this conversation, or of all."""
        super().__init__(status.phrase)
        self.status = status


class TurnsUnderWay:
    """The messages that a worker has taken and not answered yet."""

    def __init__(self) -> None:
        """Begin with none."""
        self._of_conversation: Counter[str] = Counter()

    @contextmanager
    def one_of(self, conversation: str) -> Iterator[None]:
        """Count a message for as long as it is handled; raises TooManyError."""
        if self._of_conversation[conversation] > MAX_WAITING:
            raise TooManyError(HTTPStatus.TOO_MANY_REQUESTS)
        if self._of_conversation.total() >= MAX_TURNS:
            raise TooManyError(HTTPStatus.SERVICE_UNAVAILABLE)
        self._of_conversation[conversation] += 1
        try:
            yield
        finally:
            self._of_conversation[conversation] -= 1
            # Zeros are forgotten, or every conversation would be kept in mind.
            self._of_conversation += Counter()
