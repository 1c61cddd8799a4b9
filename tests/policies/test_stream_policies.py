"""Streams below policies: each sees the attempt when it has ended."""

import asyncio
import json
from dataclasses import replace

import pytest

from router.config.model import CacheSettings, LimitSettings
from router.core.adapter import Becomes
from router.core.budget import Budget
from router.core.finishing import ArtefactError, Finishing
from router.core.http import TransportError
from router.core.outcome import Failure, Kind, Success
from router.core.shared import Shared
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
from tests.streaming import (
    STREAMED,
    Shows,
    StreamingProviders,
    asking,
    leaf,
    showing,
    watch,
    watched,
)
from tests.toys import CAT, breaker, budget, error, fallback, retry, run, target

PARTIAL = stream_event("image_generation.partial_image", 1, partial_image_index=0)
COMPLETED = stream_event("image_generation.completed")
LOST = TransportError("it broke off", sent=True)
ALL_KINDS = frozenset(Kind)
STORE_TTL = 604_800.0


def body_of(request):
    return json.loads(request.body)


# Retry


@pytest.mark.parametrize(
    "step",
    [503, Streamed((LOST,)), Streamed(()), Streamed((b"data: <html>\n\n",))],
    ids=["an error", "lost", "empty", "no JSON"],
)
def test_a_stream_that_showed_nothing_is_repeated(step):
    node = leaf(retry=retry(2, kinds=ALL_KINDS))

    result = watched(node, step, stream_answer(2))

    assert (result.status, len(result.attempts)) == (200, 2)
    assert result.places == [(0, 0), (0, 1)]


@pytest.mark.parametrize(
    "rest", [(LOST,), (), (b'data: {"error": {"code": "server_is_overloaded"}}\n\n',)]
)
def test_a_stream_that_has_shown_a_picture_is_not_repeated(rest):
    node = leaf(retry=retry(2, kinds=ALL_KINDS))

    result = watched(node, Streamed((PARTIAL, *rest)))

    assert (len(result.attempts), result.outcome.final) == (1, True)


def test_a_repeated_stream_waits_as_it_was_told():
    result = watched(leaf(retry=retry(1)), error_answer(429, retry_after=7), stream_answer(0))

    assert (result.took, result.attempts[1].waited) == (7.0, 7.0)


# Budget


def test_a_stream_is_one_attempt_of_a_budget():
    node = showing(fallback(target(), target("b"), budget=budget(attempts=1)))

    result = watched(node, Streamed((LOST,)), stream_answer(1))

    assert (result.outcome.kind, len(result.attempts)) == (Kind.OUT_OF_BUDGET, 1)


def test_a_deadline_after_the_first_picture_ends_the_request():
    node = showing(fallback(target(), target("b"), budget=budget(deadline=4.0)))

    result = watched(node, Streamed((PARTIAL, 60.0)))

    assert (result.outcome.kind, result.took, len(result.attempts)) == (Kind.OUT_OF_BUDGET, 4, 1)
    assert result.attempts[0].kind is Kind.CANCELLED


def test_a_deadline_below_a_group_is_not_made_up_for_after_the_first_picture():
    node = showing(fallback(target(budget=budget(deadline=4.0)), target("b")))

    assert len(watched(node, Streamed((PARTIAL, 60.0)), stream_answer(1)).attempts) == 1


def test_a_stream_without_a_bound_spends_what_it_used():
    purse = Budget(left=3)

    watched(leaf(), stream_answer(1), budget=purse)

    assert purse.left == 2


# Breaker


def test_a_stream_that_breaks_off_counts_for_its_breaker_and_one_that_ends_does_not():
    async def main():
        sender = Scripted(
            stream_answer(1),
            Streamed((PARTIAL, LOST)),
            Streamed((PARTIAL,)),
        )
        node, store = leaf(breaker=breaker(2)), MemoryStore()
        runs = [await watch(node, sender, store=store) for _ in range(4)]
        return [run.outcome.kind if isinstance(run.outcome, Failure) else None for run in runs]

    assert simulate(main) == [None, Kind.CONNECTION_LOST, Kind.EMPTY, Kind.CIRCUIT_OPEN]


def test_a_stream_that_its_caller_left_does_not_count_for_its_breaker():
    async def main():
        sender = Scripted(Streamed((PARTIAL, 60.0)), stream_answer(1))
        node, store = leaf(breaker=breaker(1)), MemoryStore()
        await watch(node, sender, store=store, most=1)
        return (await watch(node, sender, store=store)).status

    assert simulate(main) == 200


