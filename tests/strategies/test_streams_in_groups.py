"""Streams below groups: others are asked until the first picture has been handed over."""

import json

import pytest

from router.core.http import HttpResponse, TransportError
from router.core.outcome import Kind, Success
from router.testing import (
    MemoryStore,
    Scripted,
    Streamed,
    error_answer,
    picture_answer,
    simulate,
    stream_answer,
    stream_event,
)
from tests.streaming import StreamingProviders, asking, showing, watch
from tests.toys import EPOCH, REFUSAL, Toy, balance, breaker, fallback, single, target

PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)
COMPLETED = stream_event("image_generation.completed")
LOST = TransportError("it broke off", sent=True)
CANNOT = Toy("b")
NO_PICTURE = b'data: {"type": "image_generation.completed"}\n\n'


def error_event(code):
    return f"data: {json.dumps({'error': {'message': 'no', 'code': code}})}\n\n".encode()


EARLY = {
    "an error": 500,
    "no connection": TransportError("refused", sent=False),
    "a lost connection": LOST,
    "a lost stream": Streamed((LOST,)),
    "an empty stream": Streamed(()),
    "no picture": Streamed((NO_PICTURE,)),
    "an error event": Streamed((error_event("server_is_overloaded"),)),
    "no stream and no picture": HttpResponse(status=200, body=b'{"created": 1, "data": []}'),
}
LATE = {
    "a lost stream": (LOST,),
    "the end": (),
    "no picture": (NO_PICTURE,),
    "an overload": (error_event("server_is_overloaded"),),
    "too many requests": (error_event("rate_limit_exceeded"),),
    "a refusal": (error_event("moderation_blocked"),),
}

each_early = pytest.mark.parametrize("step", EARLY.values(), ids=EARLY)
each_late = pytest.mark.parametrize("rest", LATE.values(), ids=LATE)


def streamed(route, a=(), b=(), c=(), *, request=None, adapters=None, **more):
    """Stream one request below a group whose providers are `a`, `b` and `c`."""

    async def main():
        sender = StreamingProviders(a=Scripted(*a), b=Scripted(*b), c=Scripted(*c))
        node = showing(route, **(adapters or {}))
        return await watch(node, sender, request or asking(), **more)

    return simulate(main)


# Until the first picture


@each_early
def test_a_stream_that_showed_nothing_is_fallen_back_from(step):
    result = streamed(fallback(target(), target("b")), a=[step], b=[stream_answer(2)])

    assert (result.asked, result.status) == (["a", "b"], 200)
    assert result.places == [(0, 0), (0, 1)]


@each_early
def test_a_stream_that_showed_nothing_fails_over(step):
    route = balance(target(), target("b", weight=1e-9), failover=True)

    result = streamed(route, a=[step], b=[stream_answer(1)])

    assert (result.asked, result.status) == (["a", "b"], 200)


def test_a_refusal_before_the_first_picture_moves_on_where_told():
    route = fallback(target(), target("b"), refusals=True)

    result = streamed(route, a=[REFUSAL], b=[stream_answer(1)])

    assert (result.asked, result.status) == (["a", "b"], 200)


def test_a_refusal_within_a_stream_before_its_first_picture_stays_a_refusal():
    route = fallback(target(), target("b"))

    result = streamed(route, a=[Streamed((error_event("moderation_blocked"),))])

    assert (result.asked, result.outcome.kind, result.outcome.final) == (
        ["a"],
        Kind.REFUSED,
        False,
    )


def test_where_nobody_shows_anything_the_last_failure_is_told_and_is_not_final():
    result = streamed(fallback(target(), target("b")), a=[500], b=[Streamed((LOST,))])

    assert (result.outcome.kind, result.outcome.final) == (Kind.CONNECTION_LOST, False)
    assert result.partials == ()


# After it


@each_late
def test_after_the_first_picture_nobody_else_is_asked(rest):
    route = fallback(target(), target("b"), refusals=True)

    result = streamed(route, a=[Streamed((PARTIAL, *rest))])

    assert (result.asked, result.outcome.final) == (["a"], True)
    assert result.places == [(0, 0)]


@each_late
def test_after_the_first_picture_nobody_else_is_drawn(rest):
    route = balance(target(), target("b", weight=1e-9), failover=True, refusals=True)

    result = streamed(route, a=[Streamed((PARTIAL, *rest))])

    assert (result.asked, result.outcome.final) == (["a"], True)


def test_after_the_first_picture_no_group_above_asks_anybody_else():
    route = fallback(single(fallback(target(), target("b"))), target("c"))

    result = streamed(route, a=[500], b=[Streamed((PARTIAL, LOST))])

    assert (result.asked, result.outcome.final) == (["a", "b"], True)


# Who cannot stream


def test_a_target_that_cannot_stream_gives_the_finished_picture_alone():
    result = streamed(target("b"), b=[200], adapters={"b": CANNOT})

    assert (result.status, result.places) == (200, [])
    (request,) = result.sender.senders["b"].requests
    assert {"stream", "partial_images"}.isdisjoint(json.loads(request.body))


def test_a_target_that_cannot_stream_may_make_up_for_one_that_showed_nothing():
    route = fallback(target(), target("b"))

    result = streamed(route, a=[503], b=[200], adapters={"b": CANNOT})

    assert isinstance(result.outcome, Success)
    assert result.attempts[1].adaptations == ("partial_images 2 -> 0 (gpt-image-2 cannot stream)",)


# Several pictures of several targets


def test_a_topped_up_picture_is_shown_at_the_place_where_it_will_be():
    route = fallback(target(), target("b"), top_up=True)
    steps = [picture_answer(), 503]

    result = streamed(
        route,
        a=steps,
        b=[stream_answer(1)],
        request=asking(n=2),
        adapters={"a": Toy(most=1)},
    )

    assert len(result.outcome.pictures.data) == 2
    assert result.places == [(1, 0)]


def test_pictures_of_a_stream_that_broke_off_are_not_topped_up():
    route = fallback(target(), target("b"), top_up=True)
    steps = [stream_answer(1), Streamed((PARTIAL, LOST))]

    result = streamed(route, a=steps, request=asking(n=2))

    assert (set(result.asked), result.outcome.final) == ({"a"}, True)
    assert len(result.outcome.pictures) == 1


# Breakers


def test_a_group_whose_breakers_are_all_open_is_asked_past_them_for_a_stream_too():
    route = fallback(target(breaker=breaker(1)), target("b", breaker=breaker(1)))
    store = MemoryStore()

    async def main():
        sender = StreamingProviders(a=Scripted(500, stream_answer(1)), b=Scripted(500))
        await watch(showing(route), sender, store=store)
        return await watch(showing(route), sender, store=store)

    second = simulate(main)

    assert (second.asked, second.status, second.places) == (["a"], 200, [(0, 0)])


def test_an_answer_without_a_date_is_dated_when_its_stream_has_ended():
    undated = stream_event("image_generation.completed").replace(b'"created_at": 1700000000, ', b"")

    result = streamed(target(), a=[Streamed((PARTIAL, 5.0, undated))])

    assert result.outcome.pictures.created == int(EPOCH) + 5


def test_a_provider_says_when_to_come_back_within_a_stream():
    assert streamed(target(), a=[error_answer(429, retry_after=3)]).outcome.retry_after == 3
