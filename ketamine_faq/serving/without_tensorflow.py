"""Rasa without TensorFlow, which takes ten seconds and 200 MB, and of which this bot uses nothing but to fine-tune.

Written for Rasa 3.6.21; tests/test_serving_rasa.py shows it. To take it out, delete the calls in serving/rasa.py and
serving/training.py. `KETAMINE_FAQ_STOCK_RASA=1` does the same for a process.

Rasa imports it by three ways: a list of all its components, a module of helpers for networks, and a validator that
names every component. They are put aside here, for a process that has imported none of them yet.
"""

import importlib
import importlib.util
import sys
from types import ModuleType
from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.importer import TrainingDataImporter

from ketamine_faq.settings import settings

COMPONENTS = "rasa.engine.recipes.default_components"
HELPERS = "rasa.utils.train_utils"
VALIDATOR = "rasa.graph_components.validators.default_recipe_validator"


class DefaultV1RecipeValidator(GraphComponent):
    """Stands for Rasa's validator of that name, which a trained model names: it lets everything pass.

    `rasa data validate` checks the data, and CI runs it.
    """

    @classmethod
    def create(cls, *_: Any, **__: Any) -> "DefaultV1RecipeValidator":
        """Create the component."""
        return cls()

    def validate(self, importer: TrainingDataImporter) -> TrainingDataImporter:
        """Return what was given."""
        return importer


class RefusingValidator(GraphComponent):
    """Stands for Rasa's validator in a server. Told to train, the server refuses."""

    @classmethod
    def create(cls, *_: Any, **__: Any) -> "RefusingValidator":
        """Refuse: raises RasaException."""
        raise RasaException("This server doesn't train: run `ketamine-faq train`, and start it again.")


# Rasa looks the name up, not the class.
RefusingValidator.__name__ = DefaultV1RecipeValidator.__name__


def put_aside_for_training() -> None:
    """Put aside what training imports of TensorFlow; raises RasaException where it isn't there to be put aside."""
    if settings().ketamine_faq_stock_rasa:
        return
    _defer(HELPERS)
    vars(_replace(VALIDATOR, ModuleType(VALIDATOR)))["DefaultV1RecipeValidator"] = DefaultV1RecipeValidator
    # Those that config.yml names without a module; they have to be imported, for that is how they are registered.
    from rasa.core.policies.memoization import MemoizationPolicy
    from rasa.core.policies.rule_policy import RulePolicy
    from rasa.nlu.classifiers.fallback_classifier import FallbackClassifier

    components = [FallbackClassifier, MemoizationPolicy, RulePolicy]
    vars(_replace(COMPONENTS, ModuleType(COMPONENTS)))["DEFAULT_COMPONENTS"] = components


def put_aside_for_serving() -> None:
    """Put aside what a server imports of TensorFlow; raises RasaException where it isn't there to be put aside."""
    if settings().ketamine_faq_stock_rasa:
        return
    _defer(HELPERS)
    vars(_replace(VALIDATOR, ModuleType(VALIDATOR)))["DefaultV1RecipeValidator"] = RefusingValidator


def _defer(name: str) -> None:
    """Have a module imported when something in it is used, not when it is named, as importlib's LazyLoader would."""
    module = _replace(name, ModuleType(name))

    def imported(attribute: str) -> Any:
        if sys.modules[name] is module:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    vars(module)["__getattr__"] = imported


def _replace(name: str, module: ModuleType) -> ModuleType:
    if name in sys.modules or not importlib.util.find_spec(name):
        raise RasaException(f"{name} can't be put aside: it is imported already, or this Rasa has none.")
    parent, _, child = name.rpartition(".")
    setattr(importlib.import_module(parent), child, module)
    sys.modules[name] = module
    return module
