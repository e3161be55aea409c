"""Lasting connections, spread evenly over the workers: else whoever accepts first has most of them, and is slowest."""

from ctypes import Array
from multiprocessing.sharedctypes import RawArray
from statistics import mean
from typing import Any

from sanic import Sanic
from sanic.request import Request

# Above the mean of all workers.
MAX_ABOVE = 1


class EvenConnections:
    """How many connections each worker has, in memory that they share.

    A worker that has more than its part closes one with each reply. Its client opens another, which a worker with less
    to do takes.
    """

    def __init__(self, workers: int) -> None:
        """Begin with none; for the process that the workers are forked from."""
        self._counts = RawArray("i", workers)

    def kept_by(self, worker: int, app: Sanic) -> set[Any]:
        """Return the set for Sanic's server to keep the connections of a worker in, by its number from 0."""
        self._counts[worker] = 0

        @app.on_response
        def close_one_too_many(request: Request, _: Any) -> None:
            if request.stream and self._counts[worker] > mean(self._counts) + MAX_ABOVE:
                request.stream.keep_alive = False

        return _Counted(self._counts, worker)


class _Counted(set[Any]):
    """A set that writes its size down at each change that Sanic makes."""

    def __init__(self, counts: Array, place: int) -> None:
        super().__init__()
        self._counts, self._place = counts, place

    def add(self, connection: Any) -> None:
        super().add(connection)
        self._counts[self._place] = len(self)

    def discard(self, connection: Any) -> None:
        super().discard(connection)
        self._counts[self._place] = len(self)
