"""Small values: requests, pictures, purses, dice, traces."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.budget import Budget, Prepaid, out_of_budget
from router.core.context import CacheWish, Dice
from router.core.images import ImageRequest, Picture, Pictures
from router.core.outcome import Failure, Kind, salvaged
from router.core.secret import Credentials, Secret
from router.core.target import Deployment, Target
from router.core.trace import Attempt, Decision, Trace

FAILURE = Failure(kind=Kind.OVERLOADED, status=503, message="busy", retry_after=7.0)


@pytest.mark.parametrize(
    ("params", "model", "prompt", "n"),
    [
        ({}, None, "", 1),
        ({"model": "m", "prompt": "p", "n": 3}, "m", "p", 3),
        ({"model": 5, "prompt": None, "n": "3"}, None, "", 1),
        ({"n": None}, None, "", 1),
    ],
)
def test_a_request_reads_its_own_parameters(params, model, prompt, n):
    request = ImageRequest(params=params)

    assert (request.model, request.prompt, request.n) == (model, prompt, n)


def test_a_request_with_other_parameters_is_otherwise_the_same():
    request = ImageRequest(
        params={"a": 1},
        operation="edit",
        verbatim=frozenset({"a"}),
        metadata={"m": 1},
        headers={"h": "1"},
        incoming={"i": "1"},
        provider="p",
    )

    changed = request.with_params({"b": 2})

    assert changed.params == {"b": 2}
    assert changed.with_params(request.params) == request


def test_pictures_show_their_size_rather_than_their_bytes():
    here = Picture(b64=memoryview(b"AAAA"))
    there = Picture(url="https://x")

    assert repr(Pictures(created=1, data=(here, there), raw=b"AAAA")) == (
        "Pictures([Picture(4 base64 characters), Picture(url='https://x')])"
    )
    assert (here.media, there.media) == (None, None)


PURSES = st.lists(st.none() | st.integers(0, 5), min_size=1, max_size=4)


def nested(lefts):
    purse = None
    for left in lefts:
        purse = Budget(left, purse)
    return purse


def lefts(purse):
    return [] if purse is None else [*lefts(purse.parent), purse.left]


@given(PURSES, st.integers(1, 4))
def test_a_reservation_takes_from_every_purse_or_from_none(amounts, calls):
    purse = nested(amounts)
    affordable = all(left is None or left >= calls for left in amounts)

    assert purse.affords(calls) is affordable
    assert purse.reserve(calls) is affordable
    taken = calls if affordable else 0
    assert lefts(purse) == [left if left is None else left - taken for left in amounts]


@given(PURSES, st.integers(1, 4))
def test_a_refund_undoes_a_reservation(amounts, calls):
    purse = nested(amounts)

    if purse.reserve(calls):
        purse.refund(calls)

    assert lefts(purse) == amounts


@given(st.integers(0, 3), st.none() | st.integers(0, 3), st.integers(0, 8))
def test_prepaid_calls_are_spent_before_the_purse_above(paid, above, asked):
    purse = Prepaid(parent=Budget(above), paid=paid)

    granted = 0
    for _ in range(asked):
        assert purse.affords() is (granted < paid + (asked if above is None else above))
        granted += purse.reserve()

    assert granted == min(asked, paid + (asked if above is None else above))


@pytest.mark.parametrize(
    ("last", "status", "retry_after"), [(None, 402, None), (FAILURE, 503, 7.0)]
)
def test_a_spent_budget_takes_the_word_of_the_last_failure(last, status, retry_after):
    trace = Trace("t")
    trace.last_failure = last

    failure = out_of_budget("spent", trace, status=402)

    assert (failure.status, failure.retry_after, failure.local) == (status, retry_after, True)


def pictures(n):
    return Failure(kind=Kind.EMPTY, status=502, message="", pictures=(Picture(url="u"),) * n)


@pytest.mark.parametrize(("now", "before", "kept"), [(0, 2, 2), (2, 1, 2), (1, 1, 1), (0, 0, 0)])
def test_the_most_pictures_that_came_are_salvaged(now, before, kept):
    assert len(salvaged(pictures(now), pictures(before)).pictures) == kept


def test_without_an_earlier_failure_there_is_nothing_to_salvage():
    assert salvaged(FAILURE, None) is FAILURE


def test_a_trace_keeps_the_most_pictures_that_came_of_one_attempt():
    trace = Trace("t")

    for n in (1, 3, 2):
        trace.salvage(pictures(n).pictures)

    assert len(trace.salvaged) == 3


def test_dice_fall_by_their_seed_alone():
    def throw(seed):
        dice = Dice(seed)
        return [dice.random() for _ in range(3)]

    assert throw("a") == throw("a")
    assert throw("a") != throw("b")


def test_secrets_are_equal_by_what_they_hold():
    assert Secret("a") == Secret("a")
    assert Secret("a") != Secret("b")
    assert Secret("a") != "a"
    assert len({Secret("a"), Secret("a")}) == 1
    assert Credentials(key=Secret("a")) == Credentials(key=Secret("a"))


def test_an_account_is_the_same_wherever_it_stands():
    one = Target(path="config.targets[0]", provider="a", credential="k")
    other = Target(path="config.targets[5]", provider="a", credential="k", passthrough=True)

    assert one.identity == other.identity


@pytest.mark.parametrize(
    "change",
    [
        {"provider": "b"},
        {"credential": "other"},
        {"base_url": "http://localhost"},
        {"options": {"resource_name": "r"}},
        {"deployments": (Deployment(deployment_id="d"),)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_another_account_has_another_identity(change):
    fields = {"path": "config", "provider": "a", "credential": "k"}

    assert Target(**fields).identity != Target(**fields | change).identity


def test_a_trace_knows_who_served():
    trace = Trace("t")
    for status in (500, 200, 500):
        number = trace.begin(Attempt(path=str(status), provider="p"))
        trace.end(number, Attempt(path=str(status), provider="p", status=status))

    assert trace.served.path == "200"
    assert Trace("t").served is None
    assert repr(trace) == "Trace('t', 3 attempts)"


def test_what_is_read_from_a_trace_does_not_change():
    trace = Trace("t")
    before = trace.attempts
    trace.begin(Attempt(path="x", provider="p"))

    assert (before, len(trace.attempts)) == ((), 1)


def test_a_request_that_failed_was_served_by_nobody():
    trace = Trace("t")
    number = trace.begin(Attempt(path="config", provider="p"))
    trace.end(number, Attempt(path="config", provider="p", status=200))
    trace.failed = True

    assert trace.served is None


class Broken:
    """An observer that fails whatever it is told."""

    def decided(self, decision):
        raise ZeroDivisionError

    attempt_started = attempt_ended = decided


def test_an_observer_that_fails_costs_no_request_and_is_logged(caplog):
    trace = Trace("t", [Broken()])
    trace.decide(Decision(path="config", by="x", chosen="y", reason="z", at=0.0))
    number = trace.begin(Attempt(path="config", provider="p"))
    trace.end(number, Attempt(path="config", provider="p", status=200))

    assert (len(trace.decisions), trace.served.status) == (1, 200)
    assert caplog.messages == ["an observer failed"] * 3


@pytest.mark.parametrize(("now", "before"), [(True, True), (True, False), (False, True)])
def test_what_was_cut_short_before_is_so_in_the_end(now, before):
    last, earlier = replace(FAILURE, cut_short=now), replace(FAILURE, cut_short=before)

    assert salvaged(last, earlier).cut_short


@pytest.mark.parametrize(
    "value",
    [ImageRequest(params={}), Picture(url="https://a"), CacheWish()],
    ids=lambda v: type(v).__name__,
)
def test_what_the_interpreter_lets_be_changed_is_no_key(value):
    assert replace(value) == value
    with pytest.raises(TypeError, match="unhashable"):
        hash(value)
