"""All that is changed in Rasa, Sanic and dask for serving. What is left out of Rasa is in without_tensorflow.py.

Each patch says for which version it was written, why, and which test shows it. To take one out, delete its entry, its
function here and its test. `KETAMINE_FAQ_STOCK_RASA=1` serves without any. Training and `rasa test` have none.
"""

import importlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

import dask.core
from httptools import HttpParserInvalidURLError, parse_url
from rasa.core.policies.rule_policy import RULES
from rasa.shared.exceptions import RasaException

from ketamine_faq.serving.clock import timed
from ketamine_faq.serving.workers import serve_workers
from ketamine_faq.settings import settings

logger = logging.getLogger(__name__)


class PatchError(RasaException):
    """A patch does not fit what is installed; the message says which, and what to do."""


@dataclass(frozen=True)
class Patch:
    """One thing that is replaced: `attribute` of `owner`, a dotted name, by what `made` makes of it."""

    owner: str
    attribute: str
    made: Callable[[Any], Any]
    package: str
    version: str
    why: str
    test: str

    @property
    def name(self) -> str:
        """What is replaced."""
        return f"{self.owner}.{self.attribute}"

    def holder(self) -> Any:
        """Return the module or class that has it; raises PatchError where there is none."""
        module, _, last = self.owner.rpartition(".")
        try:
            return (
                importlib.import_module(self.owner)
                if last.islower()
                else getattr(importlib.import_module(module), last)
            )
        except (ImportError, AttributeError):
            raise PatchError(f"{self.owner} is gone: {self._mend}") from None

    def take(self) -> None:
        """Replace it; raises PatchError where it is not what the patch was written for."""
        if version(self.package) != self.version:
            raise PatchError(
                f"{self.name} was patched in {self.package} {self.version}, not {version(self.package)}: {self._mend}"
            )
        holder = self.holder()
        if not hasattr(holder, self.attribute):
            raise PatchError(f"{self.name} is gone: {self._mend}")
        setattr(holder, self.attribute, self.made(getattr(holder, self.attribute)))

    @property
    def _mend(self) -> str:
        return f"see whether {self.test} still holds, then mend or delete the patch in {__name__}"


def take_patches() -> None:
    """Take all of them, once and for this process; raises PatchError."""
    if settings().ketamine_faq_stock_rasa:
        logger.warning("Rasa is served as it is, without patches (KETAMINE_FAQ_STOCK_RASA).")
        return
    for patch in PATCHES:
        patch.take()


def _one_after_the_other(_: Any) -> Any:
    return dask.core.get


def _cached(resolve: Any) -> Any:
    return staticmethod(cache(resolve))


def _by_responses(is_empty: Any) -> Any:
    return lambda domain: not domain.responses and is_empty(domain)


def _by_intent(find: Any) -> Any:
    def found(policy: Any, tracker: Any, domain: Any, use_text_for_last_user_input: bool) -> tuple:
        if use_text_for_last_user_input and not any('"text"' in rule for rule in policy.lookup[RULES]):
            return None, None, False
        return find(policy, tracker, domain, use_text_for_last_user_input)

    return found


def _replacing_the_dead(_: Any) -> Any:
    return serve_workers


def _without_unreadable_address(create: Any) -> Any:
    def created(http: Any) -> None:
        try:
            parse_url((http.url or "").encode())
        except (HttpParserInvalidURLError, UnicodeEncodeError):
            http.url = None
        create(http)

    return created


TESTS = "tests/operations/test_rasa_patches.py"
# The first four are a fifth of a message's time: docs/operations.md.
PATCHES = (
    Patch(
        "dask",
        "get",
        _one_after_the_other,
        package="dask",
        version="2022.10.2",
        why="dask plans each run for many processors; the nodes of a message's graph come one after the other",
        test=f"{TESTS}::test_a_graph_is_run_without_a_plan",
    ),
    Patch(
        "rasa.shared.core.events.Event",
        "resolve_by_type",
        _cached,
        package="rasa",
        version="3.6.21",
        why="for each event that it reads, Rasa walks all classes of events, which are all there by then",
        test=f"{TESTS}::test_a_class_of_events_is_looked_for_once",
    ),
    Patch(
        "rasa.shared.core.domain.Domain",
        "is_empty",
        _by_responses,
        package="rasa",
        version="3.6.21",
        why="with each message, Rasa writes the domain out to see whether there is anything in it",
        test=f"{TESTS}::test_a_domain_with_responses_is_not_written_out",
    ),
    Patch(
        "rasa.core.policies.rule_policy.RulePolicy",
        "_find_action_from_rules",
        _by_intent,
        package="rasa",
        version="3.6.21",
        why="before the rule for an intent, Rasa looks for one that names the very text, though none does",
        test=f"{TESTS}::test_no_rule_is_looked_for_by_text_where_none_has_one",
    ),
    Patch(
        "rasa.core.processor.MessageProcessor",
        "_parse_message_with_graph",
        timed,
        package="rasa",
        version="3.6.21",
        why="no message may keep a worker from the others (clock.py)",
        test="tests/test_clock.py::test_the_visitor_gets_the_notice_and_the_next_one_an_answer",
    ),
    Patch(
        "sanic.http.Http",
        "create_empty_request",
        _without_unreadable_address,
        package="sanic",
        version="21.12.2",
        why="to answer an address that it could not parse, Sanic would parse it once more, and not answer",
        test="tests/operations/test_refusals.py::test_a_path_that_is_none_is_refused_quietly",
    ),
    Patch(
        "sanic.app",
        "serve_multiple",
        _replacing_the_dead,
        package="sanic",
        version="21.12.2",
        why="of several workers, Sanic goes on with those that are left when one dies (workers.py)",
        test="tests/test_workers.py::test_what_is_killed_is_replaced_and_not_for_ever",
    ),
)
