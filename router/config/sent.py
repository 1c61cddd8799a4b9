"""Sent: a config that a stranger has sent, taken in before anything in it is believed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from router.config.load import load, load_text
from router.config.places import Place
from router.config.references import File, parts
from router.config.report import Report
from router.config.schema import validate
from router.config.source import Source
from router.core.jsontypes import JSON

ROOT = "config"
MOST_BYTES = 100_000  # of UTF-8, in the text and in what it says once aliases are followed
MOST_VALUES = 5_000  # to check one takes up to a sixth of a millisecond
MOST_TARGETS = 256  # groups among them
MOST_KEYS = 256
MOST_PATTERNS = 8  # each may take a request a tenth of a second
MOST_ERRORS = 100  # that are told of

NO_VARIABLE = "a config that is sent may not name environment variables"
NO_FILE = "a config that is sent may not name files"
INSTEAD = "name a virtual key; $${ writes ${ itself"


def load_sent(given: Mapping[str, object] | str | Path, report: Report) -> Source | None:
    """Read what was sent, and check its shape; None, reported, where it is of no use.

    A string is the text itself and never a path. No reference is followed, and as there is none
    in what is returned, nothing that reads it later can follow one.
    """
    source = _loaded(given, report)
    if source is None or not _fits(source, report):
        return None
    _Search(source, report).look()
    validate(source, report, "config")
    return None if report.has_errors else source


def _loaded(given: Mapping[str, object] | str | Path, report: Report) -> Source | None:
    nothing = Source(root=ROOT)
    if isinstance(given, Path):
        report.wrong(nothing, (), "is a path", NO_FILE)
        return None
    if not isinstance(given, str):
        return load(given, report, root=ROOT)
    if len(given) > MOST_BYTES or _bytes(given) > MOST_BYTES:
        _refuse(nothing, report, MOST_BYTES, "bytes")
        return None
    return load_text(given, report, root=ROOT)


class Found(NamedTuple):
    """A value or the name of a key, and where it is."""

    place: Place
    value: JSON
    is_key: bool = False


def _all(value: JSON, place: Place = ()) -> Iterator[Found]:
    """Yield every key and every single value."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield Found((*place, key), key, is_key=True)
            yield from _all(inner, (*place, key))
    elif isinstance(value, list):
        for i, inner in enumerate(value):
            yield from _all(inner, (*place, i))
    else:
        yield Found(place, value)


def _fits(source: Source, report: Report) -> bool:
    """Tell whether it is small enough to be looked at more closely."""
    values = length = patterns = 0
    for _, value, is_key in _all(source.value):
        values += not is_key
        length += _bytes(value) if isinstance(value, str) else 1
        patterns += is_key and value == "$regex"
        if length > MOST_BYTES or values > MOST_VALUES:
            break
    counts = (
        (length, MOST_BYTES, "bytes, its aliases followed"),
        (values, MOST_VALUES, "values"),
        (_targets(source.value), MOST_TARGETS, "targets"),
        (patterns, MOST_PATTERNS, "patterns"),
        (len(_mapping(source.value.get("virtual_keys"))), MOST_KEYS, "virtual keys"),
    )
    for number, most, what in counts:
        if number > most:
            _refuse(source, report, most, what)
            return False
    return True


def _refuse(source: Source, report: Report, most: int, what: str) -> None:
    hint = "the operator may keep it as a file and give it a name"
    report.wrong(source, (), f"has more than {most:,} {what}", hint)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))


def _targets(value: JSON) -> int:
    """Count the targets below, and the groups."""
    targets = _mapping(value).get("targets")
    return sum(1 + _targets(one) for one in targets) if isinstance(targets, list) else 0


def _mapping(value: JSON) -> Mapping[str, JSON]:
    return value if isinstance(value, Mapping) else {}


@dataclass(frozen=True, slots=True)
class _Search:
    """Looks for everything that leads out of a config: to variables and to files."""

    source: Source
    report: Report

    def look(self) -> None:
        if "catalog" in self.source.value:
            self.report.error(self.source, ("catalog",), NO_FILE, at_key=True)
        for place, value, is_key in _all(self.source.value):
            reason = _leads_out(value) if isinstance(value, str) and "${" in value else None
            if reason is not None:
                self.report.error(self.source, place, reason, INSTEAD, at_key=is_key)


def _leads_out(text: str) -> str | None:
    """Say where a text leads; None where every `${` in it is written `$${`."""
    try:
        split = parts(text)
    except ValueError:
        return NO_VARIABLE
    if any(isinstance(part, File) for part in split):
        return NO_FILE
    return None if all(isinstance(part, str) for part in split) else NO_VARIABLE
