import asyncio
import math
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router import AsyncRouter, RoutingError
from router.asking import Unaskable, Wishes, build_request
from router.testing import Scripted

CAT = {"prompt": "a cat"}


def built(params=CAT, wishes=None, headers=None, body=None):
    return build_request(params, wishes or Wishes(), headers or {}, body or {})


def refused(**more):
    with pytest.raises(Unaskable) as caught:
        built(**more)
    return caught.value.failure


@pytest.mark.parametrize(
    ("params", "param", "message"),
    [
        ({}, "prompt", "prompt is None; expected some words"),
        ({"prompt": ""}, "prompt", "prompt is ''; expected some words"),
        ({"prompt": " \n"}, "prompt", "expected some words"),
        ({"prompt": 5}, "prompt", "prompt is 5; expected some words"),
        ({**CAT, "model": 5}, "model", "model is 5; expected a string"),
        ({**CAT, "n": 0}, "n", "n is 0; expected a whole number of 1 or more"),
        ({**CAT, "n": -1}, "n", "n is -1; expected a whole number of 1 or more"),
        ({**CAT, "n": 1.0}, "n", "n is 1.0; expected a whole number of 1 or more"),
        ({**CAT, "n": "2"}, "n", "n is '2'; expected a whole number of 1 or more"),
        ({**CAT, "n": True}, "n", "n is True; expected a whole number of 1 or more"),
        ({**CAT, "x": math.nan}, "x", "x is nan; expected a finite number"),
        ({**CAT, "x": [1, {"y": math.inf}]}, "x[1].y", "x[1].y is inf; expected a finite number"),
        ({**CAT, "x": b"bytes"}, "x", "x is a bytes, which JSON cannot say"),
        ({**CAT, "x": {1, 2}}, "x", "x is a set, which JSON cannot say"),
        ({**CAT, "x": {"y": 1j}}, "x.y", "x.y is a complex, which JSON cannot say"),
        ({**CAT, "x": range(3)}, "x", "x is a range, which JSON cannot say"),
        ({**CAT, "x": {1: 2}}, "x", "x has the key 1; expected a string"),
        ({"prompt": "a \ud800"}, "prompt", "prompt has '\\ud800' in it, which is no character"),
    ],
    ids=str,
)
def test_what_is_no_request_is_refused_before_anything_is_sent(params, param, message):
    failure = refused(params=params)

    assert (failure.status, failure.kind, failure.local, failure.param) == (
        400,
        "bad_request",
        True,
        param,
    )
    assert message in failure.message


@pytest.mark.parametrize("body", [{"x": math.nan}, {"x": b""}, {"n": 0}, {"prompt": ""}], ids=str)
def test_what_stands_in_the_extra_body_is_checked_too(body):
    assert refused(body=body).status == 400


@pytest.mark.parametrize("metadata", [{"x": math.nan}, {"x": 1j}, {1: 2}], ids=str)
def test_metadata_is_checked_too(metadata):
    assert refused(wishes=Wishes(metadata=metadata)).status == 400


def test_what_is_nested_too_deeply_is_refused():
    nest = []
    for _ in range(100_000):
        nest = [nest]

    assert "nested too deeply" in refused(body={"x": nest}).message


@pytest.mark.parametrize("timeout", [0, -1, math.nan, "5"])
def test_a_timeout_is_more_than_nothing(timeout):
    assert refused(wishes=Wishes(timeout=timeout)).param == "timeout"


@pytest.mark.parametrize(
    "name",
    ["Authorization", "API-Key", "Cookie", "Host", "Content-Length", "content-type", "Accept"],
)
def test_no_extra_header_takes_the_place_of_ours(name):
    failure = refused(headers={name: "x"})

    assert failure.message == (f"{name.lower()!r} is set by the target, not by extra_headers")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-a b", "1"),
        ("x-a", "1\r\nx-b: 2"),
        ("x-a", "grüß"),
        ("x-a", 1),
        ("x\r\n", "1"),
        ("x:", "1"),
        ("", "1"),
        ("żółw", "1"),
        ("x\0", "1"),
    ],
)
def test_what_is_no_header_is_refused(name, value):
    assert refused(headers={name: value}).param == "extra_headers"


@pytest.mark.parametrize("n", [10_001, 10**5000], ids=["many", "huge"])
def test_more_pictures_than_anybody_wants_are_refused(n):
    assert "expected fewer" in refused(params={**CAT, "n": n}).message


def test_what_is_none_counts_as_not_given():
    request = built({**CAT, "model": None, "n": None, "size": None})

    assert request.params == CAT


def test_the_extra_body_is_verbatim_and_wins():
    request = built({**CAT, "quality": "low"}, body={"quality": "high", "mood": None})

    assert request.params == {**CAT, "quality": "high", "mood": None}
    assert request.verbatim == {"quality", "mood"}


def test_header_names_are_lower_case():
    assert built(headers={"X-Beta": "One"}).headers == {"x-beta": "One"}


JSONS = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


CHECKED = {"n", "model", "size", "stream", "partial_images"}  # their types are looked at


@given(st.dictionaries(st.text(min_size=1).filter(lambda key: key not in CHECKED), JSONS))
def test_whatever_json_says_may_be_asked(params):
    request = built(params | CAT)

    assert request.params == {k: v for k, v in (params | CAT).items() if v is not None}


def test_frozen_values_and_tuples_may_be_asked():
    built({**CAT, "x": MappingProxyType({"y": (1, 2)})})


def test_a_request_that_is_refused_is_raised_with_a_trace_and_nothing_sent():
    sender = Scripted()

    async def main():
        async with AsyncRouter({"provider": "openai", "api_key": "sk-x"}, sender=sender) as router:
            with pytest.raises(RoutingError) as caught:
                await router.images.generate(prompt="", trace_id="mine")
            return caught.value

    error = asyncio.run(main())
    assert (error.status_code, error.param, error.trace.id) == (400, "prompt", "mine")
    assert (error.trace.attempts, sender.requests) == ((), [])


# Wishes


def test_what_one_request_wishes_wins_over_what_was_wished_before():
    before = Wishes(
        metadata={"a": 1, "b": 1}, trace_id="t", timeout=5.0, provider="p", cache_namespace="c"
    )

    after = before.adding(
        {
            "metadata": {"b": 2},
            "trace_id": "u",
            "timeout": 1.0,
            "provider": "q",
            "cache_namespace": "d",
            "cache_force_refresh": True,
        }
    )

    assert after == Wishes(
        metadata={"a": 1, "b": 2},
        trace_id="u",
        timeout=1.0,
        provider="q",
        cache_namespace="d",
        cache_force_refresh=True,
    )


def test_what_is_not_wished_stays_as_it_was():
    before = Wishes(
        metadata={"a": 1},
        trace_id="t",
        timeout=5.0,
        provider="p",
        cache_namespace="c",
        cache_force_refresh=True,
    )

    assert before.adding({}) == before


@pytest.mark.parametrize("stream", [False, None])
def test_a_variation_cannot_be_streamed_and_says_so_before_anything_is_sent(stream):
    with pytest.raises(Unaskable, match="no variation can be streamed"):
        build_request({"stream": True}, Wishes(), {}, {}, operation="variation")

    request = build_request({"stream": stream}, Wishes(), {}, {}, operation="variation")
    assert not request.params.get("stream")
