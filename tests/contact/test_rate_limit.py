"""What counts within the hour, and that the memory of it is bounded."""

from itertools import count

from ketamine_faq.storage.rate_limit import MAX_KEYS, WINDOW_SECONDS, RateLimit


def test_what_came_within_the_hour_counts_by_key():
    times = iter([0, 1, 2, WINDOW_SECONDS, WINDOW_SECONDS + 1.5])
    limit = RateLimit(10, clock=lambda: next(times))
    assert [limit.count(key) for key in "aabaa"] == [1, 2, 1, 2, 2]


def test_who_comes_all_the_time_stays_over_the_limit():
    clock = count()
    limit = RateLimit(3, clock=lambda: next(clock))
    assert [limit.count("a") for _ in range(6)] == [1, 2, 3, 4, 4, 4]


def test_those_not_seen_for_longest_are_forgotten():
    limit = RateLimit(3)
    for key in range(MAX_KEYS + 1):
        limit.count(str(key))
    assert len(limit._seen) == MAX_KEYS
    assert limit.count(str(MAX_KEYS)) == 2
