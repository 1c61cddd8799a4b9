"""Streams as a caller of AsyncRouter has them, in virtual time."""

import logging

import anyio
import pytest

from router import (
    APIConnectionError,
    APITimeoutError,
    BadRequestError,
    BudgetExceededError,
    ContentPolicyError,
    InternalServerError,
    NoImageError,
    RateLimitError,
    RoutingError,
)
from router.core.events import Partial
from router.core.http import TransportError
from router.core.images import Picture, Pictures
from router.core.outcome import Kind, Success
from router.testing import Scripted, Streamed, picture_answer, stream_answer
from router.trees import tree_of, with_tree
from tests.originals.pictures import PNG
from tests.watching import (
    COMPLETED,
    LOST,
    OPENAI,
    PARTIAL,
    STABILITY,
    TWO,
    sandboxed,
    watch,
    watched,
    with_router,
)

# What comes


@pytest.mark.parametrize("partials", [0, 1, 2, 3])
def test_unfinished_pictures_come_while_one_is_made_and_then_the_finished_one(partials):
    seen = sandboxed(partial_images=partials)

    step = 40.0 / (partials + 1)
    assert seen.types == ["partial_image"] * partials + ["completed"]
    assert seen.times == pytest.approx([step * number for number in range(1, partials + 2)])
    assert seen.error is None


def test_without_a_number_the_finished_picture_comes_alone():
    assert sandboxed(partial_images=None).types == ["completed"]


def test_the_events_of_an_edit_are_named_after_it():
    seen = sandboxed(operation="edit", image=PNG)

    assert {event.type for event in seen.events} == {
        "image_edit.partial_image",
        "image_edit.completed",
    }


def test_a_stream_comes_to_what_the_call_would_have_returned():
    async def both(router):
        whole = await router.images.generate(prompt="a red kite")
        seen = await watch(router)
        return whole, seen

    whole, seen = with_router(both, Scripted(picture_answer(), stream_answer(2)))

    assert seen.stream.answer.data[0].bytes() == whole.data[0].bytes()
    assert seen.events[-1].bytes() == whole.data[0].bytes()
    assert seen.stream.answer.usage.total_tokens == 10
    assert seen.stream.answer.trace is seen.stream.trace


def test_the_trace_of_a_stream_is_that_of_a_call():
    seen = sandboxed()

    (attempt,) = seen.stream.trace.attempts
    assert (attempt.status, attempt.started, attempt.duration) == (200, 0.0, 40.0)
    assert seen.stream.trace.served is attempt
    assert attempt.cost > 0


def test_the_call_returns_when_the_first_event_is_there():
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        began = anyio.current_time()
        answer, attempts = stream.answer, stream.trace.attempts
        async with stream:
            return began, answer, [attempt.status for attempt in attempts]

    assert with_router(work, Scripted((3.0, stream_answer(2, every=2.0)))) == (5.0, None, [0])


@pytest.mark.parametrize("stream", [None, False])
def test_without_a_stream_the_call_is_as_ever(stream):
    async def work(router):
        return len(await router.images.generate(prompt="a cat", stream=stream))

    assert with_router(work, Scripted(200)) == 1


def test_several_pictures_come_with_their_places():
    seen = sandboxed(n=3, partial_images=1)

    partials, completed = seen.events[:3], seen.events[3:]
    assert sorted(event.image_index for event in partials) == [0, 1, 2]
    assert [event.image_index for event in completed] == [0, 1, 2]
    assert seen.types == ["partial_image"] * 3 + ["completed"] * 3
    assert len(seen.stream.trace.attempts) == 3


def test_only_the_last_event_says_what_was_used():
    seen = sandboxed(n=2, partial_images=1)

    used = [event.usage for event in seen.events]
    assert used[:-1] == [None, None, None]
    assert used[-1].total_tokens == seen.stream.answer.usage.total_tokens


def test_a_provider_that_cannot_stream_yields_the_finished_picture_alone():
    seen = sandboxed(STABILITY)

    assert seen.types == ["completed"]
    assert seen.stream.trace.attempts[0].adaptations == (
        "partial_images 2 -> 0 (stable-image-core cannot stream)",
    )


def test_azure_streams_too():
    azure = {
        "provider": "azure-openai",
        "resource_name": "r",
        "deployment_id": "gpt-image-2",
        "api_version": "preview",
    }

    assert sandboxed(azure).types == ["partial_image", "partial_image", "completed"]


# Until the first event


@pytest.mark.parametrize("fault", ["503", "429", "reset", "empty", "delay=700"])
def test_until_the_first_event_another_target_is_asked(fault):
    seen = sandboxed(TWO, faults=f"openai: {fault}")

    assert seen.types == ["completed"]
    assert [attempt.provider for attempt in seen.stream.trace.attempts] == [
        "openai",
        "stability-ai",
    ]


def test_until_the_first_event_a_target_is_asked_again():
    config = {**OPENAI, "retry": {"attempts": 2}}

    seen = sandboxed(config, faults="openai: 503 x2")

    assert seen.types == ["partial_image", "partial_image", "completed"]
    assert [attempt.status for attempt in seen.stream.trace.attempts] == [503, 503, 200]


@pytest.mark.parametrize(
    ("step", "error"),
    [
        (429, RateLimitError),
        (500, InternalServerError),
        (400, BadRequestError),
        (TransportError("refused", sent=False), APIConnectionError),
        (Streamed((LOST,)), APIConnectionError),
        (Streamed(()), NoImageError),
        (Streamed((10_000.0,)), APITimeoutError),
    ],
)
def test_a_failure_before_the_first_event_is_raised_by_the_call(step, error):
    seen = watched(step)

    assert type(seen.error) is error
    assert (seen.stream, len(seen.error.trace.attempts)) == (None, 1)