def test_an_open_breaker_is_told_before_anything_is_shown():
    async def main():
        sender, store = Scripted(500), MemoryStore()
        node = leaf(breaker=breaker(1))
        await watch(node, sender, store=store)
        return (await watch(node, sender, store=store)).outcome

    outcome = simulate(main)

    assert (outcome.kind, outcome.final) == (Kind.CIRCUIT_OPEN, False)


# Cache


def test_a_streamed_answer_is_neither_kept_nor_taken_from_the_cache():
    async def main():
        node, store, shared = leaf(cache=CacheSettings(max_age=STORE_TTL)), MemoryStore(), Shared()
        more = {"store": store, "shared": shared}
        sender = Scripted(stream_answer(1), stream_answer(2))
        runs = [await watch(node, sender, **more) for _ in range(2)]
        return [len(run.partials) for run in runs], runs[1].trace.decisions

    partials, (decision,) = simulate(main)

    assert partials == [1, 2]
    assert (decision.by, decision.chosen, decision.reason) == (
        "cache",
        "bypass",
        "streams are not cached",
    )


def test_two_streams_of_the_same_request_never_share_one_call():
    async def main():
        node, shared = leaf(cache=CacheSettings(max_age=STORE_TTL)), Shared()
        sender = Scripted(stream_answer(1, every=1.0), stream_answer(1, every=1.0))
        runs = await asyncio.gather(*(watch(node, sender, shared=shared) for _ in range(2)))
        return [len(run.partials) for run in runs]

    assert simulate(main) == [1, 1]


# Several pictures


def test_several_streamed_pictures_are_one_call_each_and_say_which_they_are():
    result = watched(leaf(), *[stream_answer(2, every=1.0)] * 3, request=asking(n=3))

    assert sorted(result.places) == [(place, index) for place in range(3) for index in range(2)]
    assert [body_of(request)["n"] for request in result.sender.requests] == [1, 1, 1]
    assert len(result.outcome.pictures.data) == 3
    assert result.outcome.pictures.fields["usage"]["total_tokens"] == 30


def test_pictures_of_different_calls_come_as_they_are_made():
    result = watched(
        leaf(),
        Streamed((3.0, PARTIAL, 1.0, COMPLETED)),
        Streamed((1.0, PARTIAL, 9.0, COMPLETED)),
        request=asking(n=2),
    )

    assert (result.places, result.times) == ([(1, 0), (0, 0)], (1.0, 3.0))


def test_a_caller_who_is_slow_with_one_picture_loses_none_of_another_call():
    result = watched(leaf(), *[stream_answer(2)] * 2, request=asking(n=2), takes=30.0)

    assert sorted(result.places) == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert result.status == 200


def test_one_call_that_breaks_off_fails_the_stream_with_the_pictures_that_came():
    result = watched(
        leaf(retry=retry(2, kinds=ALL_KINDS)),
        stream_answer(1),
        Streamed((PARTIAL, LOST)),
        request=asking(n=2),
    )

    assert (result.outcome.kind, result.outcome.final) == (Kind.CONNECTION_LOST, True)
    assert len(result.outcome.pictures) == 1
    assert result.outcome.message == "1 of 2 pictures came; it broke off"


def test_a_call_that_showed_nothing_is_final_where_another_has_shown_a_picture():
    result = watched(leaf(), Streamed((PARTIAL, 2.0, COMPLETED)), (1.0, 400), request=asking(n=2))

    assert (result.outcome.kind, result.outcome.final) == (Kind.BAD_REQUEST, True)


def test_a_call_that_no_provider_was_asked_for_is_final_where_another_has_shown_a_picture():
    """The second call meets the breaker that the first has opened: the caller has pictures."""

    async def main():
        route = fallback(target(breaker=breaker(1), retry=retry(1)), target("b"))
        sender = StreamingProviders(
            a=Scripted(Streamed((PARTIAL, 3.0, COMPLETED)), 500), b=Scripted()
        )
        return await watch(showing(route), sender, asking(n=2))

    result = simulate(main)

    assert (result.outcome.final, set(result.asked)) == (True, {"a"})


def test_several_pictures_that_are_not_streamed_are_one_call_as_ever():
    result = watched(leaf(), picture_answer(3), request=asking(n=3, stream=None))

    assert len(result.sender.requests) == 1


def test_several_pictures_of_a_target_that_cannot_stream_are_one_call_as_ever():
    node = showing(target(), a=Shows(can=False))

    result = watched(node, picture_answer(3), request=asking(n=3))

    assert (result.status, len(result.sender.requests), result.places) == (200, 1, [])


def test_all_calls_of_a_stream_are_reserved_or_none_is_made():
    result = watched(leaf(budget=budget(attempts=2)), request=asking(n=3))

    assert (result.outcome.kind, result.sender.requests) == (Kind.OUT_OF_BUDGET, [])


# Adapt


