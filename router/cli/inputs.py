"""Inputs: the files that are read with a config."""

from collections.abc import Iterator
from pathlib import Path

from router.config.load import load
from router.config.read import KEYS_FILES
from router.config.report import Report
from router.core.jsontypes import sequence


def read_with(config: Path) -> Iterator[Path]:
    """Yield a config's path, those of the keys beside it, and of the catalogs that it names."""
    yield config
    yield from (config.parent / name for name in KEYS_FILES)
    source = load(config, Report(), root="config")
    named = None if source is None else source.value.get("catalog")
    for name in (named,) if isinstance(named, str) else sequence(named):
        if isinstance(name, str):
            yield config.parent / name