@pytest.mark.parametrize(
    "params",
    [{"stream": "yes"}, {"stream": 1}]
    + [{"partial_images": number} for number in (-1, 4, 1.5, True, "2")],
    ids=str,
)
def test_what_is_no_request_for_a_stream_is_refused_before_anything_is_sent(params):
    async def work(router):
        with pytest.raises(BadRequestError) as caught:
            await router.images.generate(**{"prompt": "a cat", "stream": True, **params})
        return caught.value.param

    assert with_router(work, Scripted()) == next(iter(params))


# After it


@pytest.mark.parametrize(
    ("rest", "error", "kind"),
    [
        ((LOST,), APIConnectionError, Kind.CONNECTION_LOST),
        ((), NoImageError, Kind.EMPTY),
        ((b"data: [DONE]\n\n",), NoImageError, Kind.EMPTY),
        ((COMPLETED[:200],), NoImageError, Kind.INVALID_OUTPUT),
        ((10_000.0,), APITimeoutError, Kind.TIMEOUT),
        (
            (b'data: {"error": {"code": "moderation_blocked"}}\n\n',),
            ContentPolicyError,
            Kind.REFUSED,
        ),
    ],
    ids=["lost", "the end", "done", "cut", "late", "refused"],
)
@pytest.mark.parametrize("config", [OPENAI, TWO], ids=["one target", "two"])
def test_a_failure_after_the_first_event_is_one_error_and_no_end(rest, error, kind, config):
    async def work(router):
        stream = await router.images.generate(prompt="a cat", stream=True, partial_images=2)
        first = await anext(stream)
        with pytest.raises(RoutingError) as caught:
            await anext(stream)
        return first, caught.value, [event async for event in stream], stream.answer

    first, raised, more, answer = with_router(work, Scripted(Streamed((PARTIAL, *rest))), config)

    assert first.is_partial
    assert (type(raised), raised.kind) == (error, kind)
    assert (more, answer, len(raised.trace.attempts)) == ([], None, 1)


def test_a_stream_of_the_sandbox_that_is_cut_off_is_an_error_after_its_pictures():
    seen = sandboxed(TWO, faults="openai: cut", partial_images=3)

    assert seen.types == ["partial_image", "partial_image"]
    assert type(seen.error) is APIConnectionError


def test_a_picture_that_is_filtered_in_the_end_is_a_refusal_after_the_others():
    seen = sandboxed(TWO, prompt="[filter] a kite")

    assert seen.types == ["partial_image", "partial_image"]
    assert type(seen.error) is ContentPolicyError


def test_one_broken_picture_of_several_fails_the_stream_and_hands_over_the_others():
    seen = watched(stream_answer(1), Streamed((PARTIAL, LOST)), n=2, partial_images=1)

    assert type(seen.error) is APIConnectionError
    assert len(seen.error.pictures) == 1


def test_a_deadline_ends_a_stream_that_has_begun():
    seen = watched(Streamed((PARTIAL, 100.0, COMPLETED)), timeout=30.0)

    assert seen.types == ["partial_image"]
    assert type(seen.error) is BudgetExceededError


def test_a_slow_trickle_is_a_stream_like_any_other():
    assert sandboxed(faults="openai: trickle=20").types == [
        "partial_image",
        "partial_image",
        "completed",
    ]


# What is not shared


def test_a_stream_is_not_cached_and_what_is_cached_is_not_streamed():
    config = {**OPENAI, "cache": {"mode": "simple"}}

    async def work(router):
        for _ in range(2):
            await watch(router)
        await router.images.generate(prompt="a red kite")
        await watch(router)
        return len(sender.requests)

    sender = Scripted(stream_answer(1), stream_answer(1), 200, stream_answer(1))
    assert with_router(work, sender, config) == 4


def test_one_line_is_logged_for_a_stream_as_for_a_call(caplog):
    with caplog.at_level(logging.INFO, logger="router"):
        watched(stream_answer(1))

    assert [record.message.split(" ", 1)[1] for record in caplog.records] == [
        "served by openai at config: 1 attempts, 0.000 s"
    ]


def test_a_stream_shows_its_trace():
    seen = watched(stream_answer(1))

    assert repr(seen.stream) == f"ImageStream({seen.stream.trace!r})"


class Silent:
    """A node of one's own that answers without a picture."""

    path = "silent"

    async def execute(self, request, context):
        return Success(pictures=Pictures(created=1, data=()))


def test_a_stream_of_no_pictures_ends_at_once():
    async def work(router):
        return (await watch(with_tree(router, Silent()))).events

    assert with_router(work, Scripted()) == []


class Showing:
    """A node of one's own that shows a picture before it hands the request on."""

    path = "showing"

    def __init__(self, child):
        self.child = child

    async def execute(self, request, context):
        await context.delivery.emit(Partial(picture=Picture(url="https://8.8.8.8/a"), index=9))
        return await self.child.execute(request, context)


def test_a_node_of_ones_own_may_show_pictures():
    async def work(router):
        seen = await watch(with_tree(router, Showing(tree_of(router))))
        return seen.types, seen.events[0].partial_image_index, seen.events[0].url

    assert with_router(work, Scripted(stream_answer(1))) == (
        ["partial_image", "partial_image", "completed"],
        9,
        "https://8.8.8.8/a",
    )
