"""Checking: reads one entry as a router would, and looks for what will harm."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from router.cli.entries import Entry
from router.cli.outline import outline
from router.compiler import compile_document
from router.config.load import load
from router.config.model import Document
from router.config.problems import ConfigError, Problem, counted
from router.config.read import read
from router.config.report import Report
from router.config.source import Source
from router.config_tests.names import names_of
from router.config_tests.reading import suite_in, suite_of
from router.config_tests.running import check_words
from router.lint.beside import beside, errors_of
from router.lint.linter import judged, lint, told
from router.lint.settings import NO_WISHES, LintSettings
from router.lint.subject import Subject
from router.providers.catalog import catalog_of
from router.providers.registry import INSTALLED, adapter, providers
from router.simulator.durations import spoken
from router.workspace import config_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What was found in one entry; `outline` is its tree in one line, if it has one.

    A config that can be used has its `document`.
    """

    name: str
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

    def check(self, entry: Entry) -> Checked:
        """Read and compile one config, or read virtual keys, routing tests or a scenario."""
        try:
            return self._checked(entry)
        except ConfigError as error:
            return _found(entry, judged(error.problems, self.wishes))

    def _checked(self, entry: Entry) -> Checked:
        match entry.kind:
            case "folder":
                return Checked(name=entry.name, problems=(_barren(entry),))
            case "gateway":
                return _gateway(entry)
            case "tests":
                return self._tests(entry)
            case "scenario":
                return _scenario(entry)
            case "keys":
                return self._keys(entry)
            case "config":
                return self._config(entry)

    def _config(self, entry: Entry) -> Checked:
        """Read and compile a config, and tell what will harm, and what is wrong with its tests."""
        report = Report()
        text = load(entry.given, report, root="config")
        if text is None:
            raise ConfigError(report.problems)
        try:
            document = self._document(text, report, allow_unset=self.allow_unset)
            compile_document(document, providers=providers(), adapter_of=adapter, scope="check")
        except ConfigError as error:
            tests = _own_tests(entry, text)
            return _found(entry, beside(error, text, self.wishes, tests))
        tests = _own_tests(entry, text, document)
        found = lint(Subject(source=text, document=document), self.wishes, tests)
        checked = _found(entry, found)
        return replace(checked, outline=outline(document.route), document=document)

    def _document(self, text: Source, report: Report, *, allow_unset: bool) -> Document:
        return read(
            text,
            providers=providers(),
            elsewhere=INSTALLED,
            environment=self.environment,
            allow_unset=allow_unset,
            catalog=self.catalog,
            catalog_of=catalog_of,
            today=self.today,
            report=report,
        )

    def _keys(self, entry: Entry) -> Checked:
        """Read virtual keys with a config that uses none of them."""
        report = Report()
        source = load(entry.path, report, root="virtual_keys")
        if source is None:
            raise ConfigError(report.problems)
        try:
            document = read(
                {},
                providers=providers(),
                elsewhere=INSTALLED,
                environment=self.environment,
                virtual_keys=entry.path,
                allow_unset=self.allow_unset,
            )
        except ConfigError as error:
            return _found(entry, told(errors_of(error), source, self.wishes))
        found = _found(entry, told(document.problems, source, self.wishes))
        return replace(found, outline=counted(len(document.virtual_keys), "virtual key"))

    def _tests(self, entry: Entry) -> Checked:
        """Read routing tests; whether they pass is for `pixroute test` to tell."""
        report = Report()
        suite = suite_of(entry.path, report)
        if suite is None:
            raise ConfigError(report.problems)
        document = self._tested(suite.config)
        if document is not None:
            check_words(suite, names_of(document, providers()), report)
        report.raise_errors()
        tests = counted(len(suite.cases), "test")
        return Checked(name=entry.name, outline=f"{tests} of {suite.config.name}")

    def _tested(self, config: Path) -> Document | None:
        """Read a config that tests are about; None where it cannot be used, as its check tells."""
        report = Report()
        text = load(config, report, root="config")
        try:
            return None if text is None else self._document(text, report, allow_unset=True)
        except ConfigError:
            return None


def _found(entry: Entry, problems: Sequence[Problem]) -> Checked:
    named = tuple(_renamed(problem, entry) for problem in problems)
    return Checked(name=entry.name, problems=named)


def _gateway(entry: Entry) -> Checked:
    """Read the settings of a gateway, and whether the configs that they name are beside them."""
    from router.gateway.settings_file import read_settings

    folder = entry.path.parent
    settings = read_settings(folder, [config.stem for config in config_files(folder)])
    keys = counted(len(settings.keys), "API key") if settings.keys else "no API keys"
    return Checked(name=entry.name, outline=f"gateway with {keys}")


def _scenario(entry: Entry) -> Checked:
    """Read the traffic of a simulation."""
    from router.simulator.reading import read_scenario

    scenario = read_scenario(entry.path)
    return Checked(name=entry.name, outline=f"scenario of {spoken(scenario.duration)}")


def _barren(folder: Entry) -> Problem:
    hint = "expected .yaml, .yml or .json files; virtual keys and routing tests are none"
    return Problem(
        message="the folder has no configs",
        place="config",
        hint=hint,
        code="no-config",
        file=folder.name,
    )


def _own_tests(entry: Entry, text: Source, document: Document | None = None) -> tuple[Problem, ...]:
    """Return what is wrong with the tests in a config; whom they name it knows if it is usable."""
    if "tests" not in text.value:
        return ()
    report = Report()
    suite = suite_in(text, entry.path, report)
    if suite is not None and document is not None:
        check_words(suite, names_of(document, providers()), report)
    return report.problems


def _renamed(problem: Problem, entry: Entry) -> Problem:
    """Call a text from standard input what it is."""
    is_text = entry.text is not None and (problem.file or "").startswith("<")
    return replace(problem, file=entry.name) if is_text else problem
