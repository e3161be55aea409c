"""A fault as the checks tell it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong: where, what, and what mends it."""

    place: str
    problem: str
    mend: str

    def __str__(self) -> str:
        """Return the line that people read."""
        return f"{self.place}: {self.problem}; {self.mend}."
