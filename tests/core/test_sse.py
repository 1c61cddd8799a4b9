import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from router.core.events import Event
from router.core.sse import EventReader, EventTooLargeError


def read(*pieces, largest=10_000):
    """Return the events of a whole stream as (name, data), and whether it said that it is over."""
    reader = EventReader(largest)
    events = [event for piece in pieces for event in reader.feed(piece)]
    events += reader.finish()
    return [(event.name, event.data) for event in events], reader.ended


def events_in(*pieces):
    return read(*pieces)[0]


def message(*lines):
    """Return the data of the one event that these lines make."""
    ((_, data),) = events_in("\n".join([*lines, "", ""]).encode())
    return data


# One event


def test_an_event_has_the_name_and_the_data_of_its_lines():
    assert events_in(b"event: image\ndata: {}\n\n") == [("image", b"{}")]


def test_an_event_without_a_name_is_a_message():
    assert events_in(b"data: {}\n\n") == [("message", b"{}")]


def test_a_name_holds_for_one_event_alone():
    stream = b"event: image\ndata: 1\n\ndata: 2\n\n"

    assert events_in(stream) == [("image", b"1"), ("message", b"2")]


def test_the_last_name_of_an_event_counts():
    assert events_in(b"event: one\nevent: two\ndata: 1\n\n") == [("two", b"1")]


def test_data_of_several_lines_is_joined_by_line_feeds():
    assert message("data: one", "data: two", "data: three") == b"one\ntwo\nthree"


def test_an_empty_line_of_data_is_a_line():
    assert message("data: one", "data:", "data", "data: two") == b"one\n\n\ntwo"


@pytest.mark.parametrize(
    ("line", "data"),
    [
        ("data:x", b"x"),
        ("data: x", b"x"),
        ("data:  x", b" x"),
        ("data: x ", b"x "),
        ("data:\tx", b"\tx"),
        ("data: a: b", b"a: b"),
        ("data", b""),
    ],
)
def test_one_space_after_the_colon_is_no_data(line, data):
    assert message(line) == data


@pytest.mark.parametrize(
    "line", [":", ": keep-alive", ":data: no", "id: 7", "retry: 10", "DATA: no", " data: no", "x"]
)
def test_comments_and_other_fields_are_passed_over(line):
    assert message("data: one", line, "data: two") == b"one\ntwo"


def test_an_event_without_data_is_none():
    assert events_in(b"event: ping\n\n: comment\n\nid: 1\n\n\n\n") == []


def test_a_name_that_is_not_utf_8_is_read_as_far_as_it_goes():
    assert events_in(b"event: caf\xe9\ndata: 1\n\n") == [("caf�", b"1")]


def test_data_is_never_decoded():
    assert message_of(b"\xff\x00\xfe") == b"\xff\x00\xfe"


def message_of(data):
    ((_, found),) = events_in(b"data: " + data + b"\n\n")
    return found


@pytest.mark.parametrize("mark", [b"\x0b", b"\x0c", b"\x1c", "\u2028".encode(), b"\x85"])
def test_only_line_feeds_and_carriage_returns_end_lines(mark):
    data = b"one" + mark + b"two"

    assert message_of(data) == data


# How lines end


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"], ids=["LF", "CRLF", "CR"])
def test_lines_may_end_in_three_ways(end):
    stream = end.join([b"event: image", b"data: 1", b"data: 2", b"", b"data: 3", b"", b""])

    assert events_in(stream) == [("image", b"1\n2"), ("message", b"3")]


def test_the_ways_may_be_mixed():
    assert events_in(b"data: 1\r\ndata: 2\rdata: 3\n\r\ndata: 4\n\n") == [
        ("message", b"1\n2\n3"),
        ("message", b"4"),
    ]


def test_a_line_end_that_is_split_is_one_line_end():
    assert events_in(b"data: 1\r", b"\ndata: 2\r", b"\n\r", b"\n") == [("message", b"1\n2")]


def test_an_empty_piece_between_the_halves_of_a_line_end_changes_nothing():
    assert events_in(b"data: 1\r", b"", b"\ndata: 2\n\n") == [("message", b"1\n2")]


def test_an_event_is_handed_over_with_the_byte_that_ends_it():
    reader = EventReader()

    assert reader.feed(b"data: 1\r\n\r") == [Event(name="message", data=b"1")]
    assert reader.feed(b"\n") == []


def test_one_piece_may_hold_several_events():
    assert len(EventReader().feed(b"data: 1\n\ndata: 2\n\ndata: 3\n")) == 2


# Where a stream begins and ends


def test_a_byte_order_mark_at_the_beginning_means_nothing():
    assert events_in(b"\xef\xbb\xbfdata: 1\n\n") == [("message", b"1")]


def test_a_byte_order_mark_may_come_in_pieces():
    assert events_in(b"\xef", b"\xbb", b"\xbfdata: 1\n\n") == [("message", b"1")]


