"""Importing: reads what is to be imported, writes the config, and tells what differs."""

import json
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import click

from router.cli.entries import STDIN, collect
from router.cli.findings import as_json, show, unique
from router.cli.output_file import OutputFile
from router.cli.terminal import green, width_of, wrapped
from router.config.problems import ConfigError, Problem, counted
from router.migrate.importing import Imported, Kind, bring

SAME, DIFFERENT, UNREADABLE = 0, 1, 2
"""Exit codes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """One import. `file` is a path or `-`; without `output` the config is printed."""

    file: str
    output: Path | None
    force: bool
    kind: Kind | None
    shape: Literal["text", "json"]

    def run(self) -> int:
        """Return the exit code."""
        output = self._output()
        if output is not None:
            output.need_room(() if self.file == "-" else (Path(self.file),))
        try:
            imported = bring(self._given(), self.kind)
        except ConfigError as error:
            self._tell_failure(error)
            return UNREADABLE
        if output is not None:
            output.write(imported.as_json if self._is_json else imported.text)
        self._tell(imported)
        return DIFFERENT if imported.changes else SAME

    def _given(self) -> Path | str:
        if self.file != "-":
            return Path(self.file)
        return next(collect(("-",))).text or ""

    def _output(self) -> OutputFile | None:
        return None if self.output is None else OutputFile(path=self.output, force=self.force)

    @property
    def _is_json(self) -> bool:
        return self.output is not None and self.output.suffix.lower() == ".json"

    def _tell_failure(self, error: ConfigError) -> None:
        problems = self._named(error.problems)
        if self.shape == "json":
            _print_json(ok=False, problems=problems)
        else:
            _show(problems)
            click.echo(f"{self._name} cannot be imported", err=True)

    def _tell(self, imported: Imported) -> None:
        problems = self._named(imported.told)
        if self.shape == "json":
            text = imported.text if self.output is None else None
            _print_json(ok=not imported.changes, problems=problems, kind=imported.kind, text=text)
            return
        if self.output is None:
            click.echo(imported.text, nl=False)
        _show(problems)
        click.echo(wrapped(self._summary(imported), hang=2, stream=sys.stderr), err=True)

    def _summary(self, imported: Imported) -> str:
        changes = len(imported.changes)
        notes = len(imported.told) - changes
        parts = [
            f"{changes} {'things differ' if changes != 1 else 'thing differs'}" if changes else "",
            counted(notes, "note") if notes else "",
        ]
        found = ", ".join(filter(None, parts)) or green("all means the same")
        where = "" if self.output is None else f" -> {self.output}"
        bare = "; JSON has no comments: write to a .yaml file to keep them" if self._is_json else ""
        return f"{self._name}{where}: {found}{bare}"

    @property
    def _name(self) -> str:
        return STDIN if self.file == "-" else self.file

    def _named(self, problems: Sequence[Problem]) -> list[Problem]:
        return unique(_renamed(problem, STDIN) for problem in problems)


def _renamed(problem: Problem, name: str) -> Problem:
    """Call a text from standard input what it is."""
    return replace(problem, file=name) if (problem.file or "").startswith("<") else problem


def _show(problems: Sequence[Problem]) -> None:
    for problem in problems:
        click.echo(show(problem, width_of(sys.stderr)), err=True)


def _print_json(
    *,
    ok: bool,
    problems: Sequence[Problem],
    kind: Kind | None = None,
    text: str | None = None,
) -> None:
    report = {
        "ok": ok,
        "kind": kind,
        "config": text,
        "problems": [as_json(problem) for problem in problems],
    }
    click.echo(json.dumps(report, indent=2, ensure_ascii=False))
