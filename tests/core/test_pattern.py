"""Patterns: which are refused, and how far into a text they look."""

import re
import sys
from types import SimpleNamespace

import pytest

from router.core.pattern import LARGEST, RunawayError, compile_linear, compile_pattern
from router.core.runaway import is_runaway

RUNAWAYS = [
    # a loop in a loop
    r"^(\w+\s?)+$",
    r"(a+)+",
    r"(a*)*b",
    r"(a*a*)*b",
    r"((a*)?b)+$",
    r"(a{1,30}){1,30}$",
    r"(a?b?)*$",
    r"(?i)([a-z]+[A-Z]?)+$",
    r"((?i:[a-z]+)[A-Z]?)+$",
    r"([^x]+[^y]?)+$",
    r"([ж-я]+[\u0430-\u0440]?)+$",
    # alternatives that overlap
    r"(a|a)*b",
    r"(a|b|ab)*c",
    r"(ab{2}|abb)*c",
    r"(.|\s)*x",
    r"(?s)(.|\n)*x",
    r"(\w+|\d+)*x",
    r"(\W+|\S+|\D+)*x",
    # rounds of different length, and many rounds without end
    r"(\w\w?)+!",
    r"(a|a){30}b",
    r"(a?){30}$",
    # in parts that are matched apart
    r"(?=(a+)+b)a",
    r"(?!(a+)+b)a",
    r"x(?>(a+)+b)",
    r"(x(?=(a+)+b))*",
    r"(x(a)?(?(2)b|b+))*",
    r"((a?)\2x?)+",
    # too large to say
    "(" + "|".join(f"{first}{'x' * 20}" for first in "abcdefghijklmnopqrstuvw") + ")*",
]

ORDINARY = [
    "",
    "^$",
    r"^a.*b$",
    r"\s+$",
    r"(?i)\b(logo|icon)\b",
    r"(?i:logo)+",
    r"^gpt-image-\d+(\.\d+)?$",
    r"^\d+(\.\d+)*$",
    r"^\w+(\s\w+)*$",
    r"^/v1/images/gen",
    r"([a-z0-9-]+\.)+[a-z]{2,}",
    r"([A-Z][a-z]+)+$",
    r"^([^,]*,){10}x",
    r"(\d+,\s*)+",
    r'"([^"\\]|\\.)*"',
    r"^(\d{1,3}\.){3}\d{1,3}$",
    r"(\w{4}-){4}\w{12}",
    r"(\w{12}){12}",
    r"(a{3,}b)+",
    r"(ab)+c",
    r"(a|b)*",
    r"(\w|\d)+",
    r"(.|\n)*x",
    r"(foo|for|bar)+",
    r"(cat|category)+",
    r"(^)*",
    r"(\bx)*?",
    r"(?>\w+\s?)+$",
    r"(\w+\s?)++$",
    r"(?:(?!b)\w,)+",
]


@pytest.fixture
def no_re2(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", None)


@pytest.mark.parametrize("pattern", RUNAWAYS)
def test_a_loop_that_takes_one_text_in_two_ways_runs_away(pattern):
    assert is_runaway(re.compile(pattern))


@pytest.mark.parametrize("pattern", ORDINARY)
def test_a_loop_that_takes_every_text_in_one_way_is_ordinary(pattern):
    assert not is_runaway(re.compile(pattern))


@pytest.mark.usefixtures("no_re2")
def test_a_pattern_that_runs_away_is_refused():
    with pytest.raises(RunawayError, match="for ever"):
        compile_pattern(r"(a+)+")


@pytest.mark.parametrize("text", ["(", "(" * 5000, "a{99999999999}"], ids=len)
def test_what_is_no_pattern_is_a_value_error(text):
    with pytest.raises(ValueError, match=r"."):
        compile_pattern(text)


@pytest.mark.usefixtures("no_re2")
def test_without_re2_a_pattern_looks_at_the_first_thousand_characters():
    pattern = compile_pattern("x")

    assert pattern.is_in("." * 999 + "x")
    assert not pattern.is_in("." * 1_000 + "x")


def test_half_a_surrogate_pair_is_a_character_like_others():
    assert compile_pattern("cat$").is_in("\ud83d cat")


class Steady:
    """An engine that says what it was asked, and knows no lookahead."""

    error = KeyError
    Options = SimpleNamespace

    @staticmethod
    def compile(text, options):
        if "(?=" in text:
            raise KeyError(text)
        assert options.log_errors is False
        return SimpleNamespace(search=lambda subject: subject == "steady" or None)


def test_an_engine_that_never_goes_back_is_asked_where_there_is_one(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", Steady)

    pattern = compile_pattern(r"(a+)+")

    assert (pattern.is_in("steady"), pattern.is_in("aaa")) == (True, False)


def test_what_that_engine_cannot_do_is_done_by_pythons_own(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", Steady)

    assert compile_pattern("a(?=b)").is_in("ab")
    with pytest.raises(RunawayError):
        compile_pattern("(?=(a+)+b)")


def test_another_package_of_that_name_is_not_asked(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", SimpleNamespace(compile=None))

    assert compile_pattern("a").is_in("a")


class Linear(Steady):
    """One that tells the size of what it has compiled, and why it cannot."""

    @staticmethod
    def compile(text, options):
        if text in REASONS:
            raise KeyError(*REASONS[text])
        assert (options.log_errors, options.max_mem) == (False, 2**20)
        return SimpleNamespace(
            search=lambda subject: subject == "steady" or None, programsize=len(text)
        )


REASONS = {"bytes": (b"cannot: \xff",), "text": ("cannot",), "nothing": ()}


def test_a_pattern_that_nobody_answers_for_is_compiled_by_that_engine_alone(monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", Linear)

    pattern = compile_linear("a" * LARGEST)

    assert (pattern.is_in("steady"), pattern.is_in("a" * LARGEST)) == (True, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("bytes", "cannot: \ufffd"),
        ("text", "cannot"),
        ("nothing", ""),
        ("a" * (LARGEST + 1), "it has 1501 steps, and 1500 is the most"),
    ],
    ids=range(4),
)
def test_what_that_engine_does_not_do_is_a_value_error_that_says_why(text, said, monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", Linear)

    with pytest.raises(ValueError, match=r"^") as raised:
        compile_linear(text)

    assert str(raised.value) == said


@pytest.mark.parametrize("engine", [None, SimpleNamespace(compile=None)], ids=["none", "another"])
def test_without_that_engine_nothing_else_runs_it(engine, monkeypatch):
    monkeypatch.setitem(sys.modules, "re2", engine)

    with pytest.raises(ModuleNotFoundError, match="google-re2"):
        compile_linear("a")