def test_a_byte_order_mark_elsewhere_is_no_mark():
    mark = b"\xef\xbb\xbf"

    assert events_in(mark + mark + b"data: 1\n\n" + mark + b"data: 2\n\ndata: 3\n\n") == [
        ("message", b"3")
    ]


@pytest.mark.parametrize("rest", [b"", b"\n", b"\r", b"\r\n"])
def test_the_last_event_may_lack_the_blank_line_behind_it(rest):
    assert events_in(b"event: image\ndata: 1" + rest) == [("image", b"1")]


def test_an_empty_stream_has_no_events():
    assert read() == ([], False)


@pytest.mark.parametrize("done", [b"data: [DONE]", b"data:[DONE]", b"data: [DONE] "])
def test_done_ends_a_stream_and_is_no_event(done):
    assert read(b"data: 1\n\n" + done + b"\n\ndata: 2\n\n") == ([("message", b"1")], True)


def test_what_comes_after_done_is_not_read():
    reader = EventReader(largest=100)
    reader.feed(b"data: [DONE]\n\n")

    assert reader.feed(b"data: " + b"x" * 1000 + b"\n\n") == []


def test_data_that_only_mentions_done_is_an_event():
    assert read(b"data: [DONE] [DONE]\n\n") == ([("message", b"[DONE] [DONE]")], False)


# Too much


def test_an_event_may_be_as_large_as_is_allowed_and_so_may_the_next():
    event = b"data: " + b"x" * 92 + b"\n\n"
    reader = EventReader(largest=len(event))

    assert [len(reader.feed(event)) for _ in range(3)] == [1, 1, 1]


def test_an_event_of_one_byte_more_is_too_large():
    event = b"data: " + b"x" * 92 + b"\n\n"

    with pytest.raises(EventTooLargeError):
        EventReader(largest=len(event) - 1).feed(event)


@pytest.mark.parametrize(
    "stream",
    [
        pytest.param([b"data: " + b"x" * 100], id="a line that never ends"),
        pytest.param([b"x" * 60, b"x" * 60], id="in pieces"),
        pytest.param([b"data: xxx\n"] * 20, id="many lines of data"),
        pytest.param([b":" + b"x" * 100 + b"\n"], id="a comment"),
        pytest.param([b"event: " + b"x" * 100], id="a name"),
    ],
)
def test_an_event_that_is_too_large_is_an_error(stream):
    with pytest.raises(EventTooLargeError, match="an event is larger than 100 bytes"):
        read(*stream, largest=100)


def test_comments_between_do_not_add_up():
    pieces = [b": keep-alive\n"] * 100

    assert read(b"data: 1\n", *pieces, b"\n", largest=100)[0] == [("message", b"1")]


def test_events_do_not_add_up():
    stream = b"data: " + b"x" * 80 + b"\n\n"

    assert len(read(*[stream] * 50, largest=100)[0]) == 50


def test_the_usual_bound_leaves_room_for_a_large_picture():
    data = b"x" * 1024 * 1024

    assert EventReader().feed(b"data: " + data + b"\n\n")[0].data == data


# Any stream


LINES = st.sampled_from(
    [
        b"",
        b"",
        b"data: 1",
        b"data:",
        b"data",
        b"data: \xc3\xa9\xef\xbb\xbf",
        b"event: image",
        b"event",
        b": comment",
        b"id: 1",
        b"data: [DONE]",
        b"\xef\xbb\xbfdata: 2",
    ]
)
STREAMS = st.lists(st.tuples(LINES, st.sampled_from([b"\n", b"\r", b"\r\n"])), max_size=12).map(
    lambda lines: b"".join(line + end for line, end in lines)
)


def cut(stream, places):
    """Cut a stream into pieces at these places."""
    at = sorted(place % (len(stream) + 1) for place in places)
    return [stream[a:b] for a, b in zip([0, *at], [*at, len(stream)], strict=True)]


@given(STREAMS, st.lists(st.integers(0, 500), max_size=8))
@example(b"data: 1\r\n\r\n", [8, 9, 10])
@example(b"\xef\xbb\xbfdata: 1\n\n", [1, 2, 3])
def test_a_stream_reads_the_same_however_it_is_cut(stream, places):
    assert read(*cut(stream, places)) == read(stream)


@given(STREAMS)
def test_a_stream_reads_the_same_byte_by_byte(stream):
    assert read(*(stream[at : at + 1] for at in range(len(stream)))) == read(stream)


@given(st.binary(max_size=200), st.integers(1, 50))
def test_no_bytes_raise_anything_but_that_they_are_too_many(content, largest):
    try:
        read(content, largest=largest)
    except EventTooLargeError:
        assert len(content) + 2 > largest


@given(st.lists(st.binary(max_size=20).filter(lambda data: not {10, 13} & set(data)), min_size=1))
def test_what_is_written_as_data_is_read_as_data(lines):
    stream = b"".join(b"data: " + line + b"\n" for line in lines) + b"\n"
    joined = b"\n".join(lines)

    assert events_in(stream) == ([] if joined.strip() == b"[DONE]" else [("message", joined)])
