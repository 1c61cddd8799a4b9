"""Reading: a file of routing tests becomes a Suite, or a ConfigError with all its problems."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from router.config.load import load
from router.config.report import Report
from router.config.schema import validate
from router.config.section import Section
from router.config.source import Source
from router.config_tests.asks import read_asks
from router.config_tests.expectations import read_expected
from router.config_tests.model import Case, Suite
from router.config_tests.names import ANYBODY
from router.config_tests.sense import check_sense
from router.core.jsontypes import JSON, is_list
from router.sandbox.fault import Fault, FaultKind

ROOT = "tests"
TEST_FILE = re.compile(r"(.+)\.test\.(yaml|yml|json)", re.DOTALL)
ENDINGS = (".yaml", ".yml", ".json")
FAULTS = {str(kind): kind for kind in FaultKind}


def is_test_file(path: Path) -> bool:
    return TEST_FILE.fullmatch(path.name) is not None


def suite_of(path: Path, report: Report) -> Suite | None:
    """Read a test file, or the tests in a config, and report all that is wrong with them.

    None where there is nothing to read, or no config. What the report finds fault with is read as
    if it were not there.
    """
    source = load_tests(path, report)
    return None if source is None else _suite(source, path, report)


def suite_in(config: Source, path: Path, report: Report) -> Suite | None:
    """Read the tests in a config that is loaded already; `path` is what it is called."""
    source = _only_tests(config)
    validate(source, report, "tests")
    return _suite(source, path, report)


def _suite(source: Source, path: Path, report: Report) -> Suite | None:
    check_sense(source, report)
    config = _config_of(source, path, report)
    if config is None:
        return None
    return Suite(source=source, file=path, config=config, cases=tuple(_cases(source)))


def load_tests(path: Path, report: Report) -> Source | None:
    """Read the text of a test file, or of the tests in a config, and report where it is wrong."""
    is_own = is_test_file(path)
    source = load(path, report, root=ROOT if is_own else "config")
    if source is None:
        return None
    source = source if is_own else _only_tests(source)
    validate(source, report, "tests")
    return source


def _only_tests(config: Source) -> Source:
    tests = {key: value for key, value in config.value.items() if key == "tests"}
    return replace(config, value=tests)


def _config_of(source: Source, path: Path, report: Report) -> Path | None:
    """Return the config that a file is about; None, reported, where there is none."""
    match = TEST_FILE.fullmatch(path.name)
    if match is None:
        return path
    written = source.value.get("config")
    if isinstance(written, str):
        config = path.parent / written
        if not config.is_file():
            report.wrong(source, ("config",), f"is {written!r}; there is no such file")
            return None
        return config
    beside = (path.with_name(match[1] + ending) for ending in ENDINGS)
    found = next((config for config in beside if config.is_file()), None)
    if found is None:
        hint = f"write config: FILE, or put {match[1]}.yaml beside it"
        report.error(source, (), "there is no config of the same name", hint)
    return found


def _cases(source: Source) -> Iterator[Case]:
    for section in Section(source, source.value).sections("tests"):
        span = source.values.get(section.place) or source.keys.get(section.at("name"))
        seed = section.value.get("seed")
        yield Case(
            name=section.text("name") or "",
            line=None if span is None else span.line,
            given=_given(section),
            latency=_latency(section),
            seed=seed if isinstance(seed, int | str) else None,
            asks=read_asks(section),
            expected=read_expected(section),
        )


def _given(section: Section) -> Mapping[str, tuple[Fault, ...]]:
    given = section.mapping("given")
    return {who: tuple(map(_answer, _listed(script))) for who, script in given.items()}


def _listed(value: JSON) -> list[JSON]:
    return list(value) if is_list(value) else [value]


def _answer(written: JSON) -> Fault:
    match written:
        case int():
            return Fault(kind=FaultKind.STATUS, status=written)
        case Mapping():
            return _detailed(Section(Source(root=ROOT), written))
    return Fault(kind=_kind(str(written)))


def _detailed(section: Section) -> Fault:
    status = section.integer("status")
    kind = FaultKind.STATUS if status else _kind(section.text("kind") or "ok")
    seconds = section.number("seconds")
    return Fault(
        kind=kind,
        status=status or 0,
        code=section.text("code"),
        retry_after=section.number("retry_after"),
        delay=section.number("delay") or 0.0,
        seconds=60.0 if seconds is None else seconds,
        times=section.integer("times"),
        after=section.number("after") or 0.0,
    )


def _kind(word: str) -> FaultKind:
    return FAULTS.get(word, FaultKind.DELAY)


def _latency(section: Section) -> Mapping[str, float]:
    everybody = section.number("latency")
    if everybody is not None:
        return {ANYBODY: everybody}
    below = section.section("latency")
    return {} if below is None else {who: below.number(who) or 0.0 for who in below.value}
