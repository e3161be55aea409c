"""Messages joined for training: danger stays danger, and what is harmless keeps its topic."""

from ketamine_faq.nlu.joined_messages import DANGEROUS, HARMLESS, joined_messages

DANGER = [f"danger {number}" for number in range(50)]
DOSE = [f"dose {number}" for number in range(50)]
COST = [f"cost {number}" for number in range(50)]
TEXTS = DANGER + DOSE + COST
LABELS = ["crisis"] * 50 + ["dosing"] * 50 + ["not_covered"] * 50


def test_each_is_two_messages_of_which_danger_gives_the_label():
    joined, labels = joined_messages(TEXTS, LABELS)
    assert len(joined) == int(DANGEROUS * len(TEXTS)) + int(HARMLESS * len(TEXTS))
    words = {"crisis": "danger", "dosing": "dose", "not_covered": "cost"}
    for text, label in zip(joined, labels):
        parts = sum(text.count(word) for word in words.values())
        assert parts == 2
        assert text.count(words[label]) == (1 if label == "crisis" else 2)
    assert labels.count("crisis") == int(DANGEROUS * len(TEXTS))


def test_the_same_messages_are_joined_alike():
    assert joined_messages(TEXTS, LABELS) == joined_messages(TEXTS, LABELS)


def test_where_nothing_is_dangerous_nothing_is_joined():
    assert joined_messages(DOSE + COST, ["dosing"] * 50 + ["not_covered"] * 50) == ([], [])


def test_long_messages_are_not_made_longer():
    long = " ".join(["danger"] * 40)
    joined, _ = joined_messages([long] * 20 + TEXTS, ["crisis"] * 20 + LABELS)
    assert not any(long in text for text in joined)
