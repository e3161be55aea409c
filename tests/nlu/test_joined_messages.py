"""Messages joined for fine-tuning: danger beside an ordinary message stays danger, and two ordinary ones are none."""

from ketamine_faq.nlu.joined_messages import DANGEROUS, HARMLESS, joined_messages

DANGER = [f"danger {number}" for number in range(50)]
PLAIN = [f"plain {number}" for number in range(50)]
DOUBT = [f"doubt {number}" for number in range(50)]
ABUSE = [f"abuse {number}" for number in range(50)]
TEXTS = DANGER + PLAIN + DOUBT + ABUSE
CONCERNS = ["crisis"] * 50 + ["none"] * 50 + ["possible"] * 50 + ["misuse"] * 50


def test_each_is_two_messages_of_which_danger_gives_the_concern():
    joined, concerns = joined_messages(TEXTS, CONCERNS)
    assert len(joined) == len(concerns) == int(DANGEROUS * len(TEXTS)) + int(HARMLESS * len(TEXTS))
    for text, concern in zip(joined, concerns):
        assert (text.count("danger"), text.count("plain")) == ((1, 1) if concern == "crisis" else (0, 2))
    assert concerns.count("crisis") == int(DANGEROUS * len(TEXTS))
    assert concerns.count("none") == int(HARMLESS * len(TEXTS))


def test_neither_doubt_nor_misuse_is_joined():
    joined, _ = joined_messages(TEXTS, CONCERNS)
    assert not any("doubt" in text or "abuse" in text for text in joined)


def test_the_same_messages_are_joined_alike():
    assert joined_messages(TEXTS, CONCERNS) == joined_messages(TEXTS, CONCERNS)


def test_where_nothing_is_dangerous_nothing_is_joined():
    assert joined_messages(PLAIN + DOUBT, ["none"] * 50 + ["possible"] * 50) == ([], [])


def test_long_messages_are_not_made_longer():
    long = " ".join(["danger"] * 40)
    joined, _ = joined_messages([long] * 20 + TEXTS, ["crisis"] * 20 + CONCERNS)
    assert not any(long in text for text in joined)
