"""Routing tests: found, run, and told as they go."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from router.cli.inputs import read_with
from router.cli.output_file import OutputFile
from router.cli.routing_report import Display, Quiet, as_json, closing, show_problems
from router.cli.terminal import Failed
from router.config.problems import ConfigError
from router.config.report import Report
from router.config_tests.collecting import NothingThereError, about, collect, collect_here
from router.config_tests.junit import MARK, as_junit
from router.config_tests.model import Case
from router.config_tests.reading import suite_of
from router.config_tests.round import FileRun, run_files
from router.workspace import Loader

FAILED = 1
UNREADABLE = 2
REPORT = "report of 'pixroute test'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """`words` choose tests by name, `seed` is for those that name none.

    `junit` is where the results are written as XML, over any file by `force`; `catalog` is read by
    the loader.
    """

    loader: Loader
    words: str = ""
    seed: str | None = None
    junit: Path | None = None
    force: bool = False
    catalog: tuple[Path, ...] = ()

    def run(self, paths: tuple[Path, ...], *, as_json: bool) -> int:
        """Run the tests in the paths, or those that are here; return the exit code."""
        files, output = _files(paths), self._output()
        if output is not None:
            output.need_room(self._inputs(files))
        runs = self._told(files, as_json=as_json)
        if output is not None:
            output.write(as_junit(runs))
        if any(run.problems for run in runs):
            return UNREADABLE
        if not any(run.results for run in runs):
            said = f"no test has {self.words!r} in its name"
            click.echo(said if self.words else "there are no tests", err=True)
            return UNREADABLE
        return FAILED if any(run.failed for run in runs) else 0

    def _output(self) -> OutputFile | None:
        if self.junit is None:
            return None
        return OutputFile(path=self.junit, force=self.force, kind=REPORT, mark=MARK)

    def _inputs(self, files: Iterable[Path]) -> Iterator[Path]:
        """Yield the files that the run reads, with those that their configs name."""
        yield from self.catalog
        for file in files:
            yield file
            suite = suite_of(file, Report())
            if suite is not None:
                yield from read_with(suite.config)

    def _told(self, files: tuple[Path, ...], *, as_json: bool) -> tuple[FileRun, ...]:
        if as_json:
            runs = tuple(self._runs(files, Quiet()))
            _say_json(runs)
            return runs
        display = Display()
        runs = tuple(display.ended_file(run) for run in self._runs(files, display))
        if any(run.results for run in runs):
            click.echo(closing(runs))
        return runs

    def _runs(self, files: tuple[Path, ...], display: Quiet) -> Iterator[FileRun]:
        try:
            yield from run_files(
                files, self.loader, display, chosen=self._is_chosen, seed=_seed(self.seed)
            )
        except ImportError as missing:
            raise Failed(str(missing)) from None

    def _is_chosen(self, file: Path, case: Case) -> bool:
        return self.words.casefold() in f"{about(file)} {case.name}".casefold()


def _seed(written: str | None) -> int | str:
    if written is None:
        return 0
    return int(written) if written.lstrip("-").isdecimal() else written


def _files(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    try:
        files = collect(paths) if paths else collect_here()
    except NothingThereError as missing:
        raise click.UsageError(f"{missing} does not exist") from None
    except OSError as error:
        raise click.UsageError(f"{error.filename} cannot be read: {error.strerror}") from None
    if not files:
        where = ", ".join(map(str, paths)) or "the current folder and in configs/"
        hint = "pixroute test --init CONFIG writes a first set"
        raise click.UsageError(f"there are no tests in {where}; {hint}")
    return files


def _say_json(runs: tuple[FileRun, ...]) -> None:
    click.echo(as_json(runs))


def write_first(config: Path, loader: Loader) -> int:
    """Write a config's first tests beside it; return the exit code."""
    from router.config_tests.first_set import first_set

    target = config.with_name(f"{config.stem}.test.yaml")
    try:
        found = first_set(config, loader)
        with target.open("x", encoding="utf-8") as file:
            file.write(found.text)
    except FileExistsError:
        raise Failed(f"{target} exists already; move it away first") from None
    except OSError as error:
        raise Failed(f"{target} cannot be written: {error.strerror}") from None
    except ImportError as missing:
        raise Failed(str(missing)) from None
    except ConfigError as error:
        show_problems(error.problems)
        return UNREADABLE
    click.echo(f"wrote {target}: what the config does today; read it, then make it what you want")
    for one in found.unanswered:
        click.echo(f"warning: nobody answers {one}", err=True)
    return 0
