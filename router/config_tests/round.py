"""Round: the tests of many files, one after the other."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from router.config.problems import ConfigError, Problem
from router.config_tests.model import Case
from router.config_tests.running import Ready, Result, make_ready
from router.workspace import Loader


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRun:
    """What became of one file. `problems` are why its tests could not be run.

    `seconds` is how long all of it took, of real time.
    """

    file: Path
    results: tuple[Result, ...] = ()
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0

    @property
    def failed(self) -> tuple[Result, ...]:
        return tuple(result for result in self.results if not result.passed)


class Progress(Protocol):
    """Told as it goes: when a file begins, and after each of its tests."""

    def began(self, file: Path) -> None: ...
    def ended(self, result: Result) -> None: ...


def run_files(
    files: Iterable[Path],
    loader: Loader,
    progress: Progress,
    *,
    chosen: Callable[[Path, Case], bool],
    seed: int | str = 0,
) -> Iterable[FileRun]:
    """Run the tests that are `chosen`; yield each file when it is done."""
    for file in files:
        began = time.perf_counter()
        try:
            ready = make_ready(file, loader, seed)
        except ConfigError as error:
            yield FileRun(file=file, problems=error.problems)
            continue
        cases = [case for case in ready.suite.cases if chosen(file, case)]
        if cases:
            results = _run(ready, cases, progress)
            seconds = time.perf_counter() - began
            yield FileRun(file=file, results=results, seconds=seconds)


def _run(ready: Ready, cases: Iterable[Case], progress: Progress) -> tuple[Result, ...]:
    progress.began(ready.suite.file)
    results = []
    for case in cases:
        result = ready.run(case)
        progress.ended(result)
        results.append(result)
    return tuple(results)
