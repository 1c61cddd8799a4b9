"""Checking: reads configs as a router would, and tells what it found."""

import datetime as dt
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from router.cli.findings import as_json, show, unique
from router.cli.outline import outline
from router.cli.terminal import Failed, green, width_of, wrapped
from router.compiler import compile_document
from router.config.problems import ConfigError, Problem, summary
from router.config.read import read
from router.providers.catalog import catalog_of
from router.providers.registry import INSTALLED, adapter, providers
from router.workspace import GATEWAY_FILES, config_files

STDIN = "<stdin>"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Something to check: a file, or a `text` that stands in none."""

    name: str
    text: str | None = None

    @property
    def is_keys(self) -> bool:
        return self.text is None and Path(self.name).name.startswith("virtual-keys.")

    @property
    def is_gateway(self) -> bool:
        path = Path(self.name)
        return self.text is None and path.name in GATEWAY_FILES and path.is_file()

    @property
    def is_folder(self) -> bool:
        return self.text is None and Path(self.name).is_dir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found in one source; `outline` is its tree in one line, if it has one."""

    source: str
    problems: tuple[Problem, ...] = ()
    outline: str = ""

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    environment: Mapping[str, str]
    allow_unset: bool = False
    catalog: Sequence[Path] = ()
    today: dt.date | None = None

    def check(self, source: Source) -> Finding:
        """Read and compile one config, or read a file of virtual keys."""
        if source.is_folder:
            return Finding(source=source.name, problems=(_barren(source),))
        try:
            if source.is_gateway:
                return _gateway(source)
            return self._keys(source) if source.is_keys else self._config(source)
        except ConfigError as error:
            problems = tuple(_renamed(problem, source) for problem in error.problems)
            return Finding(source=source.name, problems=problems)

    def _config(self, source: Source) -> Finding:
        document = read(
            Path(source.name) if source.text is None else source.text,
            providers=providers(),
            elsewhere=INSTALLED,
            environment=self.environment,
            allow_unset=self.allow_unset,
            catalog=self.catalog,
            catalog_of=catalog_of,
            today=self.today,
        )
        compile_document(document, providers=providers(), adapter_of=adapter, scope="check")
        problems = tuple(_renamed(problem, source) for problem in document.problems)
        return Finding(source=source.name, problems=problems, outline=outline(document.route))

    def _keys(self, source: Source) -> Finding:
        """Read virtual keys with a config that uses none of them."""
        document = read(
            {},
            providers=providers(),
            elsewhere=INSTALLED,
            environment=self.environment,
            virtual_keys=Path(source.name),
            allow_unset=self.allow_unset,
        )
        count = sum(not name.startswith("env:") for name in document.keys)
        keys = "1 virtual key" if count == 1 else f"{count} virtual keys"
        return Finding(source=source.name, problems=document.problems, outline=keys)


def _gateway(source: Source) -> Finding:
    """Read the settings of a gateway, and whether the configs that they name are beside them."""
    from router.gateway.settings_file import read_settings

    path = Path(source.name)
    settings = read_settings(path.parent, [config.stem for config in config_files(path.parent)])
    keys = "1 API key" if len(settings.keys) == 1 else f"{len(settings.keys) or 'no'} API keys"
    return Finding(source=source.name, outline=f"gateway with {keys}")


def collect(paths: Sequence[str]) -> Iterator[Source]:
    """Yield what the arguments name, and folders that have no configs as they are."""
    for path in paths:
        if path == "-":
            yield Source(name=STDIN, text=_standard_input())
            continue
        folder = Path(path)
        inside = [str(file) for file in config_files(folder)] if folder.is_dir() else []
        yield from (Source(name=name) for name in inside or [path])
        beside = (folder / name for name in GATEWAY_FILES)
        yield from (Source(name=str(file)) for file in beside if file.is_file())


def _standard_input() -> str:
    """Return all of it; the line break added says that this is a text and not a path."""
    if sys.stdin is None:
        raise Failed("standard input is closed")
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig") + "\n"
    except UnicodeDecodeError:
        raise Failed("standard input is not a UTF-8 text") from None


def _barren(folder: Source) -> Problem:
    hint = "expected .yaml, .yml or .json files; virtual keys and routing tests are none"
    return Problem(
        message="the folder has no configs",
        place="config",
        hint=hint,
        code="no-config",
        file=folder.name,
    )


def _renamed(problem: Problem, source: Source) -> Problem:
    """Call a text from standard input what it is."""
    is_text = source.text is not None and (problem.file or "").startswith("<")
    return replace(problem, file=source.name) if is_text else problem


def show_text(findings: Sequence[Finding]) -> None:
    """Print the problems; where there is no error, each tree too."""
    problems = unique(problem for finding in findings for problem in finding.problems)
    for problem in problems:
        click.echo(show(problem, width_of(sys.stdout)))
    if not any(finding.has_errors for finding in findings):
        for finding in findings:
            click.echo(wrapped(f"{finding.source}: {finding.outline}", hang=2))
    if problems:
        click.echo(summary(problems))
    elif len(findings) > 1:
        count = sum(Path(finding.source).name not in GATEWAY_FILES for finding in findings)
        click.echo(green(f"{count} config{'s' * (count != 1)}, no problems"))


def show_json(findings: Sequence[Finding]) -> None:
    """Print one object."""
    problems = unique(problem for finding in findings for problem in finding.problems)
    counts = {
        severity: sum(problem.severity == severity for problem in problems)
        for severity in ("error", "warning")
    }
    report = {
        "ok": counts["error"] == 0,
        "errors": counts["error"],
        "warnings": counts["warning"],
        "files": [
            {
                "file": finding.source,
                "ok": not finding.has_errors,
                "outline": finding.outline or None,
            }
            for finding in findings
        ],
        "problems": [as_json(problem) for problem in problems],
    }
    click.echo(json.dumps(report, indent=2, ensure_ascii=False))
