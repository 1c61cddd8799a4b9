"""Reporting: what a check has found, on a terminal, as JSON, or for GitHub."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import click

from router.cli import findings as look
from router.cli.annotations import annotation
from router.cli.checking import Checked
from router.cli.inspection import Inspection
from router.cli.terminal import Failed, green, width_of, wrapped
from router.config.problems import SEVERITIES, Problem, counted, hints, summary


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """What of an inspection is told, and whether it is a failure; `fix` asked for mending."""

    inspection: Inspection
    fix: bool = False
    notes: bool = False
    strict: bool = False

    @property
    def checked(self) -> Sequence[Checked]:
        return self.inspection.checked

    @property
    def all(self) -> list[Problem]:
        return look.unique(problem for one in self.checked for problem in one.problems)

    @property
    def told(self) -> list[Problem]:
        return [problem for problem in self.all if self.notes or problem.severity != "note"]

    @property
    def hidden(self) -> int:
        return len(self.all) - len(self.told)

    @property
    def has_failed(self) -> bool:
        fatal = {"error", "warning"} if self.strict else {"error"}
        has_found = any(problem.severity in fatal for problem in self.all)
        return has_found or bool(self.inspection.failed)


def show(telling: Telling, shape: Literal["text", "json", "github"]) -> None:
    """Print it."""
    match shape:
        case "json":
            _show_json(telling)
        case "github":
            _show_annotations(telling)
        case "text":
            _show_text(telling)
    for failure in telling.inspection.failed:
        Failed(failure).show()


def _show_annotations(telling: Telling) -> None:
    """Print a line for each problem, and a notice for each that was mended."""
    for problem in telling.inspection.mended:
        message = f"fixed: {_says(problem)}"
        click.echo(annotation(replace(problem, severity="note", message=message)))
    for problem in telling.told:
        click.echo(annotation(problem))


def _says(mended: Problem) -> str:
    return mended.fix.says if mended.fix else ""


def _show_text(telling: Telling) -> None:
    """Print the problems; where there is no error, each tree too."""
    for problem in telling.inspection.mended:
        says = _says(problem)
        click.echo(f"{problem.location}  {green('fixed')}  {says}  [{problem.code}]")
    for problem in telling.told:
        told = _with_reason(problem) if telling.fix else problem
        click.echo(look.show(told, width_of(sys.stdout), coded=True))
    if not any(one.has_errors for one in telling.checked):
        for one in telling.checked:
            if one.outline:
                click.echo(wrapped(f"{one.name}: {one.outline}", hang=2))
    ending = _ending(telling)
    if ending:
        click.echo(ending)


def _with_reason(problem: Problem) -> Problem:
    """Say why nothing was done about what --fix puts right elsewhere."""
    reason = f"not fixed: {problem.unfixed}" if problem.unfixed else ""
    return replace(problem, hint=hints(problem.hint, reason))


def _ending(telling: Telling) -> str:
    """Count in one line: what was found, what can be fixed, what is not shown."""
    told, parts = telling.told, []
    if told:
        parts.append(summary(told))
    elif sum(bool(one.outline) for one in telling.checked) > 1:
        parts.append(green(_all_well(telling)))
    fixable = sum(problem.fix is not None for problem in told)
    if fixable:
        which = f"{fixable} of them" if fixable < len(told) else "it" if fixable == 1 else "them"
        parts.append(f"--fix puts {which} right")
    if telling.hidden:
        them = "it" if telling.hidden == 1 else "them"
        parts.append(f"{counted(telling.hidden, 'note')} (--notes shows {them})")
    return "; ".join(parts)


def _all_well(telling: Telling) -> str:
    count = sum(one.document is not None for one in telling.checked)
    return f"{counted(count, 'config')}, no problems" if count else "no problems"


def _show_json(telling: Telling) -> None:
    """Print one object."""
    counts = {
        severity: sum(problem.severity == severity for problem in telling.all)
        for severity in SEVERITIES
    }
    value = {
        "ok": not telling.has_failed,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "notes": counts["note"],
        "files": [
            {
                "file": one.name,
                "ok": not one.has_errors,
                "outline": one.outline or None,
            }
            for one in telling.checked
        ],
        "problems": [look.as_json(problem) for problem in telling.told],
        "fixed": [look.as_json(problem) for problem in telling.inspection.mended],
    }
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))
