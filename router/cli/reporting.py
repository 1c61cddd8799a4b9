"""Reporting: what a check has found, on a terminal, as JSON, or for GitHub."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import click

from router.cli import findings as look
from router.cli.annotations import annotation
from router.cli.checking import Finding
from router.cli.terminal import green, width_of, wrapped
from router.config.problems import SEVERITIES, Problem, counted, hints, summary
from router.config_tests.reading import is_test_file
from router.simulator.shipped import is_scenario
from router.workspace import GATEWAY_FILES


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`mended` are the problems that are no more, where `fix` asked for that."""

    findings: Sequence[Finding]
    mended: Sequence[Problem] = ()
    fix: bool = False
    notes: bool = False
    strict: bool = False

    @property
    def all(self) -> list[Problem]:
        return look.unique(problem for one in self.findings for problem in one.problems)

    @property
    def told(self) -> list[Problem]:
        return [problem for problem in self.all if self.notes or problem.severity != "note"]

    @property
    def hidden(self) -> int:
        return len(self.all) - len(self.told)

    @property
    def has_failed(self) -> bool:
        fatal = {"error", "warning"} if self.strict else {"error"}
        return any(problem.severity in fatal for problem in self.all)


def show(report: Report, shape: Literal["text", "json", "github"]) -> None:
    """Print a report."""
    match shape:
        case "json":
            _show_json(report)
        case "github":
            for problem in report.told:
                click.echo(annotation(problem))
        case "text":
            _show_text(report)


def _show_text(report: Report) -> None:
    """Print the problems; where there is no error, each tree too."""
    for problem in report.mended:
        says = problem.fix.says if problem.fix else ""
        click.echo(f"{problem.location}  {green('fixed')}  {says}  [{problem.code}]")
    for problem in report.told:
        told = _with_reason(problem) if report.fix else problem
        click.echo(look.show(told, width_of(sys.stdout), coded=True))
    if not any(finding.has_errors for finding in report.findings):
        for finding in report.findings:
            if finding.outline:
                click.echo(wrapped(f"{finding.source}: {finding.outline}", hang=2))
    ending = _ending(report)
    if ending:
        click.echo(ending)


def _with_reason(problem: Problem) -> Problem:
    """Say why nothing was done about what --fix puts right elsewhere."""
    reason = f"not fixed: {problem.unfixed}" if problem.unfixed else ""
    return replace(problem, hint=hints(problem.hint, reason))


def _ending(report: Report) -> str:
    """Count in one line: what was found, what can be fixed, what is not shown."""
    told, parts = report.told, []
    if told:
        parts.append(summary(told))
    elif sum(bool(finding.outline) for finding in report.findings) > 1:
        count = sum(
            bool(finding.outline) and _is_config(Path(finding.source))
            for finding in report.findings
        )
        parts.append(green(f"{counted(count, 'config')}, no problems"))
    fixable = sum(problem.fix is not None for problem in told)
    if fixable:
        which = f"{fixable} of them" if fixable < len(told) else "it" if fixable == 1 else "them"
        parts.append(f"--fix puts {which} right")
    if report.hidden:
        them = "it" if report.hidden == 1 else "them"
        parts.append(f"{counted(report.hidden, 'note')} (--notes shows {them})")
    return "; ".join(parts)


def _is_config(path: Path) -> bool:
    return not (path.name in GATEWAY_FILES or is_test_file(path) or is_scenario(path))


def _show_json(report: Report) -> None:
    """Print one object."""
    counts = {
        severity: sum(problem.severity == severity for problem in report.all)
        for severity in SEVERITIES
    }
    value = {
        "ok": not report.has_failed,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "notes": counts["note"],
        "files": [
            {
                "file": finding.source,
                "ok": not finding.has_errors,
                "outline": finding.outline or None,
            }
            for finding in report.findings
        ],
        "problems": [look.as_json(problem) for problem in report.told],
        "fixed": [look.as_json(problem) for problem in report.mended],
    }
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
