"""What Rasa does for each message and a bot of rules has no use for, left out: a fifth of a turn (docs/operations.md).

Each answers as before, sooner. Only for serving: training and `rasa test` go by Rasa as it is.
"""

from functools import cache
from typing import Any

import dask
import dask.core
from rasa.core.policies.rule_policy import RULES, RulePolicy
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event
from rasa.shared.core.trackers import DialogueStateTracker


def take_shortcuts() -> None:
    """Take all of them, once and for this process."""
    # Dask plans each run for many processors; the nodes of a message's graph come one after the other.
    dask.get = dask.core.get
    # For each event that it reads, Rasa walks all classes of events. They are all there by now.
    Event.resolve_by_type = staticmethod(cache(Event.resolve_by_type))
    Domain.is_empty = _is_empty(Domain.is_empty)
    RulePolicy._find_action_from_rules = _find_by_intent(RulePolicy._find_action_from_rules)


def _is_empty(is_empty: Any) -> Any:
    """With each message, Rasa writes the domain out to see whether there is anything in it."""
    return lambda domain: not domain.responses and is_empty(domain)


def _find_by_intent(find: Any) -> Any:
    """Before the rule for an intent, Rasa looks for one that names the very text, though none does."""

    def found(
        policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain, use_text_for_last_user_input: bool
    ) -> tuple[str | None, str | None, bool]:
        if use_text_for_last_user_input and not any('"text"' in rule for rule in policy.lookup[RULES]):
            return None, None, False
        return find(policy, tracker, domain, use_text_for_last_user_input)

    return found
