"""Text: YAML or JSON becomes a Source, with everything that is wrong with the text itself."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from router.config.given import UNREADABLE, copied
from router.config.masking import shown
from router.config.nodes import Unreadable, compose
from router.config.places import Span
from router.config.report import Report
from router.config.source import Source
from router.config.values import Values
from router.core.jsontypes import JSON

SMALLEST: Mapping[str, str] = {
    "gateway": "max_in_flight: 256",
    "tests": "tests: [{name: all is well, then: {status: 200}}]",
}
"""An example for what is no mapping, by the source's root; `provider: openai` for all others."""


@dataclass(frozen=True, slots=True)
class _Reading:
    value: JSON
    found: Values


def from_text(text: str, report: Report, source: Source, *, is_json: bool = False) -> Source | None:
    """Read a text; None where it cannot be read, with the reason in the report."""
    text = text.removeprefix("\ufeff")
    source = replace(source, lines=tuple(text.splitlines()))
    if is_json or text.lstrip().startswith("{"):
        try:
            return _from_json(text, report, source)
        except ValueError as error:
            if is_json:
                _report_json(error, report, source)
                return None
    # What begins like JSON and is none may still be YAML.
    return _from_yaml(text, report, source)


def _from_yaml(text: str, report: Report, source: Source) -> Source | None:
    try:
        reading = _reading(text)
    except Unreadable as error:
        message = f"{source.root} {error.message}"
        report.add(source.problem((), message, error.hint, code=UNREADABLE, span=error.span))
        return None
    return _settled(reading, report, source)


def _from_json(text: str, report: Report, source: Source) -> Source | None:
    """Read JSON; read it as YAML too, which knows where everything stands.

    Raises ValueError where it is no JSON.
    """
    repeated: list[str] = []
    exact = _parse(text, repeated)
    try:
        reading = _reading(text)
    except Unreadable:
        return _unlocated(exact, repeated, report, source)
    if reading.found.flaws or reading.value == exact:
        return _settled(reading, report, source)
    return _unlocated(exact, repeated, report, source)


def _reading(text: str) -> _Reading:
    """Read YAML. Raises Unreadable."""
    values = Values()
    node = compose(text)
    return _Reading(None if node is None else values.read(node), values)


def _settled(reading: _Reading, report: Report, source: Source) -> Source | None:
    found = reading.found
    source = replace(
        source,
        keys=found.keys,
        values=found.values,
        shared=frozenset(found.shared),
        secrets=_by_line(found.secrets),
    )
    for flaw in found.flaws:
        found_flaw = source.problem(
            flaw.place, flaw.message, flaw.hint, code=UNREADABLE, span=flaw.span
        )
        report.flaw(source, flaw.place, found_flaw)
    return _rooted(reading.value, report, source)


def _by_line(spans: Iterable[Span]) -> Mapping[int, Sequence[Span]]:
    found: dict[int, list[Span]] = {}
    for span in dict.fromkeys(spans):
        for line in range(span.line, span.end_line + 1):
            found.setdefault(line, []).append(span)
    return found


def _unlocated(exact: JSON, repeated: list[str], report: Report, source: Source) -> Source | None:
    """Accept JSON that YAML reads in another way: problems will have a place, but no line."""
    value = copied(exact, report, source)
    for name in repeated:
        report.error(source, (), f"key {shown(name)} is here twice", code=UNREADABLE)
    return _rooted(value, report, source)


def _parse(text: str, repeated: list[str]) -> JSON:
    """Parse JSON, noting repeated keys. Raises ValueError where it is none."""

    def pairs(found: list[tuple[str, JSON]]) -> dict[str, JSON]:
        mapping: dict[str, JSON] = {}
        for name, value in found:
            if name in mapping:
                repeated.append(name)
            mapping[name] = value
        return mapping

    try:
        parsed: JSON = json.loads(text, object_pairs_hook=pairs, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("is nested too deeply") from None
    return parsed


def _refuse(constant: str) -> JSON:
    raise ValueError(f"{constant} is not a number that can be used")


def _report_json(error: ValueError, report: Report, source: Source) -> None:
    if isinstance(error, json.JSONDecodeError):
        span = Span(error.lineno, error.colno, error.lineno, error.colno + 1)
        message = f"{source.root} is not valid JSON: {error.msg}"
        report.add(source.problem((), message, code=UNREADABLE, span=span))
    else:
        report.wrong(source, (), f"is not valid JSON: {error}", code=UNREADABLE)


def _rooted(value: JSON, report: Report, source: Source) -> Source | None:
    """Accept a mapping only."""
    if isinstance(value, Mapping):
        return replace(source, value=value)
    expected = f"expected a mapping such as: {SMALLEST.get(source.root, 'provider: openai')}"
    if value is None:
        report.wrong(source, (), "is empty", expected, code=UNREADABLE)
    else:
        kind = "a list" if isinstance(value, list) else "a single value"
        report.wrong(source, (), f"is {kind}; {expected}", code=UNREADABLE)
    return None
