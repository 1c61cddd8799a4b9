import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import HttpResponse
from router.sandbox.course import STEPS, Piece, course_of, play, trickled
from router.sandbox.fault import FaultKind
from router.testing import simulate

EVENTS = st.lists(
    st.binary(min_size=2, max_size=30).filter(lambda event: b"\n" not in event), max_size=6
)


def body_of(events):
    return b"".join(event + b"\n\n" for event in events)


def course(events, manner=None, *, seconds=0.0, span=0.0):
    return course_of(
        HttpResponse(status=200, body=body_of(events)), manner, seconds=seconds, span=span
    )


def joined(pieces):
    return b"".join(piece.content for piece in pieces)


@given(EVENTS, st.floats(0, 100))
def test_events_come_whole_one_after_the_other_and_the_last_ends_the_span(events, span):
    found = course(events, span=span)

    assert [piece.content for piece in found.pieces] == [event + b"\n\n" for event in events]
    times = [piece.at for piece in found.pieces]
    assert times == sorted(times)
    assert not times or times[-1] == pytest.approx(span)
    assert not found.breaks


def test_events_come_evenly():
    assert [piece.at for piece in course([b"1", b"2", b"3", b"4"], span=8.0).pieces] == [2, 4, 6, 8]


def test_without_a_span_all_events_come_at_once():
    assert {piece.at for piece in course([b"1", b"2"]).pieces} == {0.0}


@given(EVENTS)
def test_what_is_cut_breaks_off_within_an_event_after_the_first_half(events):
    found = course(events, FaultKind.CUT)

    whole = len(events) // 2
    came = joined(found.pieces)
    assert found.breaks
    assert body_of(events).startswith(came)
    assert came.count(b"\n\n") == whole
    assert not events or len(body_of(events[:whole])) < len(came)


@given(EVENTS, st.floats(0, 100), st.floats(0, 100))
def test_a_trickle_arrives_whole_over_its_time_after_the_span(events, seconds, span):
    found = course(events, FaultKind.TRICKLE, seconds=seconds, span=span)

    assert joined(found.pieces) == body_of(events)
    assert len(found.pieces) <= STEPS
    assert all(span <= piece.at <= span + seconds * 1.001 for piece in found.pieces)
    assert not found.breaks


def test_a_trickle_comes_in_even_pieces():
    assert list(trickled(b"x" * 40, 20.0, 5.0))[:2] == [Piece(b"xx", 6.0), Piece(b"xx", 7.0)]


@given(EVENTS)
def test_a_wrong_length_loses_the_second_half_and_breaks_nothing(events):
    found = course(events, FaultKind.WRONG_LENGTH, span=3.0)

    assert joined(found.pieces) == body_of(events)[: len(body_of(events)) // 2]
    assert not found.breaks


@pytest.mark.parametrize("manner", [None, FaultKind.DELAY, FaultKind.EMPTY, FaultKind.TRUNCATED])
def test_other_faults_are_none_of_the_ways(manner):
    assert course([b"1", b"2"], manner) == course([b"1", b"2"])


def test_pieces_are_played_in_their_time():
    async def main():
        pieces = [Piece(b"1", 2.0), Piece(b"2", 2.0), Piece(b"3", 5.0)]
        return [(content, anyio.current_time()) async for content in play(pieces)]

    assert simulate(main) == [(b"1", 2.0), (b"2", 2.0), (b"3", 5.0)]


def test_who_is_slow_to_take_a_piece_does_not_hold_up_the_others():
    async def main():
        times = []
        async for _ in play([Piece(b"1", 1.0), Piece(b"2", 2.0), Piece(b"3", 30.0)]):
            times.append(anyio.current_time())
            await anyio.sleep(10)
        return times

    assert simulate(main) == [1.0, 11.0, 30.0]
