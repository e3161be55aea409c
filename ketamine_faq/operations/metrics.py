"""The figures that Prometheus collects: counted in each process, and served together on a port of their own.

A port of its own, which no proxy passes on and which is on loopback unless told otherwise, keeps them from outside.
"""

import logging
import time
from collections.abc import Iterator

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.storage.database import StoreError, database

logger = logging.getLogger(__name__)


class OutboxCollector(Collector):
    """What waits for delivery, read from the store when Prometheus asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give how many wait and for how long the oldest does; nothing where the store can't say."""
        try:
            depth, age = Outbox(database()).backlog(time.time())
        except StoreError as error:
            logger.error("The outbox can't be measured. %s", error)
            return
        yield GaugeMetricFamily("ketamine_faq_outbox_depth", "Enquiries that are still to be delivered", depth)
        yield GaugeMetricFamily("ketamine_faq_outbox_age_seconds", "How long the oldest of them has waited", age)


def serve_metrics(host: str, port: int, folder: str, *own: Collector) -> None:
    """Serve, in a thread, what all processes wrote to a folder, their PROMETHEUS_MULTIPROC_DIR; raises OSError.

    `own` are the figures of this process, which writes to no folder.
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)
    for collector in (OutboxCollector(), *own):
        registry.register(collector)
    start_http_server(port, host, registry)
