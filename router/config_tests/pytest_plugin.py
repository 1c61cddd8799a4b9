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


Style: TypeAlias = Literal["long", "short", "line", "no", "native", "value", "auto"]


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> "RoutingTests | None":
    """Collect a file with routing tests; the YAML of other programs is left alone."""
    if file_path.suffix not in ENDINGS or not _has_tests(file_path):
        return None
    collector: RoutingTests = RoutingTests.from_parent(parent, path=file_path)
    return collector


def _has_tests(path: Path) -> bool:
    """Tell by a look at a file whether it has routing tests: `tests`, and what they are about."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    if TESTS.search(content) is None:
        return False
    stem, is_test_file, _ = path.name.rpartition(".test.")
    if is_test_file and any(path.with_name(stem + ending).is_file() for ending in ENDINGS):
        return True
    return ROUTES.search(content) is not None


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
