"""W3C trace context: what is taken in, what is passed on, and what is ignored."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.exchange import TraceContext
from router.gateway.trace_context import outgoing, read

TRACE = "0af7651916cd43dd8448eb211c80319c"
SPAN = "b7ad6b7169203331"
GIVEN = f"00-{TRACE}-{SPAN}-01"


def hexadecimal(digits):
    number = st.integers(min_value=1, max_value=16**digits - 1)
    return number.map(lambda n: f"{n:0{digits}x}")


PRINTABLE = "".join(chr(code) for code in range(0x20, 0x7F) if chr(code) not in ",=")
SIMPLE_KEY = r"[a-z][a-z0-9_*/-]{0,20}"
TENANT_KEY = r"[a-z0-9][a-z0-9_*/-]{0,20}@[a-z][a-z0-9_*/-]{0,13}"
KEYS = st.from_regex(f"({SIMPLE_KEY}|{TENANT_KEY})", fullmatch=True)
VALUES = st.text(PRINTABLE, min_size=1, max_size=20).filter(lambda text: text[-1] != " ")
STATES = st.dictionaries(KEYS, VALUES, max_size=32).map(
    lambda members: ",".join(f"{key}={value}" for key, value in members.items())
)
CONTEXTS = st.builds(
    TraceContext,
    trace=hexadecimal(32),
    span=hexadecimal(16),
    sampled=st.booleans(),
    state=STATES,
)


def state_of(text):
    return read({"traceparent": GIVEN, "tracestate": text}, "seed").state


@given(CONTEXTS, st.text())
def test_what_is_passed_on_is_read_as_the_same_trace_with_our_span_above(context, seed):
    found = read(outgoing(context), seed)

    assert (found.trace, found.parent) == (context.trace, context.span)
    assert (found.sampled, found.state) == (context.sampled, context.state)


@given(st.text())
def test_a_request_without_headers_begins_a_trace_that_others_can_read(seed):
    context = read({}, seed)

    assert context.parent is None
    assert context.sampled
    assert read(outgoing(context), "next").trace == context.trace


@given(st.text(), st.text(), st.sampled_from([{}, {"traceparent": GIVEN}]))
def test_the_seed_alone_decides_which_span_a_request_is(one, other, headers):
    same = read(headers, one).span == read(headers, other).span

    assert same == (one == other)


@given(st.text(max_size=80))
def test_a_header_that_is_no_traceparent_is_as_none_at_all(text):
    assert read({"traceparent": text, "tracestate": "a=1"}, "seed") == read({}, "seed")


@pytest.mark.parametrize(
    "header",
    [
        pytest.param("", id="empty"),
        pytest.param(f"ff-{TRACE}-{SPAN}-01", id="the version that never will be"),
        pytest.param(f"00-{'0' * 32}-{SPAN}-01", id="a trace of zeros"),
        pytest.param(f"00-{TRACE}-{'0' * 16}-01", id="a span of zeros"),
        pytest.param(f"00-{TRACE.upper()}-{SPAN}-01", id="upper case"),
        pytest.param(f"00-{TRACE[:-1]}-{SPAN}-01", id="a short trace"),
        pytest.param(f"00-{TRACE}-{SPAN}0-01", id="a long span"),
        pytest.param(f"00-{TRACE}-{SPAN}-1", id="half of the flags"),
        pytest.param(f"00-{TRACE}-{SPAN}", id="no flags"),
        pytest.param(f"{GIVEN}-more", id="more than version 0 has"),
        pytest.param(f"{GIVEN}-", id="a dash too many"),
        pytest.param(f"{GIVEN}\n", id="a line feed"),
        pytest.param(f"01-{TRACE}-{SPAN}-01more", id="a later version without a dash"),
        pytest.param(f"{GIVEN},{GIVEN}", id="two headers"),
        pytest.param(f"01-{TRACE}-{SPAN}-01,{GIVEN}", id="two headers of a later version"),
        pytest.param(f"0\u0660-{TRACE}-{SPAN}-01", id="digits of another script"),
    ],
)
def test_a_malformed_traceparent_is_ignored_with_its_state(header):
    assert read({"traceparent": header, "tracestate": "a=1"}, "seed") == read({}, "seed")


@pytest.mark.parametrize("more", ["", "-", "-and what the future brings"])
def test_later_versions_are_taken_by_their_first_four_fields(more):
    context = read({"traceparent": f"cc-{TRACE}-{SPAN}-01{more}"}, "seed")

    assert (context.trace, context.parent, context.sampled) == (TRACE, SPAN, True)
    assert outgoing(context)["traceparent"].startswith("00-")


@pytest.mark.parametrize(
    ("flags", "sampled"), [("00", False), ("01", True), ("fe", False), ("ff", True)]
)
def test_only_the_last_bit_says_whether_a_trace_is_sampled(flags, sampled):
    context = read({"traceparent": f"00-{TRACE}-{SPAN}-{flags}"}, "seed")

    assert context.sampled is sampled
    assert outgoing(context)["traceparent"].endswith("-01" if sampled else "-00")


def test_blanks_around_a_header_are_no_part_of_it():
    assert read({"traceparent": f" \t{GIVEN} "}, "seed") == read({"traceparent": GIVEN}, "seed")


def test_gateways_behind_one_another_are_different_spans_for_one_seed():
    outer = read({}, "seed")
    inner = read(outgoing(outer), "seed")

    assert inner.parent == outer.span
    assert inner.span != outer.span


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a=1", "a=1"),
        ("a=1,b=2", "a=1,b=2"),
        (" a=1 ,\tb=2,, ", "a=1,b=2"),
        ("tenant@vendor=x y", "tenant@vendor=x y"),
        ("0tenant@vendor=1", "0tenant@vendor=1"),
        ("", ""),
    ],
)
def test_a_state_is_passed_on_member_by_member(text, kept):
    assert state_of(text) == kept


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a", id="no value"),
        pytest.param("a=", id="an empty value"),
        pytest.param("A=1", id="upper case"),
        pytest.param("0a=1", id="a digit first"),
        pytest.param("a b=1", id="a blank in a key"),
        pytest.param("a =1", id="a blank after a key"),
        pytest.param("a=1=2", id="a second equals sign"),
        pytest.param("a=é", id="not ASCII"),
        pytest.param("a=1\n", id="a line feed"),
        pytest.param("a@b@c=1", id="two at signs"),
        pytest.param("a=1,b=2,a=3", id="a key twice"),
        pytest.param(f"{'a' * 257}=1", id="a long key"),
        pytest.param(f"a={'x' * 257}", id="a long value"),
        pytest.param(",".join(f"k{n}=1" for n in range(33)), id="too many"),
    ],
)
def test_a_malformed_state_is_dropped_whole_and_the_trace_is_kept(text):
    context = read({"traceparent": GIVEN, "tracestate": text}, "seed")

    assert (context.trace, context.state) == (TRACE, "")
    assert "tracestate" not in outgoing(context)
