"""Table: the rows of the dialects, read from the file beside this one."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import yaml

from router.core.jsontypes import JSON
from router.dialects.dialect import Dialect, Server

FILE = Path(__file__).with_name("compatible.yaml")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

SETS = frozenset({"operations", "takes", "rejects"})
LISTS = frozenset({"aliases", "ratios", "qualities", "formats", "responses", "uncertain"})


@lru_cache
def dialects() -> tuple[Dialect, ...]:
    """Return every row, in the order of the table; it is read once."""
    rows = yaml.load(FILE.read_bytes(), Loader=LOADER)  # noqa: S506  it is a safe one
    return tuple(read_row(row) for row in rows)


def read_row(row: Mapping[str, JSON]) -> Dialect:
    """Read one row. Raises TypeError for a key that is none."""
    read = {key: _fact(key, value) for key, value in row.items()}
    return Dialect(**read)  # type: ignore[arg-type]


def _fact(key: str, value: JSON) -> object:
    if key == "takes" and value == "all":
        return None
    if key == "server" and isinstance(value, Mapping):
        return Server(**{inner: _fact(inner, one) for inner, one in value.items()})  # type: ignore[arg-type]
    if key == "foreign" and isinstance(value, Mapping):
        return {name: _texts(texts) for name, texts in value.items()}
    if key in SETS:
        return frozenset(_texts(value))
    if key in LISTS:
        return _texts(value)
    return str(value) if key == "read" else value


def _texts(value: JSON) -> tuple[str, ...]:
    return tuple(map(str, value)) if isinstance(value, list) else ()
