"""How often something came within the hour, kept in memory and bounded; with several workers, each counts its own."""

import time
from collections import OrderedDict, deque
from collections.abc import Callable

WINDOW_SECONDS = 3600
# More visitors at once than a clinic has; of more, those not seen for longest are forgotten.
MOST_KEYS = 10_000


class RateLimit:
    """Counts of the last hour by key, such as an address."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """Count up to `most` a key: beyond, all that matters is that it is more."""
        self._most = most
        self._clock = clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def count(self, key: str) -> int:
        """Note that the key came, and return how often it did within the hour, this time included."""
        now = self._clock()
        times = self._seen.setdefault(key, deque(maxlen=self._most + 1))
        self._seen.move_to_end(key)
        times.append(now)
        while times[0] <= now - WINDOW_SECONDS:
            times.popleft()
        if len(self._seen) > MOST_KEYS:
            self._seen.popitem(last=False)
        return len(times)
