"""Long messages are read in pieces, several questions in clauses."""

from ketamine_faq.nlu.message_parts import MOST_CLAUSES, PIECE, clauses, pieces


def test_pieces_cover_a_long_text_and_overlap():
    words = [str(number) for number in range(10 * PIECE)]
    parts = pieces(" ".join(words))
    assert {word for part in parts for word in part.split()} == set(words)
    assert all(len(part.split()) <= PIECE for part in parts)
    assert sum(len(part.split()) for part in parts) > len(words)
    assert pieces("a short one") == []


def test_two_questions_are_two_clauses():
    assert clauses("what dose, and how often?") == ["what dose", "how often"]
    assert clauses("how often") == []


def test_clauses_are_bounded():
    assert len(clauses("a, " * 1000)) == MOST_CLAUSES
