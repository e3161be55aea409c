"""How often a part that ended is started again: one that keeps falling over is a fault to mend, not to hide."""

import time
from collections import deque

MAX_RESTARTS, WITHIN_SECONDS = 10, 600


class Restarts:
    """Counts restarts."""

    def __init__(self) -> None:
        """Begin with none."""
        self._times: deque[float] = deque()

    def too_many(self) -> bool:
        """Count one more, and tell whether they are too many in a short time."""
        self._times.append(time.monotonic())
        while self._times[0] < time.monotonic() - WITHIN_SECONDS:
            self._times.popleft()
        return len(self._times) > MAX_RESTARTS
