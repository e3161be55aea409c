"""Which message a worker answers next, and which it refuses: who waits for long is told so, while others get through.

A worker reads all requests that have come before it begins the next turn, so that waiting counts from their arrival.
No rate of an address, which a hospital with all its visitors behind one would exceed: who has had least is answered
first, and nobody is refused as long as all can be answered in time.
"""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from http import HTTPStatus

# At once: they take turns with the processor, and wait for stores and the action server.
MAX_UNDER_WAY = 8
# In line: held, and not refused at once, for who is refused comes again at once. Of one conversation, beside the one
# that is being answered.
MAX_IN_LINE, MAX_WAITING = 500, 5
LONGEST_WAIT_SECONDS = 2.0
# What a message costs beside its length, in characters.
COST = 200
# What an address has had is half forgotten after so long; of more addresses, those not seen for longest are.
HALF_LIFE_SECONDS, MAX_ADDRESSES = 60.0, 10_000


class TooManyError(Exception):
    """The message is refused, with `status` and without harm to those that came before it."""

    def __init__(self, status: HTTPStatus) -> None:
        """Take the HTTP status that says whose too many they are: of this conversation, or of all."""
        super().__init__(status.phrase)
        self.status = status


@dataclass(eq=False)
class Waiting:
    """A message in line."""

    conversation: str
    address: str
    admitted: asyncio.Future


class TurnsUnderWay:
    """The messages that a worker has taken and not answered yet, and what each address has cost it lately."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin with none."""
        self._clock = clock
        self._under_way: set[str] = set()
        self._line: list[Waiting] = []
        self._of_conversation: Counter[str] = Counter()
        self._spent: OrderedDict[str, tuple[float, float]] = OrderedDict()

    @asynccontextmanager
    async def one_of(self, conversation: str, address: str, length: int) -> AsyncIterator[None]:
        """Wait for a message's turn, and have it for as long as it is handled; raises TooManyError."""
        if self._of_conversation[conversation] > MAX_WAITING:
            raise TooManyError(HTTPStatus.TOO_MANY_REQUESTS)
        if len(self._line) >= MAX_IN_LINE:
            raise TooManyError(HTTPStatus.SERVICE_UNAVAILABLE)
        waiting = Waiting(conversation, address, asyncio.get_running_loop().create_future())
        self._of_conversation[conversation] += 1
        self._line.append(waiting)
        try:
            self._admit()
            await asyncio.wait_for(waiting.admitted, LONGEST_WAIT_SECONDS)
            self._spend(address, COST + length)
            yield
        except asyncio.TimeoutError:
            if waiting not in self._line:
                raise  # one of the turn's own
            raise TooManyError(HTTPStatus.SERVICE_UNAVAILABLE) from None
        finally:
            if waiting in self._line:
                self._line.remove(waiting)
            else:
                self._under_way.discard(conversation)
            self._of_conversation[conversation] -= 1
            # Zeros are forgotten, or every conversation would be kept in mind.
            self._of_conversation += Counter()
            self._admit()

    def _admit(self) -> None:
        """Begin turns while there is room: of one conversation one at a time, and first of who has had least."""
        while len(self._under_way) < MAX_UNDER_WAY:
            # One that has waited too long is still in line for a moment.
            waiting = [each for each in self._line if not each.admitted.done()]
            ready = [each for each in waiting if each.conversation not in self._under_way]
            if not ready:
                return
            first = min(ready, key=lambda each: self._had(each.address))
            self._line.remove(first)
            self._under_way.add(first.conversation)
            first.admitted.set_result(None)

    def _had(self, address: str) -> float:
        """Return what an address has cost lately."""
        cost, at = self._spent.get(address, (0.0, 0.0))
        return cost * 0.5 ** ((self._clock() - at) / HALF_LIFE_SECONDS)

    def _spend(self, address: str, cost: int) -> None:
        self._spent[address] = self._had(address) + cost, self._clock()
        self._spent.move_to_end(address)
        if len(self._spent) > MAX_ADDRESSES:
            self._spent.popitem(last=False)
