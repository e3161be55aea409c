"""Figures are read with their units and roles, in digits and in words."""

import pytest

from ketamine_faq.content.figures import figures

SAME_AS_THE_FACT = [
    "0.5 mg/kg, given over 40 minutes",
    "half a milligram per kilogram over forty minutes",
    "½ mg/kg, which lasts about 40 minutes",
    ".5 mg/kg over 40 min",
    "zero point five mg per kg, for 40 minutes",
]
OTHERS = [
    "40 mg/kg over 0.5 minutes",
    "five mg/kg over forty minutes",
    "0.5 mg over 40 minutes",
    "0.5 mg/kg over 40 hours",
    "0.5 mg/kg every 40 minutes",
    "0.5 mg/kg within 40 minutes",
    "at least 0.5 mg/kg over 40 minutes",
    "more than 0.5 mg/kg over 40 minutes",
    "up to 0.5 mg/kg over 40 minutes",
    "0.5 mg/kg or more over 40 minutes",
    "0.5 mg/kg a day over 40 minutes",
    "0.5 to 1 mg/kg over 40 minutes",
    "0.5 mg/kg over forty-five minutes",
]
READ = {
    "twice a week": ["per week 2"],
    "two treatments a week, then weekly": ["per week 2 treatment", "per week 1 times"],
    "given daily": ["per day 1 times"],
    "half of the patients, or ninety per cent": ["0.5 people", "90 %"],
    "one in three patients": ["after 3 people"],
    "two and a half hours": ["2.5 hour"],
    "1,500 mg or 0,5 g": ["1500 mg", "0.5 g"],
    "for more than one day": ["above 1 day"],
    "multi-day treatment": ["above 1 day"],
    "stop at forty": ["40"],
}
NO_FIGURES = [
    "one medicine, two uses, three goals",
    "how long one treatment takes",
    "do more in daily life",
    "at once",
    "a third session, a second opinion",
    "several weeks",
    "It ends there. No figure.",
]


@pytest.mark.parametrize("text", SAME_AS_THE_FACT)
def test_what_says_the_same_is_read_as_the_same(text: str):
    assert figures(text) == figures("around 0.5 mg/kg delivered over 40 minutes")


@pytest.mark.parametrize("text", OTHERS)
def test_what_says_something_else_is_not(text: str):
    assert set(figures(text)) - set(figures("around 0.5 mg/kg delivered over 40 minutes"))


@pytest.mark.parametrize("text", READ)
def test_numbers_in_words_and_rates_are_read(text: str):
    assert [str(figure) for figure in figures(text)] == READ[text]


@pytest.mark.parametrize("text", NO_FIGURES)
def test_what_counts_nothing_is_no_figure(text: str):
    assert figures(text) == []
