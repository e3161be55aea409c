"""The log: a JSON object a line, and in none of them a word that a visitor typed.

Rasa and its libraries quote messages in theirs: at level debug nearly everywhere, in warnings of the NLU and in every
fault of a store, whose statement has the message for a value. Which, changes with each release. So of a library's
entry only its place in the source is written, and of an exception the types and places: enough to find the line, and
nothing that depends on what was typed. Only this project's own entries are written in words.
"""

import json
import logging
import logging.config
import traceback
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import yaml
from prometheus_client import Counter

# In Python's own format, so that the action server can be told of it by Rasa's --logging-config-file.
CONFIGURATION = Path(__file__).with_name("logging.yml")
OURS = ("ketamine_faq", "actions")
# The innermost calls, where the fault is.
MAX_PLACES = 8

ERRORS = Counter("ketamine_faq_errors", "Entries in the log of level error or above", ["logger"])


class JsonFormatter(logging.Formatter):
    """Writes an entry as one line of JSON."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, timezone.utc).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "process": record.process,
            "place": f"{record.pathname}:{record.lineno}",
        }
        if record.name.partition(".")[0] in OURS:
            entry["message"] = record.getMessage()
        if record.exc_info and record.exc_info[0]:
            kind, _, trace = record.exc_info
            entry["error"] = kind.__name__
            entry["raised_at"] = [f"{at.filename}:{at.lineno}" for at in traceback.extract_tb(trace)[-MAX_PLACES:]]
        return json.dumps(entry)


class CountErrors(logging.Filter):
    """Lets every entry pass, and counts those of faults."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Count, and return True."""
        if record.levelno >= logging.ERROR:
            ERRORS.labels(record.name).inc()
        return True


def set_up_logs() -> None:
    """Have all entries of this process, warnings included, written to standard error in this form."""
    logging.config.dictConfig(yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8")))
    logging.captureWarnings(True)
