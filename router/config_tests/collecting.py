"""Collecting: which files have routing tests."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from router.config.load import load
from router.config.report import Report
from router.config_tests.reading import ENDINGS, TEST_FILE, is_test_file
from router.workspace import config_files

OWN_TESTS = re.compile(rb"""^[ {]*["']?tests["']?\s*:""", re.MULTILINE)
"""What a config with tests in it has somewhere; whether they are tests is seen when it is read."""

FOLDER = Path("configs")
"""Where configs are when the current folder has no tests."""


class NothingThereError(Exception):
    """A path that is neither a file nor a folder."""


def collect(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Return every file with tests that the paths name, once.

    A folder stands for all of its tests, a config for those in it and those beside it. Raises
    NothingThereError.
    """
    return tuple(dict.fromkeys(file for path in paths for file in _in(path)))


def collect_here() -> tuple[Path, ...]:
    """Return the tests of the current folder, or else those of `configs/`."""
    here = tuple(_in_folder(Path()))
    return here or (tuple(_in_folder(FOLDER)) if FOLDER.is_dir() else ())


def _in(path: Path) -> Iterator[Path]:
    if path.is_dir():
        yield from _in_folder(path)
    elif not path.is_file():
        raise NothingThereError(path)
    elif is_test_file(path):
        yield path
    else:
        found = [path] if has_tests(path) else []
        found += _beside(path)
        yield from found or _broken(path)


def _broken(config: Path) -> Iterator[Path]:
    """Yield a config in which nobody can tell whether there are tests: who reads it says why."""
    if load(config, Report(), root="config") is None:
        yield config


def _in_folder(folder: Path) -> Iterator[Path]:
    """Yield the test files of a folder and the configs with tests, in order."""
    configs = (path for path in config_files(folder) if has_tests(path))
    tests = (path for path in folder.iterdir() if is_test_file(path) and path.is_file())
    yield from sorted((*configs, *tests))


def _beside(config: Path) -> Iterator[Path]:
    """Yield the test files that have a config's name."""
    beside = (config.with_name(f"{config.stem}.test{ending}") for ending in ENDINGS)
    yield from (path for path in beside if path.is_file())


def has_tests(config: Path) -> bool:
    """Tell whether tests are written in a config; one that cannot be read has none."""
    try:
        return OWN_TESTS.search(config.read_bytes()) is not None
    except OSError:
        return False


def about(path: Path) -> str:
    """Name what a file tests: `nested.test.yaml` tests `nested`."""
    match = TEST_FILE.fullmatch(path.name)
    return match[1] if match else path.stem