def adapted(mode, request=STREAMED, **more):
    node = showing(target(on_unsupported=mode, **more), a=Shows(can=False))
    return watched(node, 200, request=request)


@pytest.mark.parametrize("mode", ["adapt", "drop"])
def test_what_a_model_cannot_stream_is_said_and_not_sent(mode):
    result = adapted(mode)

    (request,) = result.sender.requests
    assert body_of(request) == {"prompt": "a cat", "model": "gpt-image-2"}
    assert result.attempts[0].adaptations == ("partial_images 2 -> 0 (gpt-image-2 cannot stream)",)


@pytest.mark.parametrize("mode", ["adapt", "drop", "skip", "error"])
@pytest.mark.parametrize("partials", [None, 0])
def test_a_stream_of_the_finished_picture_alone_loses_nothing(mode, partials):
    result = adapted(mode, asking(partial_images=partials))

    assert (result.status, result.attempts[0].adaptations) == (200, ())


@pytest.mark.parametrize(
    ("mode", "kind"), [("skip", Kind.UNSUPPORTED), ("error", Kind.BAD_REQUEST)]
)
def test_a_target_that_cannot_stream_is_unfit_where_told(mode, kind):
    outcome = adapted(mode).outcome

    assert outcome.kind is kind
    assert "partial_images 2 -> 0 (gpt-image-2 cannot stream)" in outcome.message


def test_a_provider_that_names_no_model_is_said_to_be_unable():
    result = adapted("adapt", asking(model=None))

    assert result.attempts[0].adaptations == ("partial_images 2 -> 0 (a cannot stream)",)


@pytest.mark.parametrize("how", ["passthrough", "verbatim"])
def test_what_is_passed_on_as_it_is_stays_a_stream(how):
    node = showing(target(passthrough=how == "passthrough"), a=Shows(can=False))
    verbatim = frozenset({"stream", "partial_images"} if how == "verbatim" else ())

    result = watched(node, stream_answer(2), request=replace(STREAMED, verbatim=verbatim))

    assert body_of(result.sender.requests[0])["stream"] is True
    assert len(result.partials) == 2


def test_partial_pictures_are_asked_for_as_many_as_the_caller_wants():
    result = watched(leaf(), stream_answer(1), request=asking(partial_images=3))

    assert body_of(result.sender.requests[0])["partial_images"] == 3


# Promises about the answer


class Full:
    """A store that has no room."""

    async def put(self, content, media):
        raise ArtefactError("the folder is full")


async def nothing(url):
    raise AssertionError("nothing is fetched")


def test_a_promise_that_is_broken_after_the_first_picture_is_made_good_by_nobody():
    lacking = {"response_format": lambda value, params: Becomes({}, "it has none")}
    route = fallback(target(), target("b"))
    node = showing(route, a=Shows(rule_by_name=lacking), b=Shows("b"))

    result = watched(
        node,
        stream_answer(1),
        stream_answer(1),
        request=asking(response_format="url"),
        finishing=Finishing(fetch=nothing, store=Full()),
    )

    assert (result.asked, result.outcome.final) == (["a"], True)


# Without a stream


def test_a_failure_of_a_request_that_is_not_streamed_is_never_final():
    assert not run(leaf(), error(500), request=CAT).outcome.final


def test_a_request_whose_stream_a_config_forbids_gives_the_finished_picture_alone():
    node = leaf(drop_params=("stream", "partial_images"))

    result = watched(node, 200)

    assert isinstance(result.outcome, Success)
    assert result.places == []


def test_a_stream_that_a_config_asks_for_is_read_to_its_picture():
    node = leaf(override_params={"stream": True})

    assert run(node, stream_answer(2), request=CAT).status == 200


def test_a_place_in_a_limit_is_kept_until_the_stream_has_ended():
    async def main():
        node = showing(target(limit=LimitSettings(concurrency=1)))
        sender, shared = Scripted(*[stream_answer(1, every=1.0)] * 2), Shared()
        runs = await asyncio.gather(*(watch(node, sender, shared=shared) for _ in range(2)))
        return sender.times, [one.attempts[0].waited for one in runs]

    assert simulate(main) == ([0.0, 2.0], [0.0, 2.0])


@pytest.mark.parametrize(
    ("partials", "notes"), [(2, ("partial_images 2 dropped (no stream is asked for)",)), (0, ())]
)
@pytest.mark.parametrize("said", [{}, {"stream": False}, {"stream": None}])
def test_without_a_stream_no_partial_pictures_are_asked_for(said, partials, notes):
    asked = {**CAT.params, **said, "partial_images": partials}

    result = run(leaf(), 200, request=CAT.with_params(asked))

    assert "partial_images" not in body_of(result.sender.requests[0])
    assert result.attempts[0].adaptations == notes
