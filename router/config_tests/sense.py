"""Sense: what no schema can see is wrong with tests, such as what can never come true."""

from collections.abc import Iterator

from router.config.places import Place
from router.config.problems import counted
from router.config.report import Report
from router.config.section import Section
from router.config.source import Source
from router.core.jsontypes import is_list

RANGES = ("waited", "attempts", "cost", "pictures")
SHARES = ("share", "asked_first")
LIMITED = ("waited", "cost")
"""What may have a range, and `..._at_most` beside it."""


def check_sense(source: Source, report: Report) -> None:
    """Report names that are there twice, lists that do not fit, times and ranges out of order."""
    seen: dict[str, Place] = {}
    for test in Section(source, source.value).sections("tests"):
        _check_name(test, seen, report)
        _check_parts(test, report)
        _check_times(test, report)
        for then in _expectations(test):
            _check_ranges(then, report)
            _check_limits(then, report)


def _check_name(test: Section, seen: dict[str, Place], report: Report) -> None:
    name = test.text("name")
    if name is None:
        return
    if name in seen:
        message = f"two tests are named {name!r}"
        report.error(test.source, test.at("name"), message, f"the other is tests[{seen[name][-1]}]")
    seen.setdefault(name, test.place)


def _check_parts(test: Section, report: Report) -> None:
    """Let a list in `then` have one for each request."""
    when, then = test.value.get("when"), test.value.get("then")
    wanted = len(when) if is_list(when) else 1
    if not is_list(then) or len(then) == wanted:
        return
    message = f"then has {counted(len(then), 'part')} for {counted(wanted, 'request')}"
    hint = "write one for each request, or a mapping for all of them"
    report.error(test.source, test.at("then"), message, hint)


def _check_times(test: Section, report: Report) -> None:
    """Let every answer with a time come later than those before it."""
    given = test.section("given")
    for who in given.value if given is not None else ():
        latest = -1.0
        for answer in given.sections(who) if given is not None else ():
            after = answer.number("after")
            if after is None:
                continue
            if after <= latest:
                hint = f"expected more than {latest:g}, the time of an answer before it"
                report.wrong(answer.source, answer.at("after"), f"is {after:g}", hint)
            latest = max(latest, after)


def _expectations(test: Section) -> Iterator[Section]:
    one = test.section("then")
    yield from test.sections("then") if one is None else [one]


def _check_ranges(then: Section, report: Report) -> None:
    """Let what begins a range not be more than what ends it."""
    for bounds in _ranges(then):
        low, high = bounds.number("from"), bounds.number("to")
        if low is not None and high is not None and low > high:
            what = f"is {high:g}, and from is {low:g}; nothing is between them"
            report.wrong(bounds.source, bounds.at("to"), what)


def _ranges(then: Section) -> Iterator[Section]:
    found = [then.section(key) for key in RANGES]
    for key in SHARES:
        shares = then.section(key)
        found += [] if shares is None else [shares.section(who) for who in shares.value]
    yield from (one for one in found if one is not None)


def _check_limits(then: Section, report: Report) -> None:
    """Let what is expected be within what is expected at most."""
    for key in LIMITED:
        most, bounds = then.number(f"{key}_at_most"), then.section(key)
        least = then.number(key) if bounds is None else bounds.number("from")
        if most is not None and least is not None and least > most:
            what = f"is {most:g}, and {key} at least {least:g}; nothing is both"
            report.wrong(then.source, then.at(f"{key}_at_most"), what)
