"""A conversational FAQ on ketamine treatment for depression and chronic pain, on Rasa Open Source.

The package is also a spaCy pipeline package, so that Rasa's `SpacyNLP` finds it by its name (config.yml).
"""

import os
import sys

# Rasa reports usage and crashes to its makers: the first unless told not to, the second whatever it is told, by a
# client that it has set up before it imports this package. What visitors do stays here.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
if "sentry_sdk" in sys.modules:
    sys.modules["sentry_sdk"].init()


def load(**_overrides):
    """Return the spaCy pipeline; `spacy.load("ketamine_faq")` calls this, with options that it has no use for."""
    from ketamine_faq.nlu.spacy_pipeline import build

    return build()
