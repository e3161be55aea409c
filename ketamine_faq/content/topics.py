"""The topics that the bot tells apart, from content/topics.yml."""

from dataclasses import dataclass

from ketamine_faq.content.texts import CONTENT
from ketamine_faq.yaml_file import read

TOPICS = CONTENT / "topics.yml"
# Groups that are more than a heading: what the article answers, and turns that answer nothing of their own.
ANSWERS, STEERING = "answers", "steering"


@dataclass(frozen=True)
class Topic:
    """A topic with all that topics.yml says of it; the file's head has the meanings."""

    id: str
    group: str
    facts: tuple[str, ...] = ()
    by_condition: bool = False
    asked_together: bool = False
    handoff: bool = False
    catch_all: bool = False


def topics() -> list[Topic]:
    """Return the topics in the order of the file; raises ContentError."""
    return [
        Topic(**entry | {"group": group, "facts": tuple(entry.get("facts", ()))})
        for group, entries in read(TOPICS).items()
        for entry in entries
    ]
