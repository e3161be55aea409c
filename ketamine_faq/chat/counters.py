"""The figures of the chat, counted in each process; ketamine_faq/operations/metrics.py serves them."""

from http import HTTPStatus

from prometheus_client import Counter, Histogram

from ketamine_faq.nlu.examples import DANGERS

MESSAGES = Counter("ketamine_faq_messages", "Messages that were answered, with the failure notice or better")
FAILURES = Counter("ketamine_faq_failure_notices", "Messages that were answered with the failure notice")
SECONDS = Histogram(
    "ketamine_faq_message_seconds",
    "From a message's arrival to its reply",
    buckets=(0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2, 5, 10),
)
ANSWERS = Counter("ketamine_faq_answers", "Answers by topic; a safety reply is one, too", ["topic"])
CONCERNED = Counter("ketamine_faq_concerned_replies", "Replies by degree of concern: danger, or possible", ["degree"])
SAFETY_REPLIES = Counter("ketamine_faq_safety_replies", "Replies to danger or misuse by kind", ["kind"])
REFUSED = Counter(
    "ketamine_faq_refused_messages", "Messages refused by HTTP status, too many being under way", ["status"]
)
HAND_OFFS = Counter("ketamine_faq_hand_offs", "Replies that offered the contact form")
# There from the start: an increase from nothing would be none to Prometheus.
for kind in DANGERS:
    SAFETY_REPLIES.labels(kind)
for degree in ("danger", "possible"):
    CONCERNED.labels(degree)
for status in (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE):
    REFUSED.labels(status.value)
