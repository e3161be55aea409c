"""The training data as the tests look at it."""

from functools import lru_cache

from ketamine_faq.nlu.example_check import normalised
from ketamine_faq.nlu.examples import Example, read_examples

__all__ = ["examples", "normalised"]


@lru_cache(maxsize=1)
def examples() -> tuple[Example, ...]:
    """Every example of data/, read once."""
    return tuple(read_examples())
