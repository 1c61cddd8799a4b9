"""Header values: lists and mappings in every spelling that clients and pages have."""

import json
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.header_values import LONGEST, list_in, mapping_in, plain
from router.gateway.refusal import Refusal

KEYS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**63) | KEYS
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3)
)
MAPPINGS = st.dictionaries(KEYS, VALUES, max_size=4)


@given(MAPPINGS, st.booleans())
def test_a_mapping_reads_as_it_was_written_in_json(value, ascii_only):
    text = json.dumps(value, ensure_ascii=ascii_only)

    assert mapping_in("x", text) == value


@given(MAPPINGS)
def test_a_mapping_reads_as_python_prints_it(value):
    assert mapping_in("x", str(value)) == value


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nothing",
        "[1, 2]",
        '"text"',
        "{",
        "{'a': print()}",
        "{'a': __import__('os')}",
        "{'a': b'bytes'}",
        "{'a': 1j}",
        "{'a': {1, 2}}",
        "{'a': ...}",
        f"{{'a': 0x{'f' * 6000}}}",
        f"{{'a': {'9' * 6000}}}",
        "[" * 30_000,
        "{'a':" * 9_000,
        "-" * 30_000 + "1",
        json.dumps({"a": "x" * LONGEST}),
    ],
    ids=lambda text: text[:20],
)
def test_what_is_no_mapping_is_refused(text):
    with pytest.raises(Refusal) as refused:
        mapping_in("x-portkey-metadata", text)

    assert refused.value.status == 400
    assert "x-portkey-metadata" in refused.value.message


@given(st.text(max_size=60))
def test_whatever_comes_is_a_mapping_or_refused(text):
    try:
        value = mapping_in("x", text)
    except Refusal:
        return
    assert all(isinstance(key, str) for key in value)


def test_a_stray_backslash_warns_nobody():
    with warnings.catch_warnings():
        warnings.simplefilter("error")

        assert mapping_in("x", r"{'a': '\d'}") == {"a": r"\d"}


@pytest.mark.parametrize(
    "text",
    [
        '["X-One", "x_two"]',
        "['X-One', 'x_two']",
        "('X-One', 'x_two')",
        "X-One,x_two",
        " X-One , x_two, ",
        "[ 'X-One' ,'x_two' ]",
    ],
)
def test_a_list_reads_the_same_in_every_spelling(text):
    names = list_in(text)

    if not text.startswith("("):
        assert names == ("X-One", "x_two")
    assert [plain(name).strip("('\")") for name in names] == ["xone", "xtwo"]


@pytest.mark.parametrize("text", ["", ",", " , ,", "[]", "['']"])
def test_a_list_of_nothing_has_nothing_in_it(text):
    assert list_in(text) == ()


@given(st.text(max_size=40))
def test_whatever_comes_is_a_list_of_names(text):
    assert all(name == name.strip() and name for name in list_in(text))


@pytest.mark.parametrize("name", ["X-My-Header", "x-my-header", "xMyHeader", "x_my_header"])
def test_names_match_whatever_their_case_and_dashes(name):
    assert plain(name) == "xmyheader"
