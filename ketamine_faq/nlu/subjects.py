"""Which subject, of those that the article leaves out, a message asks about: what is learned, with terms as a help."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ketamine_faq.paths import PROJECT
from ketamine_faq.yaml_file import read

SUBJECTS = PROJECT / "content" / "uncovered_subjects.yml"
# The entity of a term, and of what is learned; in the parse data, the subjects that the reply names.
SUBJECT, NAMED_SUBJECTS = "subject", "subjects"
# How sure what is learned must be to be named alone, and to be named against a term. Chosen on half of the uncovered
# questions of the brief's real ones; docs/nlu.md.
SURE, SURE_AGAINST_TERM = 0.25, 0.5


@dataclass(frozen=True)
class Subjects:
    """The subjects of content/uncovered_subjects.yml."""

    ids: dict[str, str]
    """A subject's id by each name that it is learned as."""

    @classmethod
    def read(cls, path: Path = SUBJECTS) -> "Subjects":
        """Read the file; raises ContentError."""
        entries: dict[str, Any] = read(path)["subjects"]
        learned = {name: subject for subject, entry in entries.items() for name in entry.get("learned_as", ())}
        return cls({**{subject: subject for subject in entries}, **learned})

    def named(self, probabilities: dict[str, float], terms: list[str]) -> str | None:
        """Return the subject that a text asks about, of the learned ones' probabilities and those whose terms it has.

        A term decides where what is learned is unsure, or says the same in general: 'ocd' is an other condition.
        """
        likeliest = sorted(probabilities.items(), key=lambda entry: -entry[1])
        if not likeliest:
            return terms[0] if terms else None
        (name, probability), subject = likeliest[0], self.ids.get(likeliest[0][0])
        if subject in terms or (probability >= SURE_AGAINST_TERM and name != "other_condition"):
            return subject
        by_term = sorted(terms, key=lambda term: -probabilities.get(term, 0.0))
        if by_term:
            return by_term[0]
        return subject if probability >= SURE else None
