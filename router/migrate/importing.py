"""Importing: a config of Portkey's or LiteLLM's becomes one of ours, which checks at once."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Literal

from router.compiler import compile_document
from router.config.load import load, load_text
from router.config.places import shown_place
from router.config.portkey import IMPLEMENTED
from router.config.problems import ConfigError, Problem, hints
from router.config.read import read
from router.config.report import Report
from router.config.section import Section
from router.config.source import Source
from router.migrate.block import Block, as_json
from router.migrate.ledger import CHANGED, Ledger
from router.migrate.litellm import read_litellm
from router.migrate.page import once, page
from router.migrate.portkey import read_portkey
from router.providers.catalog import catalog_of
from router.providers.registry import INSTALLED, adapter, providers

Kind = Literal["portkey", "litellm"]

NAMES: Mapping[Kind, str] = {"portkey": "Portkey", "litellm": "LiteLLM"}

MARKS: Mapping[Kind, frozenset[str]] = {
    "litellm": frozenset({"model_list", "router_settings", "litellm_settings"}),
    "portkey": frozenset({*IMPLEMENTED, "options"}),
}
"""Keys at the top by which a config is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """A config as YAML and as JSON, and what differs: changes of meaning, and notes."""

    text: str
    as_json: str
    kind: Kind
    told: tuple[Problem, ...]

    @property
    def changes(self) -> tuple[Problem, ...]:
        return tuple(problem for problem in self.told if problem.code == CHANGED)


def bring(given: Path | str, kind: Kind | None = None) -> Imported:
    """Import a file, or a text. Raises ConfigError with the reasons where that cannot be done."""
    report = Report()
    loaded = (
        load(given, report, root="config")
        if isinstance(given, Path)
        else load_text(given, report, root="config")
    )
    report.raise_errors()
    if loaded is None:
        raise ConfigError(report.problems)
    found = kind or _recognised(loaded)
    ledger = Ledger(loaded, report)
    block = _write(found, loaded, ledger)
    report.raise_errors()
    if block is None:
        raise ConfigError([_nothing(found, loaded), *ledger.told])
    once(block, set())
    text = page(block, _heading(found, loaded, ledger))
    _check(text, ledger)
    bare = json.dumps(as_json(block), indent=2, ensure_ascii=False) + "\n"
    return Imported(text=text, as_json=bare, kind=found, told=ledger.told)


def _recognised(source: Source) -> Kind:
    """Tell whose config it is. Raises ConfigError where that cannot be told."""
    found = [kind for kind, marks in MARKS.items() if marks & source.value.keys()]
    if len(found) == 1:
        return found[0]
    hint = "say --from portkey or --from litellm"
    message = "both Portkey's and LiteLLM's keys are at the top" if found else UNKNOWN
    raise ConfigError([source.problem((), message, hint, code="unreadable-source")])


UNKNOWN = "this is neither Portkey's config nor LiteLLM's: no key of theirs is at the top"


def _write(kind: Kind, source: Source, ledger: Ledger) -> Block | None:
    top = Section(source, source.value)
    if kind == "portkey":
        return read_portkey(top, ledger).write()
    own = {info.name: info.key_variable for info in providers()}
    return read_litellm(top, ledger, own).write()


def _nothing(kind: Kind, source: Source) -> Problem:
    what = "entry of model_list" if kind == "litellm" else "target"
    message = f"there is nothing to import: no {what} makes pictures that can be routed here"
    return source.problem((), message, code="nothing-to-import")


def _heading(kind: Kind, source: Source, ledger: Ledger) -> list[str]:
    name = PurePath(source.file or "a mapping").name
    came = f"From {NAMES[kind]}'s {name}" if not name.startswith("<") else f"From {NAMES[kind]}"
    lines = [f"{came}, by pixroute import. docs/migrate.md says what becomes of what."]
    if next(ledger.changes, None) is not None:
        lines.append("`differs` marks what means another thing than there: decide, then delete it.")
    return lines


def _check(text: str, ledger: Ledger) -> None:
    """Read what was written as a router does. Raises ConfigError, as far as known by the source."""
    try:
        document = read(
            text,
            providers=providers(),
            elsewhere=INSTALLED,
            environment={},
            allow_unset=True,
            catalog_of=catalog_of,
        )
        compile_document(document, providers=providers(), adapter_of=adapter, scope="import")
    except ConfigError as error:
        errors = [one for one in error.problems if one.severity == "error"]
        raise ConfigError([_at_source(one, ledger) for one in errors]) from None


def _at_source(problem: Problem, ledger: Ledger) -> Problem:
    """Show an error where its place is in the source; else without a line."""
    source = ledger.source
    hint = problem.hint
    if problem.place == source.root:
        hint = hints(hint, "so it is with the config that would be written")
    for place in source.values:
        if shown_place(ledger.here(place), source.root) == problem.place:
            return source.problem(place, problem.message, hint, code=problem.code)
    return replace(problem, file=source.file, line=None, column=None, excerpt=())
