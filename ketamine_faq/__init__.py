"""A conversational FAQ on ketamine treatment for depression and chronic pain, on Rasa Open Source."""

import os
import sys

# Rasa reports usage and crashes to its makers: the first unless told not to, the second whatever it is told, by a
# client that it has set up before it imports this package. What visitors do stays here.
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
if "sentry_sdk" in sys.modules:
    sys.modules["sentry_sdk"].init()
