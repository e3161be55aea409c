"""Rasa's command line for serving, without TensorFlow: `python -m ketamine_faq.serving.rasa run …`.

Only training uses TensorFlow. `rasa run` imports it all the same, by two ways: a module of helpers for networks, and
the validator that a model's record of its own training names. Both are put aside here, which takes 40 % off a worker's
memory and off its start: docs/operations.md has the figures. Workers that die are replaced (workers.py).
"""

import importlib
import sys
from types import ModuleType
from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.shared.exceptions import RasaException

from ketamine_faq.serving.workers import serve_workers

HELPERS = "rasa.utils.train_utils"
VALIDATOR = "rasa.graph_components.validators.default_recipe_validator"


class DefaultV1RecipeValidator(GraphComponent):
    """Stands for Rasa's validator of that name, which is looked up when a model is loaded, and used to train one.

    Told to train, this server refuses: Rasa finds no component of the type that it needs.
    """

    @classmethod
    def create(cls, *_: Any) -> "DefaultV1RecipeValidator":
        """Refuse: raises RasaException."""
        raise RasaException("This server doesn't train: run `ketamine-faq train`, and start it again.")


def put_aside() -> None:
    """Put both modules aside; for a process that has imported neither."""
    _defer(HELPERS)
    _replace(VALIDATOR, ModuleType(VALIDATOR)).DefaultV1RecipeValidator = DefaultV1RecipeValidator


def _defer(name: str) -> None:
    """Have a module imported when something in it is used, not when it is named, as importlib's LazyLoader would."""
    module = _replace(name, ModuleType(name))

    def imported(attribute: str) -> Any:
        if sys.modules[name] is module:
            del sys.modules[name]
        return getattr(importlib.import_module(name), attribute)

    module.__getattr__ = imported


def _replace(name: str, module: ModuleType) -> ModuleType:
    parent, _, child = name.rpartition(".")
    setattr(importlib.import_module(parent), child, module)
    sys.modules[name] = module
    return module


if __name__ == "__main__":
    put_aside()
    import sanic.app
    from rasa.__main__ import main

    from ketamine_faq.serving.rasa_patches import take_shortcuts

    take_shortcuts()
    sanic.app.serve_multiple = serve_workers
    main()
