"""The figures that Prometheus collects: counted in each process, and served together on a port of their own.

A port of its own, which no proxy passes on and which is on loopback unless told otherwise, keeps them from outside.
"""

import logging
import time
from collections.abc import Iterator
from http import HTTPStatus

from prometheus_client import CollectorRegistry, Counter, Histogram, start_http_server
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.store import StoreError, store
from ketamine_faq.nlu.learned_classes import KINDS

logger = logging.getLogger(__name__)

MESSAGES = Counter("ketamine_faq_messages", "Messages that were answered, with the failure notice or better")
FAILURES = Counter("ketamine_faq_failure_notices", "Messages that were answered with the failure notice")
SECONDS = Histogram(
    "ketamine_faq_message_seconds",
    "From a message's arrival to its reply",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10),
)
ANSWERS = Counter("ketamine_faq_answers", "Answers by topic; a safety reply is one, too", ["topic"])
SAFETY_REPLIES = Counter("ketamine_faq_safety_replies", "Replies to danger or misuse by kind", ["kind"])
REFUSED = Counter(
    "ketamine_faq_refused_messages", "Messages refused by HTTP status, too many being under way", ["status"]
)
HAND_OFFS = Counter("ketamine_faq_hand_offs", "Replies that offered the contact form")
# There from the start: an increase from nothing would be none to Prometheus.
for kind in KINDS:
    SAFETY_REPLIES.labels(kind)
for status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
    REFUSED.labels(status.value)


class OutboxCollector(Collector):
    """What waits for delivery, read from the store when Prometheus asks."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Give how many wait and for how long the oldest does; nothing where the store can't say."""
        try:
            depth, age = Outbox(store()).backlog(time.time())
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
