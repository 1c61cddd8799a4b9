"""Routing report: routing tests on a terminal, in a log, and as JSON."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import click

from router.cli.findings import as_json as problem_as_json
from router.cli.findings import show
from router.cli.terminal import faint, green, red, strong, width_of, wrapped
from router.config.problems import Problem, counted
from router.config_tests.round import FileRun
from router.config_tests.running import Result
from router.config_tests.telling import reasons, tell
from router.config_tests.verdict import Disappointment
from router.core.attempt import Attempt
from router.core.jsontypes import JSON
from router.core.trace_table import printable


class Quiet:
    """Tells nothing as it goes."""

    def began(self, file: Path) -> None:
        pass

    def ended(self, result: Result) -> None:
        pass


class Display(Quiet):
    """A line for each file, with a dot for each test as it passes; then what failed."""

    def began(self, file: Path) -> None:
        click.echo(f"{strong(str(file))} ", nl=False)

    def ended(self, result: Result) -> None:
        click.echo(green(".") if result.passed else red("F"), nl=False)

    def ended_file(self, run: FileRun) -> FileRun:
        """Tell what failed, or why nothing could be run, and return the run."""
        if run.problems:
            click.echo(f"{strong(str(run.file))} {red('cannot be run')}")
            show_problems(run.problems)
            return run
        click.echo()
        for result in run.failed:
            _show_failure(run.file, result)
        return run


def show_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(show(problem, width_of(sys.stdout)))


def _show_failure(file: Path, result: Result) -> None:
    where = f"{file}:{result.case.line}" if result.case.line else str(file)
    name = red(printable(result.case.name))
    click.echo(wrapped(f"  {name}  {faint(where)}", hang=4))
    width = width_of(sys.stdout)
    for line in tell(result, None if width is None else width - 4).split("\n"):
        click.echo(wrapped(f"    {line}", hang=20))


def closing(runs: Sequence[FileRun]) -> str:
    """Count what was run: `7 tests, 1 failed, 0.06 s`."""
    tests = sum(len(run.results) for run in runs)
    failed = sum(len(run.failed) for run in runs)
    unread = sum(bool(run.problems) for run in runs)
    parts = [counted(tests, "test")]
    parts += [red(f"{failed} failed")] if failed else []
    parts += [red(f"{counted(unread, 'file')} cannot be run")] if unread else []
    parts += [] if failed or unread else [green("all passed")]
    return ", ".join([*parts, f"{sum(run.seconds for run in runs):.2f} s"])


def as_json(runs: Sequence[FileRun]) -> str:
    """Write all runs as one object."""
    problems: list[Problem] = [problem for run in runs for problem in run.problems]
    failed = sum(len(run.failed) for run in runs)
    report = {
        "ok": not problems and not failed and any(run.results for run in runs),
        "tests": sum(len(run.results) for run in runs),
        "failed": failed,
        "seconds": round(sum(run.seconds for run in runs), 3),
        "files": [
            {"file": str(run.file), "tests": [_test(result) for result in run.results]}
            for run in runs
        ],
        "problems": [problem_as_json(problem) for problem in problems],
    }
    return json.dumps(report, indent=2, ensure_ascii=False)


def _test(result: Result) -> JSON:
    return {
        "name": result.case.name,
        "line": result.case.line,
        "ok": result.passed,
        "failures": [_failure(one) for one in result.disappointments],
    }


def _failure(one: Disappointment) -> JSON:
    trace = None if one.tried is None else one.tried.trace
    return {
        "request": one.number or None,
        "at": None if one.tried is None else one.tried.began,
        "alike": one.alike,
        "differences": [asdict(mismatch) for mismatch in one.mismatches],
        "attempts": [_attempt(attempt) for attempt in (trace.attempts if trace else ())],
        "why": list(reasons(trace)) if trace else [],
    }


def _attempt(attempt: Attempt) -> JSON:
    return {
        "path": attempt.path,
        "provider": attempt.provider,
        "virtual_key": attempt.virtual_key,
        "model": attempt.model,
        "status": attempt.status,
        "kind": None if attempt.kind is None else str(attempt.kind),
        "started": attempt.started,
        "duration": attempt.duration,
        "waited": attempt.waited,
        "cost": attempt.cost,
    }
