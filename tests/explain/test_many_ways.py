"""Where there are too many ways to go to follow each of them, a bound is rough, and says so."""

from told import group, openai, stability, text, told

from router.explain.course import MOST_KEPT, Course, pruned

SECOND = 1000  # milliseconds, as configs have them
LISTED = [429, 500, 408]


def many(count):
    """Nest so many targets of different patience under a budget that shares out calls and time."""
    targets = [
        (openai if number % 2 else stability)(
            retry={"attempts": number % 6, "on_status_codes": [LISTED[number % len(LISTED)]]},
            request_timeout=(number + 1) * SECOND,
        )
        for number in range(count)
    ]
    return group("fallback", *targets, budget={"attempts": 12, "deadline": 100})


def test_a_rounded_bound_says_so():
    drawn = text(many(6), size="1024x1024")

    assert "at most $" in drawn
    assert "dollars may be rounded up" in drawn


def test_a_bound_that_was_followed_to_its_end_does_not():
    assert "rounded up" not in text(many(3), size="1024x1024")


def test_the_json_of_a_rounded_bound_calls_it_not_met():
    dollars = told(many(6), size="1024x1024")["request"]["worst"]["dollars"]

    assert dollars["played"] < dollars["bound"]
    assert not dollars["met"]


def test_what_stands_for_many_is_as_bad_as_each_and_as_easily_come_by():
    ways = [
        Course(attempts=number, fewest=number, longest=MOST_KEPT - number)
        for number in range(MOST_KEPT + 1)
    ]

    [one] = pruned(ways, lambda _: None, capped=True)

    assert one.rough
    assert (one.attempts, one.fewest, one.longest) == (MOST_KEPT, 0, MOST_KEPT)
    assert pruned(ways[1:], lambda _: None, capped=True) == ways[:0:-1]
