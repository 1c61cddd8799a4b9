"""Entries: what there is to check: files, folders and texts, each of one kind."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from router.cli.sources import standard_input
from router.config.kinds import SCENARIOS, kind_of
from router.config_tests.reading import is_test_file
from router.workspace import GATEWAY_FILES, candidates, config_files

STDIN = "<stdin>"

EntryKind: TypeAlias = Literal["config", "keys", "gateway", "tests", "scenario", "folder"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """Something to check: a file, a folder without configs, or a `text` that stands in no file."""

    name: str
    kind: EntryKind = "config"
    text: str | None = None

    @property
    def path(self) -> Path:
        return Path(self.name)

    @property
    def given(self) -> Path | str:
        return self.path if self.text is None else self.text


def entry(path: Path) -> Entry:
    return Entry(name=str(path), kind=_kind(path))


def _kind(path: Path) -> EntryKind:
    """Tell what a file is by its name and its content; one that is not there counts as a config."""
    if path.is_dir():
        return "folder"
    if path.name.startswith("virtual-keys."):
        return "keys"
    if not path.is_file():
        return "config"
    if path.name in GATEWAY_FILES:
        return "gateway"
    if is_test_file(path):
        return "tests"
    return "scenario" if kind_of(path) == "scenario" else "config"


def collect(paths: Sequence[str]) -> Iterator[Entry]:
    """Yield what the arguments name, and folders that have no configs as they are."""
    for path in paths:
        if path == "-":
            # The line break says that this is a text and not a path.
            yield Entry(name=STDIN, text=standard_input() + "\n")
            continue
        folder = Path(path)
        inside = _files(folder) if folder.is_dir() else []
        beside = (folder / name for name in GATEWAY_FILES)
        yield from map(entry, inside or [folder])
        yield from map(entry, (file for file in beside if file.is_file()))


def _files(folder: Path) -> list[Path]:
    """List a folder's configs, then its routing tests, and then its scenarios.

    Scenarios stand beside configs or in a folder of their own; what a command has printed is none.
    """
    tests = (path for path in folder.iterdir() if is_test_file(path))
    scenarios = (path for path in candidates(folder) if kind_of(path) == "scenario")
    below = folder / SCENARIOS
    inside = candidates(below) if below.is_dir() else ()
    others = (path for path in inside if kind_of(path) != "report")
    return [*config_files(folder), *sorted(tests), *scenarios, *others]
