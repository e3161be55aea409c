"""Lasting connections, spread evenly over the workers: else whoever accepts first has most of them, and is slowest."""

from ctypes import c_int
from multiprocessing.sharedctypes import RawArray
from statistics import mean
from typing import Any

from sanic import Sanic
from sanic.request import Request

# Above the mean of all workers.
MOST_ABOVE = 1


class EvenConnections:
    """How many connections each worker has, in memory that they share.

    A worker that has more than its part closes one with each reply. Its client opens another, which a worker with less
    to do takes.
    """

    def __init__(self, workers: int) -> None:
        """Begin with none; for the process that the workers are forked from."""
        self._counts = RawArray(c_int, workers)

    def kept_by(self, worker: int, app: Sanic) -> set[Any]:
        """Return the set for Sanic's server to keep the connections of a worker in, by its number from 0."""
        connections: set[Any] = set()
        self._counts[worker] = 0

        @app.on_response
        def close_one_too_many(request: Request, _: Any) -> None:
            self._counts[worker] = len(connections)
            if len(connections) > mean(self._counts) + MOST_ABOVE:
                request.stream.keep_alive = False

        return connections
