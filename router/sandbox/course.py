"""Course: an answer of server-sent events on its way: what comes when, and what breaks it off."""

from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass

import anyio

from router.core.http import HttpResponse
from router.sandbox.fault import FaultKind

END = b"\n\n"
STEPS = 20
"""Pieces that a trickle comes in."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some bytes, and when they come, in seconds since the answer began."""

    content: bytes
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """With `breaks` the connection is gone after the last piece."""

    pieces: tuple[Piece, ...]
    breaks: bool = False


def course_of(
    response: HttpResponse, manner: FaultKind | None, *, seconds: float, span: float
) -> Course:
    """Spread events evenly over `span` seconds, so that the last one ends it.

    A trickle takes `seconds` longer, and knows no events. What is cut breaks off within the event
    after the first half of them.
    """
    if manner is FaultKind.TRICKLE:
        return Course(pieces=tuple(trickled(response.body, seconds, span)))
    if manner is FaultKind.WRONG_LENGTH:
        return Course(pieces=(Piece(response.body[: len(response.body) // 2], span),))
    events = [event + END for event in response.body.split(END) if event]
    step = span / len(events) if events else 0.0
    pieces = tuple(Piece(event, step * number) for number, event in enumerate(events, 1))
    if manner is not FaultKind.CUT:
        return Course(pieces=pieces)
    whole = pieces[: len(pieces) // 2]
    torn = [
        Piece(one.content[: len(one.content) // 2], one.at)
        for one in pieces[len(whole) : len(whole) + 1]
    ]
    return Course(pieces=(*whole, *torn), breaks=True)


def trickled(body: bytes, seconds: float, begin: float = 0.0) -> Iterator[Piece]:
    """Cut a body into pieces that come evenly over `seconds`, from `begin` on."""
    size = -(-len(body) // STEPS) or 1
    for number, start in enumerate(range(0, len(body), size), 1):
        yield Piece(body[start : start + size], begin + number * seconds / STEPS)


async def play(pieces: Iterable[Piece]) -> AsyncGenerator[bytes, None]:
    """Yield each piece in its time; who is slow to take one does not hold up those behind it."""
    began = anyio.current_time()
    for piece in pieces:
        await anyio.sleep_until(began + piece.at)
        yield piece.content
