"""Conditions, audiences and uncovered subjects are found as people type them."""

import time
from random import Random

import pytest
import yaml

from ketamine_faq.content.texts import MAX_CHARACTERS
from ketamine_faq.nlu.spacy_pipeline import build, spans_of
from ketamine_faq.nlu.third_person import asks_about_another
from ketamine_faq.paths import PROJECT

LEAST_SUBJECTS = 25


@pytest.fixture(scope="module")
def nlp():
    """The pipeline, built as the component of Rasa's builds it."""
    return build()


def found(nlp, text: str, kind: str) -> list[str]:
    """The values of a kind in a text."""
    return [ent.ent_id_ for ent in nlp(text.lower()).ents if ent.label_ == kind]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("how mnay mg for trd", "depression"),
        ("do u need to stay overnight for the pain one", "pain"),
        ("pt w CRPS failed gabapentin", "pain"),
        ("is it for fibromyalga", "pain"),
        ("my deppression", "depression"),
        ("my drepessoin", None),  # two edits apart: not guessed
        ("fr pian?", "pain"),
        ("MDD, six meds failed", "depression"),
        ("not for pain, for depression", "depression"),
        ("no not the depression one, i meant nerve pain", "pain"),
        ("rather than depression, for chronic pain", "pain"),
        ("how does it work", None),
    ],
)
def test_condition(nlp, text: str, condition: str | None):
    assert found(nlp, text, "condition") == ([condition] if condition else [])


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("I'm a GP by the way", "referrer"),
        ("im a psychiatrist, what dose", "referrer"),
        ("psych reg here", "referrer"),
        ("my patient has failed two agents", "referrer"),
        ("my gp said to ask", None),
        ("asking as a patient", "patient"),
        ("can you put that in plain english", "patient"),
        ("booking for my son, he's 19", "carer"),
        ("my husband's on it since may", "carer"),
        ("my mum has been depressed for years", "carer"),
        ("I'm her daughter", "carer"),
        ("my husband says it won't work", None),
        ("my wife is a GP", None),
        ("my wife left me", None),
        ("would my husband be let in to sit beside me", None),
    ],
)
def test_audience(nlp, text: str, audience: str | None):
    assert found(nlp, text, "audience") == ([audience] if audience else [])


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("what are the side efects", "side_effects"),
        ("is it on the PBS", "funding"),
        ("can i drive home", "driving"),
        ("does it work for ocd", "ocd"),
        ("is it adictive", "addiction"),
        ("do you do spravato", "nasal_spray"),
    ],
)
def test_uncovered_subject(nlp, text: str, subject: str):
    assert subject in found(nlp, text, "subject")


def test_enough_subjects_are_known_by_every_term(nlp):
    subjects = yaml.safe_load((PROJECT / "content" / "uncovered_subjects.yml").read_text())["subjects"]
    assert len(subjects) >= LEAST_SUBJECTS
    unknown = [(name, term) for name, entry in subjects.items() for term in entry["terms"] if not nlp(str(term)).ents]
    assert unknown == []


@pytest.mark.parametrize("text", ["İs it for FIBROMYALGA?", "not for pain, for my GP’s depresion..."])
def test_an_entity_stands_where_it_was_typed(nlp, text: str):
    doc = nlp(text)
    typed = [text[start:end] for start, end in spans_of(doc)]
    assert typed and [word.lower()[:4] for word in typed] == [str(entity)[:4] for entity in doc.ents]


@pytest.mark.parametrize("sign", ["£", "🙂", "(", "-", "é", "x", "\u0301", "'", "n't", "中"])
def test_a_run_of_signs_costs_what_words_cost(nlp, sign: str):
    def cost(text: str) -> float:
        began = time.process_time()
        for _ in range(5):
            nlp(text)
        return time.process_time() - began

    ordinary = ("how does it work for chronic pain " * MAX_CHARACTERS)[: 10 * MAX_CHARACTERS]
    # spaCy's own tokenizer took thousands of times as long.
    assert cost((sign * 10 * MAX_CHARACTERS)[: 10 * MAX_CHARACTERS]) < 20 * cost(ordinary)


def test_no_word_of_a_visitor_is_kept(nlp):
    nlp("what a visitor types")
    before = len(nlp.vocab.strings), len(nlp.vocab)
    random = Random(19)
    for _ in range(500):
        nlp(" ".join("".join(random.choices("abcdefghijkl'-£é", k=random.randint(1, 15))) for _ in range(30)))
    assert (len(nlp.vocab.strings), len(nlp.vocab)) == before


@pytest.mark.parametrize(
    ("text", "another"),
    [
        ("would she need someone to drive her home", True),
        ("Mum's had six tablets and she can't sleep, is he any good this doctor for her?", True),
        ("my husband was given lozenges, he takes them twice a week", True),
        ("my husband says I should ask how long it takes me", False),
        ("she told me it helped her, would it help me", False),
        ("my wife died last year, am I too old for it", False),
        ("what dose do you give", False),
    ],
)
def test_a_question_about_somebody_else_is_told(text: str, another: bool):
    assert asks_about_another(text) == another
