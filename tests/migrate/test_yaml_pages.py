"""A page of YAML says what its blocks say, whatever words and comments are in them."""

from hypothesis import given, settings
from hypothesis import strategies as st

from router.config.load import load_text
from router.config.report import Report
from router.migrate.block import Block, as_json
from router.migrate.page import WIDTH, once, page

ODD_WORDS = st.sampled_from(
    [
        *("on", "no", "~", "null", "1e3", "0o7", "12:30:30", "2024-10-21", "a: b", "# c", "- d"),
        *("", " f ", "g\n", "<<", "!h", "&i", "*j", "%k", "|", "'", '"', "\\", "${L}", "{", "@e"),
        *("\x85", "\u2028", "\x7f", "key:", "?", "=", "*", "\N{GRINNING FACE}"),
    ]
)
TEXTS = ODD_WORDS | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
NUMBERS = st.integers(-(10**9), 10**9) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)


@st.composite
def blocks(draw, depth=2):
    """Draw a block with comments, and blocks in it."""
    block = Block(loose=draw(st.lists(TEXTS, max_size=1)))
    for key in draw(st.lists(TEXTS, min_size=1, max_size=3, unique=True)):
        values = VALUES
        if depth:
            inner = blocks(depth - 1)
            values = values | inner | st.lists(inner, min_size=1, max_size=2)
        block.put(key, draw(values), *draw(st.lists(TEXTS, max_size=1)))
    return block


def read(text):
    report = Report()
    source = load_text(text, report, root="config")
    assert report.problems == ()
    return source.value


@given(block=blocks(), heading=st.lists(TEXTS, max_size=2))
@settings(max_examples=150, deadline=None)
def test_a_page_is_read_as_it_was_written(block, heading):
    expected = as_json(block)

    assert read(page(block, heading)) == expected


def test_small_mappings_stand_on_one_line_and_those_with_keys_do_not():
    block = Block()
    block.put("retry", {"attempts": 2})
    block.put("main", {"provider": "openai", "api_key": "${OPENAI_API_KEY}"})
    block.put("long", {"words": ["and so on"] * 20})

    assert page(block, ["Heading."]).splitlines() == [
        "# Heading.",
        "",
        "retry: {attempts: 2}",
        "main:",
        "  provider: openai",
        "  api_key: ${OPENAI_API_KEY}",
        "long:",
        "  words:",
        *['    - "and so on"'] * 20,
    ]


def test_comments_stand_above_what_they_are_about_and_are_folded():
    target, block = Block(loose=["of the target"]), Block()
    target.put("provider", "openai", "of the provider " * 10)
    block.put("targets", [target])

    lines = page(block, []).splitlines()

    assert lines[:3] == ["targets:", "  # of the target", lines[2]]
    assert lines[-1] == "  - provider: openai"
    assert all(len(line) <= WIDTH for line in lines)


def test_what_is_said_twice_is_written_once():
    first, second, block = Block(), Block(), Block()
    for target in (first, second):
        target.put("provider", "openai", "the same")
    block.put("targets", [first, second])

    once(block, set())

    assert page(block, []).count("the same") == 1
