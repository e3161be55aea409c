"""The figures that Prometheus collects: counted in each process, and served together on a port of their own.

A port of its own, which no proxy passes on and which is on loopback unless told otherwise, keeps them from outside.
"""

import logging
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import sqlalchemy as sa
from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.content.texts import content
from ketamine_faq.storage.conversations_database import ConversationsError, conversations_engine
from ketamine_faq.storage.database import StoreError, database

logger = logging.getLogger(__name__)


class EnquiryCollector(Collector):
    """What waits for delivery or an answer, read from the store when Prometheus asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give how many wait and for how long the oldest does; nothing where the store can't say."""
        now = time.time()
        try:
            depth, age = Outbox(database()).backlog(now)
            waiting = Enquiries(database()).waiting()
        except StoreError as error:
            logger.error("Enquiries can't be measured. %s", error)
            return
        (unanswered, first), (doubtful, first_doubtful) = waiting[False], waiting[True]
        worked = content().working_hours.seconds(first, now) if unanswered else 0.0
        yield GaugeMetricFamily("ketamine_faq_outbox_depth", "Enquiries that are still to be delivered", depth)
        yield GaugeMetricFamily("ketamine_faq_outbox_age_seconds", "How long the oldest has waited", age)
        yield GaugeMetricFamily("ketamine_faq_unanswered_enquiries", "Enquiries that nobody has answered", unanswered)
        yield GaugeMetricFamily(
            "ketamine_faq_unanswered_working_seconds", "How long the oldest has waited, in the clinic's hours", worked
        )
        yield GaugeMetricFamily("ketamine_faq_doubtful_enquiries", "Doubtful ones that nobody has answered", doubtful)
        yield GaugeMetricFamily(
            "ketamine_faq_doubtful_age_seconds",
            "How long the oldest of the doubtful has waited",
            now - first_doubtful if doubtful else 0.0,
        )


class StorageCollector(Collector):
    """How large the stores are, and what room SQLite's disk has, read when Prometheus asks."""

    def __init__(self, endpoints: Path) -> None:
        """Take the file that names the tracker store."""
        self._endpoints = endpoints

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give what can be told; nothing of a store that is down or not there yet."""
        try:
            size, free = store_size(conversations_engine(self._endpoints))
        except (ConversationsError, SQLAlchemyError, OSError) as error:
            logger.warning("The conversations can't be measured: %s", type(error).__name__)
            return
        yield GaugeMetricFamily("ketamine_faq_conversations_bytes", "Size of the database of conversations", size)
        if free is not None:
            yield GaugeMetricFamily("ketamine_faq_disk_free_bytes", "Room on the disk of SQLite's files", free)


def store_size(engine: Engine) -> tuple[int, int | None]:
    """Return a database's bytes, and those free on its disk, None where that is elsewhere.

    Raises SQLAlchemyError, OSError.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            return connection.scalar(sa.text("SELECT pg_database_size(current_database())")), None
    file = Path(engine.url.database)
    return sum(path.stat().st_size for path in file.parent.glob(f"{file.name}*")), shutil.disk_usage(file.parent).free


def serve_metrics(host: str, port: int, folder: str, *own: Collector) -> None:
    """Serve, in a thread, what all processes wrote to a folder, their PROMETHEUS_MULTIPROC_DIR; raises OSError.

    `own` are the figures of this process, which writes to no folder.
    """
    registry = CollectorRegistry()
    MultiProcessCollector(registry, folder)
    for collector in (EnquiryCollector(), *own):
        registry.register(collector)
    start_http_server(port, host, registry)
