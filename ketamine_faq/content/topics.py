"""The topics that the bot tells apart, from content/topics.yml."""

from typing import Any

from ketamine_faq.content.texts import CONTENT
from ketamine_faq.yaml_file import read


def topics() -> dict[str, list[dict[str, Any]]]:
    """Return the topics by group; raises ContentError."""
    return read(CONTENT / "topics.yml")
