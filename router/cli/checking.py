"""Checking: reads configs as a router would, looks for what will harm, and tells what it found."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from router.cli.mending import Mender
from router.cli.outline import outline
from router.cli.sources import standard_input
from router.compiler import compile_document
from router.config.load import load
from router.config.model import Document
from router.config.problems import ConfigError, Problem, counted
from router.config.read import KEYS_FILES, read
from router.config.report import Report
from router.config.source import Source as Text
from router.config_tests.reading import is_test_file, read_suite
from router.lint.accounts import SharedKeys, names_used
from router.lint.beside import beside
from router.lint.linter import judged, lint, lint_keys
from router.lint.settings import NO_WISHES, LintSettings
from router.lint.subject import Subject
from router.providers.catalog import catalog_of
from router.providers.registry import INSTALLED, adapter, providers
from router.simulator.durations import spoken
from router.simulator.shipped import FOLDER as SCENARIOS
from router.simulator.shipped import is_scenario
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
    def is_tests(self) -> bool:
        path = Path(self.name)
        return self.text is None and is_test_file(path) and path.is_file()

    @property
    def is_scenario(self) -> bool:
        return self.text is None and is_scenario(Path(self.name))

    @property
    def is_folder(self) -> bool:
        return self.text is None and Path(self.name).is_dir()


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What was found in one source; `outline` is its tree in one line, if it has one.

    A config that can be used has its `document`.
    """

    source: str
    problems: tuple[Problem, ...] = ()
    outline: str = ""
    document: Document | None = None

    @property
    def has_errors(self) -> bool:
        return any(problem.severity == "error" for problem in self.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checker:
    environment: Mapping[str, str]
    allow_unset: bool = False
    catalog: Sequence[Path] = ()
    today: dt.date | None = None
    wishes: LintSettings = NO_WISHES

    def check(self, source: Source) -> Finding:
        """Read and compile one config, or read virtual keys, routing tests or a scenario."""
        if source.is_folder:
            return Finding(source=source.name, problems=(_barren(source),))
        try:
            if source.is_gateway:
                return _gateway(source)
            if source.is_tests:
                return _tests(source)
            if source.is_scenario:
                return _scenario(source)
            return self._keys(source) if source.is_keys else self._config(source)
        except ConfigError as error:
            problems = tuple(_renamed(one, source) for one in self._despite(error, source))
            return Finding(source=source.name, problems=problems)

    def _despite(self, error: ConfigError, source: Source) -> tuple[Problem, ...]:
        """Return the errors, and what else is found where they leave the meaning of the rest."""
        text = _text(source)
        if text is None:
            return judged(error.problems, self.wishes)
        return beside(error, text, self.wishes)

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
        found = document.problems
        text = _text(source)
        if text is not None:
            if "tests" in text.value and source.text is None:
                read_suite(Path(source.name))
            found = lint(Subject(source=text, document=document), self.wishes)
        return Finding(
            source=source.name,
            problems=tuple(_renamed(problem, source) for problem in found),
            outline=outline(document.route),
            document=document,
        )

    def shared_keys(self, findings: Sequence[Finding]) -> Iterator[Finding]:
        """Look through the virtual keys of every folder whose configs are all checked."""
        checked = {Path(one.source): one.document for one in findings}
        for folder in dict.fromkeys(path.parent for path in checked if path.is_file()):
            used = [checked.get(path) for path in config_files(folder)]
            keys = next((folder / n for n in KEYS_FILES if (folder / n).is_file()), None)
            documents = [document for document in used if document is not None]
            # Callers of a gateway may send configs that name keys, too.
            has_gateway = any((folder / name).is_file() for name in GATEWAY_FILES)
            if keys is None or has_gateway or not used or len(documents) < len(used):
                continue
            source = load(keys, Report(), root="virtual_keys")
            if source is not None:
                shared = SharedKeys(source, tuple(map(names_used, documents)))
                problems = lint_keys(shared, self.wishes)
                yield Finding(source=str(keys), problems=problems)

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
        keys = counted(len(document.virtual_keys), "virtual key")
        return Finding(source=source.name, problems=document.problems, outline=keys)


def _gateway(source: Source) -> Finding:
    """Read the settings of a gateway, and whether the configs that they name are beside them."""
    from router.gateway.settings_file import read_settings

    path = Path(source.name)
    settings = read_settings(path.parent, [config.stem for config in config_files(path.parent)])
    keys = counted(len(settings.keys), "API key") if settings.keys else "no API keys"
    return Finding(source=source.name, outline=f"gateway with {keys}")


def _tests(source: Source) -> Finding:
    """Read routing tests; whether they pass is for `pixroute test` to tell."""
    suite = read_suite(Path(source.name))
    tests = counted(len(suite.cases), "test")
    return Finding(source=source.name, outline=f"{tests} of {suite.config.name}")


def _scenario(source: Source) -> Finding:
    """Read the traffic of a simulation."""
    from router.simulator.reading import read_scenario

    scenario = read_scenario(Path(source.name))
    return Finding(source=source.name, outline=f"scenario of {spoken(scenario.duration)}")


def check_all(
    checker: Checker, sources: Sequence[Source], *, fix: bool
) -> tuple[list[Finding], list[Problem]]:
    """Check all sources; return what was found, and what was mended before. Raises Failed."""
    mender = Mender()
    for source in sources if fix else ():
        mender.mend(partial(_problems, checker, source))
    findings = [checker.check(source) for source in sources]
    shared = [finding for finding in checker.shared_keys(findings) if finding.problems]
    return [_left(finding, mender) for finding in (*findings, *shared)], mender.done


def _left(finding: Finding, mender: Mender) -> Finding:
    return replace(finding, problems=tuple(map(mender.without_refused, finding.problems)))


def _problems(checker: Checker, source: Source) -> Sequence[Problem]:
    return checker.check(source).problems


def collect(paths: Sequence[str]) -> Iterator[Source]:
    """Yield what the arguments name, and folders that have no configs as they are."""
    for path in paths:
        if path == "-":
            # The line break says that this is a text and not a path.
            yield Source(name=STDIN, text=standard_input() + "\n")
            continue
        folder = Path(path)
        inside = [str(file) for file in _files(folder)] if folder.is_dir() else []
        yield from (Source(name=name) for name in inside or [path])
        beside = (folder / name for name in GATEWAY_FILES)
        yield from (Source(name=str(file)) for file in beside if file.is_file())


def _files(folder: Path) -> list[Path]:
    """List a folder's configs, then its routing tests, and then its scenarios."""
    tests = (path for path in folder.iterdir() if is_test_file(path))
    below = folder / SCENARIOS
    scenarios = config_files(below) if below.is_dir() else ()
    return [*config_files(folder), *sorted(tests), *scenarios]


def _barren(folder: Source) -> Problem:
    hint = "expected .yaml, .yml or .json files; virtual keys and routing tests are none"
    return Problem(
        message="the folder has no configs",
        place="config",
        hint=hint,
        code="no-config",
        file=folder.name,
    )


def _text(source: Source) -> Text | None:
    """Return the text of a config, which knows where everything stands."""
    given = Path(source.name) if source.text is None else source.text
    return load(given, Report(), root="config")


def _renamed(problem: Problem, source: Source) -> Problem:
    """Call a text from standard input what it is."""
    is_text = source.text is not None and (problem.file or "").startswith("<")
    return replace(problem, file=source.name) if is_text else problem
