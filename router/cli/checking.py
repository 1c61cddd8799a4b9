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
from router.config_tests.reading import read_suite
from router.lint.beside import beside
from router.lint.linter import judged, lint
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
            problems = tuple(_renamed(one, entry) for one in self._despite(error, entry))
            return Checked(name=entry.name, problems=problems)

    def _checked(self, entry: Entry) -> Checked:
        match entry.kind:
            case "folder":
                return Checked(name=entry.name, problems=(_barren(entry),))
            case "gateway":
                return _gateway(entry)
            case "tests":
                return _tests(entry)
            case "scenario":
                return _scenario(entry)
            case "keys":
                return self._keys(entry)
            case "config":
                return self._config(entry)

    def _despite(self, error: ConfigError, entry: Entry) -> tuple[Problem, ...]:
        """Return the errors, and what else is found where they leave the meaning of the rest."""
        text = _text(entry)
        if text is None:
            return judged(error.problems, self.wishes)
        return beside(error, text, self.wishes)

    def _config(self, entry: Entry) -> Checked:
        document = read(
            entry.given,
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
        text = _text(entry)
        if text is not None:
            if "tests" in text.value and entry.text is None:
                read_suite(entry.path)
            found = lint(Subject(source=text, document=document), self.wishes)
        return Checked(
            name=entry.name,
            problems=tuple(_renamed(problem, entry) for problem in found),
            outline=outline(document.route),
            document=document,
        )

    def _keys(self, entry: Entry) -> Checked:
        """Read virtual keys with a config that uses none of them."""
        document = read(
            {},
            providers=providers(),
            elsewhere=INSTALLED,
            environment=self.environment,
            virtual_keys=entry.path,
            allow_unset=self.allow_unset,
        )
        keys = counted(len(document.virtual_keys), "virtual key")
        return Checked(name=entry.name, problems=document.problems, outline=keys)


def _gateway(entry: Entry) -> Checked:
    """Read the settings of a gateway, and whether the configs that they name are beside them."""
    from router.gateway.settings_file import read_settings

    folder = entry.path.parent
    settings = read_settings(folder, [config.stem for config in config_files(folder)])
    keys = counted(len(settings.keys), "API key") if settings.keys else "no API keys"
    return Checked(name=entry.name, outline=f"gateway with {keys}")


def _tests(entry: Entry) -> Checked:
    """Read routing tests; whether they pass is for `pixroute test` to tell."""
    suite = read_suite(entry.path)
    tests = counted(len(suite.cases), "test")
    return Checked(name=entry.name, outline=f"{tests} of {suite.config.name}")


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


def _text(entry: Entry) -> Source | None:
    """Return the text of a config, which knows where everything stands."""
    return load(entry.given, Report(), root="config")


def _renamed(problem: Problem, entry: Entry) -> Problem:
    """Call a text from standard input what it is."""
    is_text = entry.text is not None and (problem.file or "").startswith("<")
    return replace(problem, file=entry.name) if is_text else problem
