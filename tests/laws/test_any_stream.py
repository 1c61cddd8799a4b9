"""Laws of streams that hold whatever providers do: who is asked, what is shown, how it ends."""

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from router.core.http import HttpResponse, TransportError
from router.core.outcome import Failure, Kind
from router.testing import Scripted, Streamed, simulate, stream_event
from tests.streaming import Shows, StreamingProviders, asking, showing, watch
from tests.toys import REFUSAL, Toy, balance, breaker, budget, fallback, retry, target

NEVER = 10_000.0  # seconds: longer than any timeout here
COMPLETED = stream_event("image_generation.completed", usage={"total_tokens": 10})
PIECES = {
    **{
        f"partial {index}": stream_event(
            "image_generation.partial_image", index + 1, partial_image_index=index
        )
        for index in range(3)
    },
    "comment": b": keep-alive\n\n",
    "other": b"data: {}\n\n",
    "soon": 0.5,
    "later": 2.0,
    "never": NEVER,
    "completed": COMPLETED,
    "done": b"data: [DONE]\n\n",
    "cut": COMPLETED[:100],
    "lost": TransportError("lost", sent=True),
    "html": b"data: <html>\n\n",
    "overloaded": b'data: {"error": {"code": "server_is_overloaded"}}\n\n',
    "blocked": b'data: {"error": {"code": "moderation_blocked"}}\n\n',
    "no picture": b'data: {"type": "image_generation.completed"}\n\n',
    "the end": b"",
}
ENDS = ["completed", "the end", "done", "never", "cut", "lost", "html", "overloaded", "blocked"]
WHOLE = {
    "picture": 200,
    "429": 429,
    "503": 503,
    "late": (NEVER, 200),
    "refusal": REFUSAL,
    "refused": TransportError("refused", sent=False),
    "reset": TransportError("lost", sent=True),
    "nothing": HttpResponse(status=200, body=b'{"created": 1, "data": []}'),
}
FILLER = st.lists(st.sampled_from(["comment", "other", "soon", "later"]), max_size=2)
ALL_KINDS = frozenset(Kind)


@st.composite
def streams(draw):
    """Draw an answer that is a stream, by the names of its pieces."""
    shown = [f"partial {index}" for index in range(draw(st.integers(0, 3)))]
    names = [name for one in shown for name in (*draw(FILLER), one)]
    return (*names, *draw(FILLER), draw(st.sampled_from([*ENDS, "no picture"])))


STEPS = st.lists(st.one_of(streams(), st.sampled_from(sorted(WHOLE))), min_size=8, max_size=8)


def played(step):
    """Return what a drawn name, or the names of a stream's pieces, stand for."""
    return WHOLE[step] if isinstance(step, str) else Streamed(tuple(PIECES[name] for name in step))


@st.composite
def routes(draw):
    """Draw a group of two targets, with whatever policies."""

    def one(provider):
        return target(
            provider,
            timeout=draw(st.none() | st.just(3.0)),
            retry=draw(st.none() | st.just(retry(1, kinds=ALL_KINDS))),
            breaker=draw(st.none() | st.just(breaker(1))),
        )

    kind = draw(st.sampled_from([fallback, balance]))
    more = {"failover": True} if kind is balance else {}
    bound = draw(st.sampled_from([None, budget(attempts=2), budget(deadline=20.0)]))
    return kind(one("a"), one("b"), refusals=draw(st.booleans()), budget=bound, **more)


def ran(route, a, b, request, takes, can):
    """Stream one request; return what was seen, and how much is still under way after it."""

    async def main():
        senders = {"a": Scripted(*map(played, a)), "b": Scripted(*map(played, b))}
        node = showing(route, b=Shows("b") if can else Toy("b"))
        seen = await watch(node, StreamingProviders(**senders), request, takes=takes)
        left = sum(sender.streaming for sender in senders.values()), len(asyncio.all_tasks())
        return seen, left

    return simulate(main)


worlds = given(
    routes(), STEPS, STEPS, st.sampled_from([0.0, 5.0]), st.booleans(), st.sampled_from([1, 2])
)


@worlds
def test_whatever_happens_a_stream_keeps_its_laws(route, a, b, takes, can, n):
    seen, left = ran(route, a, b, asking(n=n), takes, can)

    assert left == (0, 1)
    assert all(attempt.status for attempt in seen.attempts)
    assert all(0 <= partial.place < n for partial in seen.partials)
    if isinstance(seen.outcome, Failure):
        assert not seen.outcome.final or seen.partials
    else:
        assert len(seen.outcome.pictures.data) == n


@worlds
def test_after_the_first_picture_no_other_target_is_asked(route, a, b, takes, can, n):
    seen, _ = ran(route, a, b, asking(n=n), takes, can)

    late = [one.path for one in seen.attempts if seen.times and one.started > seen.times[0]]
    assert len(set(late)) <= 1
    assert n > 1 or not late


@worlds
def test_a_call_that_is_not_streamed_shows_nothing_and_is_never_final(route, a, b, takes, can, n):
    plain = asking(n=n, stream=None, partial_images=None)

    seen, left = ran(route, a, b, plain, takes, can)

    assert left == (0, 1)
    assert seen.partials == ()
    assert not (isinstance(seen.outcome, Failure) and seen.outcome.final)


@worlds
def test_the_pictures_of_each_place_come_in_their_order(route, a, b, takes, can, n):
    seen, _ = ran(route, a, b, asking(n=n), takes, can)

    for place in range(n):
        indexes = [partial.index for partial in seen.partials if partial.place == place]
        assert indexes == list(range(len(indexes)))
