"""Pytest plugin: `*.test.yaml` and configs with `tests:` are collected as tests.

Pytest imports this file wherever pixroute is installed, so it loads nothing until there is a test.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

ENDINGS = (".yaml", ".yml", ".json")
TESTS = re.compile(rb"""^[ {]*["']?tests["']?\s*:""", re.MULTILINE)
ROUTES = re.compile(
    rb"""^[ {]*["']?(config|provider|virtual_key|strategy|targets)["']?\s*:""", re.MULTILINE
)
CONFIG = re.compile(
    rb"""^[ {]*["']?(targets["']?\s*:|(provider|virtual_key)["']?\s*:[ ]*["']?\w)""", re.MULTILINE
)
"""What every config has somewhere, and hardly anything else."""
PARTS = re.compile(rb"""\b(given|then)["']?\s*:""")
"""What a routing test has, and perhaps a test of another program."""
WORDS = re.compile(rb"""\b(asked|not_asked|asked_first|served_by|waited_at_most)["']?\s*:""")
"""What stands in no test but a routing test."""


Style: TypeAlias = Literal["long", "short", "line", "no", "native", "value", "auto"]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "RoutingTests | None":
    """Collect a file with routing tests; the YAML of other programs is left alone.

    A test file that is named on the command line counts though nothing in it can be used.
    """
    is_named = parent.session.isinitpath(file_path)
    if file_path.suffix not in ENDINGS or not _has_tests(file_path, is_named=is_named):
        return None
    collector: RoutingTests = RoutingTests.from_parent(parent, path=file_path)
    return collector


def _has_tests(path: Path, *, is_named: bool) -> bool:
    """Tell by a look at a file whether it has routing tests, or is meant to have them."""
    content = _content(path)
    stem, is_test_file, _ = path.name.rpartition(".test.")
    if not is_test_file:
        return _looks(content, TESTS, ROUTES)
    if is_named or WORDS.search(content) or _looks(content, TESTS, PARTS):
        return True
    beside = [path.with_name(stem + ending) for ending in ENDINGS]
    if TESTS.search(content) and any(config.is_file() for config in beside):
        return True
    return _looks(content, TESTS, ROUTES) or any(CONFIG.search(_content(one)) for one in beside)


def _looks(content: bytes, *patterns: re.Pattern[bytes]) -> bool:
    return all(pattern.search(content) for pattern in patterns)


def _content(path: Path) -> bytes:
    """Return what is in a file: nothing where it cannot be read."""
    try:
        return path.read_bytes()
    except OSError:
        return b""


class RoutingTests(pytest.File):
    """The tests of one file; its config is read once for all of them."""

    def collect(self) -> Iterator["RoutingTest"]:
        from router.config.problems import ConfigError, render
        from router.config_tests.running import make_ready
        from router.config_tests.telling import told
        from router.lab.stage import loader_for

        try:
            ready = make_ready(self.path, loader_for())
        except ConfigError as error:
            raise self.CollectError("\n".join(map(render, error.problems))) from None
        for case in ready.suite.cases:
            item: RoutingTest = RoutingTest.from_parent(self, name=case.name)
            item.told = partial(told, ready, case)
            item.line = case.line
            yield item


class RoutingTest(pytest.Item):
    """One test. `told` runs it and says how it failed; empty where it passed."""

    told: Callable[[], str]
    line: int | None = None

    def runtest(self) -> None:
        failure = self.told()
        if failure:
            raise RoutingTestFailed(failure)

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: Style | None = None
    ) -> str:
        """Show what `pixroute test` shows, and a traceback only for what is our own mistake."""
        if isinstance(excinfo.value, RoutingTestFailed):
            return str(excinfo.value)
        return str(super().repr_failure(excinfo, style))

    def reportinfo(self) -> tuple[Path, int | None, str]:
        return self.path, None if self.line is None else self.line - 1, self.name


class RoutingTestFailed(Exception):
    """A test is not as expected; the message says how."""
