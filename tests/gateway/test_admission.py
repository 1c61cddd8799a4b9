"""Admission: limits hold for everybody, and who waits as told gets in."""

from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.admission import MINUTE, Admission, too_small
from router.gateway.keys import digest_of, written
from router.gateway.refusal import Refusal
from router.gateway.settings import ApiKey, Settings
from router.testing import Scripted, simulate
from tests.gateway import drive

KEY = ApiKey(name="app", digest=digest_of("pxr-app"))
FEW = Settings(max_in_flight=3)


def key(**limits):
    return ApiKey(name="app", digest=KEY.digest, **limits)


@contextmanager
def admitted(admission, who, settings=FEW, at=0.0):
    with admission.admitted(who, settings) as room:
        refusal = admission.refusal(who, at)
        if refusal is not None:
            raise refusal
        yield room


def admit(admission, who, at=0.0, settings=FEW):
    """Return the status of a request that is over at once, and what it is told to wait."""
    try:
        with admitted(admission, who, settings, at):
            return 200, 0
    except Refusal as refusal:
        return refusal.status, int(refusal.headers["retry-after"])


def test_there_are_never_more_under_way_than_may_be():
    admission = Admission()

    with ExitStack() as running:
        for _ in range(FEW.max_in_flight):
            running.enter_context(admitted(admission, None))
        assert admit(admission, None) == (503, 1)
        assert admit(admission, KEY) == (503, 1)

    assert admission.running == 0
    assert admit(admission, None) == (200, 0)


def test_a_request_that_fails_is_under_way_no_more():
    admission = Admission()

    with pytest.raises(ZeroDivisionError), admitted(admission, KEY):
        _ = 1 / 0

    assert admission.running == 0


def test_a_keys_requests_at_once_are_limited_and_nobody_elses():
    admission, limited = Admission(), key(concurrency=1)
    other = ApiKey(name="other", digest=digest_of("pxr-other"), concurrency=1)

    with admitted(admission, limited):
        assert admit(admission, limited) == (429, 1)
        assert admit(admission, other) == (200, 0)
    assert admit(admission, limited) == (200, 0)


def test_what_was_refused_counts_for_nothing():
    admission, limited = Admission(), key(concurrency=1, requests=2)

    with admitted(admission, limited):
        assert [admit(admission, limited)[0] for _ in range(5)] == [429] * 5

    assert [admit(admission, limited)[0] for _ in range(3)] == [200, 429, 429]


TIMES = st.lists(st.floats(0, 300), min_size=1, max_size=40).map(sorted)


@given(TIMES, st.integers(1, 5))
def test_no_minute_has_more_requests_than_a_key_may_make(times, most):
    admission, limited = Admission(), key(requests=most)

    came = [at for at in times if admit(admission, limited, at)[0] == 200]

    assert all(sum(first <= at < first + MINUTE for at in came) <= most for first in came)


@given(TIMES, st.integers(1, 5))
def test_who_waits_as_long_as_told_gets_in(times, most):
    admission, limited = Admission(), key(requests=most)

    for at in times:
        status, wait = admit(admission, limited, at)

    assert status == 200 or admit(admission, limited, times[-1] + wait)[0] == 200
    assert wait <= MINUTE


@pytest.mark.parametrize(("workers", "share"), [(1, 6), (2, 3), (4, 1), (12, 1)])
def test_workers_divide_what_a_key_may(workers, share):
    admission, limited = Admission(workers), key(requests=6)

    assert sum(admit(admission, limited)[0] == 200 for _ in range(10)) == share


@pytest.mark.parametrize("workers", [1, 4])
def test_a_refusal_says_what_the_key_may_and_not_the_workers_share(workers):
    admission = Admission(workers)

    with admission.admitted(KEY, FEW), admission.admitted(KEY, FEW), admission.admitted(KEY, FEW):
        crowded = admission.refusal(key(concurrency=2), 0)
        hasty = [admission.refusal(key(requests=1), 0) for _ in range(2)][1]

    assert crowded.message == "this API key may have 2 requests at once"
    assert hasty.message == "this API key may make 1 request a minute"


def test_limits_that_cannot_be_divided_among_the_workers_are_told():
    settings = Settings(keys=(key(concurrency=4, requests=3), key(requests=60), key()))

    assert list(too_small(settings, 3)) == []
    assert list(too_small(settings, 4)) == [
        "key 'app' may have 3 requests a minute, fewer than the 4 workers: each lets 1 through"
    ]


def test_a_gateway_refuses_in_openais_words(tmp_path):
    keys = {"app": {"digest": written(KEY.digest), "concurrency": 1}}
    drive.written(tmp_path, gateway={"keys": keys})
    sender = Scripted((5, 200), repeat=True)

    async def main():
        gateway = drive.opened(tmp_path, sender=sender)
        headers = {**drive.OPENAI, "authorization": "Bearer pxr-app"}
        return await drive.together(
            drive.ask(gateway, headers=headers), drive.ask(gateway, headers=headers)
        )

    first, second = simulate(main)

    assert (first.status, second.status) == (200, 429)
    assert second.error["type"] == "rate_limit_error"
    assert second.headers["retry-after"] == "1"
    assert "x-portkey-trace-id" in second.headers
    assert len(sender.requests) == 1


def test_bodies_have_room_for_a_few_of_the_largest_and_no_more():
    settings, admission = Settings(max_body=100), Admission()

    with admission.admitted(None, settings) as one, admission.admitted(None, settings) as other:
        one.take(250)
        other.take(150)
        with pytest.raises(Refusal) as refused:
            other.take(1)
    with admission.admitted(None, settings) as later:
        later.take(400)

    assert (refused.value.status, admission.held) == (503, 0)
