"""The table of failures in the design, cell by cell."""

import pytest

from router.core.outcome import Failure, Kind
from router.core.settlement import DEFAULT_RETRY_CODES, is_breakage, is_retryable, moves_on

ALL_CODES = frozenset(range(600))
ALL_KINDS = frozenset(Kind)

# kind, status; retried by default, if listed, by its kind; moves on by default, if listed, if not;
# a breaker counts it by default, if listed, if not
TABLE = [
    ("rate_limited", 429, "yes yes yes", "yes yes no", "no yes no"),
    ("overloaded", 503, "yes yes yes", "yes yes no", "yes yes no"),
    ("overloaded", 529, "yes yes yes", "yes yes no", "yes yes no"),
    ("server_error", 500, "yes yes yes", "yes yes no", "yes yes no"),
    ("server_error", 501, "no yes yes", "yes yes no", "yes yes no"),
    ("quota_exhausted", 429, "no no no", "yes yes no", "no yes no"),
    ("quota_exhausted", 402, "no no no", "yes yes no", "no yes no"),
    ("auth", 401, "no yes yes", "yes yes no", "no yes no"),
    ("bad_request", 400, "no yes yes", "yes yes no", "no yes no"),
    ("timeout", 408, "no yes yes", "yes yes no", "yes yes yes"),
    ("connection", 503, "yes yes yes", "yes yes no", "yes yes yes"),
    ("connection_lost", 502, "no no yes", "yes yes no", "yes yes yes"),
    ("empty", 502, "no no yes", "yes yes no", "yes yes yes"),
    ("invalid_output", 502, "no no yes", "yes yes no", "yes yes yes"),
    ("unsupported", 501, "no no no", "yes yes yes", "no no no"),
    ("circuit_open", 503, "no no no", "yes yes yes", "no no no"),
    ("refused", 400, "no no no", "no no no", "no no no"),
    ("out_of_budget", 503, "no no no", "no no no", "no no no"),
    ("cancelled", 499, "no no no", "no no no", "no no no"),
]
CASES = pytest.mark.parametrize(
    ("kind", "status", "retried", "moved", "counted"),
    TABLE,
    ids=[f"{kind}-{status}" for kind, status, *_ in TABLE],
)


def said(*answers):
    return " ".join("yes" if answer else "no" for answer in answers)


@CASES
def test_the_table(kind, status, retried, moved, counted):
    failure = Failure(kind=Kind(kind), status=status, message="")
    listed, unlisted = frozenset({status}), frozenset()

    assert retried == said(
        is_retryable(failure, DEFAULT_RETRY_CODES, frozenset()),
        is_retryable(failure, listed, frozenset()),
        is_retryable(failure, unlisted, frozenset({failure.kind})),
    )
    assert moved == said(
        *(moves_on(failure, codes, refusals=False) for codes in (None, listed, unlisted))
    )
    assert counted == said(*(is_breakage(failure, codes) for codes in (None, listed, unlisted)))


def test_the_table_has_every_kind():
    assert {Kind(kind) for kind, *_ in TABLE} == ALL_KINDS


@pytest.mark.parametrize("kind", Kind)
def test_what_was_decided_here_is_neither_repeated_nor_counted(kind):
    failure = Failure(kind=kind, status=503, message="", local=True)

    assert not is_retryable(failure, ALL_CODES, ALL_KINDS)
    assert not is_breakage(failure, ALL_CODES)


@pytest.mark.parametrize("codes", [None, frozenset(), frozenset({400})])
def test_a_refusal_moves_on_only_where_told(codes):
    failure = Failure(kind=Kind.REFUSED, status=400, message="")

    assert moves_on(failure, codes, refusals=True)
    assert not moves_on(failure, codes, refusals=False)


@pytest.mark.parametrize("kind", Kind)
def test_a_failure_after_partial_pictures_is_final_for_retries_and_groups(kind):
    failure = Failure(kind=kind, status=503, message="", final=True)

    assert not is_retryable(failure, ALL_CODES, ALL_KINDS)
    assert not moves_on(failure, None, refusals=True)


@pytest.mark.parametrize("kind", [Kind.CONNECTION_LOST, Kind.EMPTY, Kind.SERVER_ERROR])
def test_a_failure_after_partial_pictures_counts_for_breakers(kind):
    failure = Failure(kind=kind, status=503, message="", final=True)

    assert is_breakage(failure, None)


@pytest.mark.parametrize("kind", Kind)
def test_a_timeout_that_only_its_callers_hurry_made_is_repeated_but_not_counted(kind):
    full = Failure(kind=kind, status=408, message="")
    short = Failure(kind=kind, status=408, message="", cut_short=True)
    counts = is_breakage(full, ALL_CODES) and kind is not Kind.TIMEOUT

    assert is_breakage(short, ALL_CODES) is counts
    assert is_retryable(short, ALL_CODES, ALL_KINDS) is is_retryable(full, ALL_CODES, ALL_KINDS)
    assert moves_on(short, None, refusals=True) is moves_on(full, None, refusals=True)
