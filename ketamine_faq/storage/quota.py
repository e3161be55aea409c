"""How much of conversations is kept: of one address within a day, and while the disk has room.

Beyond, a visitor is answered as ever, and what was said is not kept: the next message begins anew. So nobody can fill
the disk, and nobody is sent away.
"""

import logging
import shutil
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path

from prometheus_client import Counter

logger = logging.getLogger(__name__)

DAY_SECONDS = 24 * 3600
# What a turn takes in the store, and what each character adds to it; measured, with room.
TURN_BYTES, CHARACTER_BYTES = 4_000, 10
# As many as visit a clinic's site in a day, and more; of more, those not seen for longest are forgotten.
MAX_ADDRESSES = 100_000
# Room that is left to enquiries, which must never be refused for want of it.
LEAST_FREE_BYTES = 500_000_000
LOOK_SECONDS = 10
# A conversation that is not kept is named so.
UNKEPT = "unkept-"

NOT_KEPT = Counter("ketamine_faq_messages_not_kept", "Messages that were answered and not kept", ["reason"])
ADDRESS, DISK = "address", "disk"
for reason in (ADDRESS, DISK):
    NOT_KEPT.labels(reason)


class DailyQuota:
    """What each address has taken of its share of a day, in this worker."""

    def __init__(self, most_bytes: float, clock: Callable[[], float] = time.time) -> None:
        """Take the share of one address."""
        self._most, self._clock = most_bytes, clock
        self._taken: OrderedDict[str, int] = OrderedDict()
        self._day = 0

    def has_room(self, address: str, length: int) -> bool:
        """Note a message of so many characters, and tell whether it may be kept."""
        if (day := int(self._clock() // DAY_SECONDS)) != self._day:
            self._day, self._taken = day, OrderedDict()
        taken = self._taken.get(address, 0) + TURN_BYTES + CHARACTER_BYTES * length
        self._taken[address] = taken
        self._taken.move_to_end(address)
        if len(self._taken) > MAX_ADDRESSES:
            self._taken.popitem(last=False)
        if taken > self._most:
            NOT_KEPT.labels(ADDRESS).inc()
        return taken <= self._most


class Disk:
    """Whether the disk that a file is on has room; looked at now and then."""

    def __init__(self, file: Path, clock: Callable[[], float] = time.monotonic) -> None:
        """Take the file, which need not be there yet; its folder must."""
        self._folder, self._clock = file.parent, clock
        self._looked_at, self._has_room = float("-inf"), True

    def has_room(self) -> bool:
        """Tell whether there is room for more than enquiries; one that can't be looked at is taken to have it."""
        if self._clock() - self._looked_at >= LOOK_SECONDS:
            self._looked_at = self._clock()
            try:
                self._has_room = shutil.disk_usage(self._folder).free >= LEAST_FREE_BYTES
            except OSError:
                self._has_room = True
            if not self._has_room:
                logger.error("The disk of the conversations is nearly full: they are not kept.")
        return self._has_room
