"""Findings: a problem fits the terminal, its mark stays under its spot, and none is told twice."""

from dataclasses import replace

import click
from hypothesis import given
from hypothesis import strategies as st

from router.cli.findings import GUTTER, as_json, show, unique
from router.config.problems import Problem

LINE = "    retrry: {attempts: 3}  # as often as the provider may be asked again"

PROBLEM = Problem(
    message="unknown key 'retrry'",
    place="config.targets[0]",
    hint="did you mean 'retry'?",
    code="schema",
    file="configs/prod.yaml",
    line=7,
    column=5,
    excerpt=("  - provider: openai", LINE),
    width=6,
)


def shown(problem, width):
    """Return the lines as a terminal shows them, without colours."""
    return click.unstyle(show(problem, width)).split("\n")


def below(lines):
    """Return the excerpt's last line, and the line with the mark under it."""
    at = next(at for at, line in enumerate(lines) if "^" in line)
    return lines[at - 1][GUTTER:], lines[at][GUTTER:]


def test_without_a_width_nothing_is_folded_or_cut():
    assert shown(PROBLEM, None) == [
        "configs/prod.yaml:7:5  error  unknown key 'retrry'",
        "    6 │   - provider: openai",
        f"    7 │ {LINE}",
        "      │     ^^^^^^ config.targets[0]: did you mean 'retry'?",
    ]


def test_a_remark_that_is_too_long_stands_below_its_mark():
    assert shown(PROBLEM, 44)[-4:] == [
        "    7 │     retrry: {attempts: 3}  # as ofte",
        "      │     ^^^^^^",
        "      │ config.targets[0]: did you mean",
        "      │ 'retry'?",
    ]


def test_a_spot_far_to_the_right_is_brought_into_view():
    far = replace(PROBLEM, column=LINE.index("provider") + 1, width=8)

    line, mark = below(shown(far, 40))

    assert line[mark.index("^") :][:8] == "provider"


@given(column=st.integers(1, len(LINE)), width=st.integers(1, 60), room=st.integers(30, 120))
def test_the_mark_is_under_its_spot_at_any_width(column, width, room):
    problem = replace(PROBLEM, column=column, width=width)

    line, mark = below(shown(problem, room))

    spot = LINE[column - 1 : column - 1 + mark.count("^")]
    assert line[mark.index("^") :].startswith(spot.rstrip())
    assert 0 < mark.count("^") <= width


words = st.text(alphabet="abcdefgh -[]", max_size=80).map(str.strip)


@given(room=st.integers(30, 120), message=words, hint=words, column=st.none() | st.integers(1, 70))
def test_every_line_fits(room, message, hint, column):
    problem = replace(PROBLEM, message=message, hint=hint, column=column)

    assert max(map(len, shown(problem, room))) <= room


def test_a_place_without_lines_is_told_in_a_remark():
    nowhere = replace(PROBLEM, file=None, line=None, column=None, excerpt=())

    assert shown(nowhere, 60) == [
        "error  unknown key 'retrry'",
        "      │ config.targets[0]: did you mean 'retry'?",
    ]


def test_an_error_is_red_and_a_warning_is_yellow():
    assert "\x1b[31m\x1b[1merror\x1b[0m" in show(PROBLEM, 60)
    assert "\x1b[33m\x1b[1mwarning\x1b[0m" in show(replace(PROBLEM, severity="warning"), 60)


def test_a_head_that_is_folded_behind_its_severity_is_painted_too():
    far = replace(PROBLEM, file="a/" * 14 + "b.yaml")

    assert "\x1b[31m\x1b[1merror\x1b[0m" in show(far, 44)


def test_a_code_is_shown_where_it_is_asked_for_and_is_faint():
    told = show(replace(PROBLEM, severity="note"), None, coded=True)

    assert "\x1b[1mnote\x1b[0m" in told
    assert "\x1b[2m[schema]\x1b[0m" in told
    assert "schema" not in show(PROBLEM, None)


def test_what_is_found_twice_is_told_once_and_as_an_error_if_it_is_one():
    warning = replace(PROBLEM, severity="warning")
    other = replace(PROBLEM, message="another")

    assert unique([warning, other, PROBLEM, warning]) == [PROBLEM, other]


def test_an_object_has_every_field_of_a_problem():
    assert as_json(PROBLEM) == {
        "message": "unknown key 'retrry'",
        "place": "config.targets[0]",
        "hint": "did you mean 'retry'?",
        "code": "schema",
        "harm": "",
        "severity": "error",
        "file": "configs/prod.yaml",
        "line": 7,
        "column": 5,
        "excerpt": list(PROBLEM.excerpt),
        "width": 6,
        "fix": None,
        "unfixed": "",
        "meant": None,
    }
