"""Source: one text that was read, its values and where each of them stands."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from router.config.fixes import Fix, Unfixed
from router.config.masking import masked_source
from router.config.places import Place, Span, shown_place
from router.config.problems import Problem, Severity
from router.core.jsontypes import JSON, is_list

LINES_BEFORE = 1  # lines of context in an excerpt
WIDEST = 200  # characters of a line in an excerpt


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`root` is what places in it begin with; `folder` is where its relative paths begin.

    `secrets` are the spans of values that excerpts must not show, by the lines they are on;
    `shared` are those of values that aliases show in several places.
    """

    root: str
    file: str | None = None
    folder: Path | None = None
    value: Mapping[str, JSON] = field(default_factory=dict, repr=False)
    lines: tuple[str, ...] = field(default=(), repr=False)
    keys: Mapping[Place, Span] = field(default_factory=dict, repr=False)
    values: Mapping[Place, Span] = field(default_factory=dict, repr=False)
    shared: frozenset[Span] = field(default=frozenset(), repr=False)
    secrets: Mapping[int, Sequence[Span]] = field(default_factory=dict, repr=False)

    def at(self, place: Place) -> JSON:
        """Return what is written at a place; None where nothing is."""
        return below(self.value, place)

    def problem(
        self,
        place: Place,
        message: str,
        hint: str = "",
        *,
        code: str = "invalid",
        harm: str = "",
        severity: Severity = "error",
        at_key: bool = False,
        span: Span | None = None,
        fix: Fix | Unfixed | None = None,
    ) -> Problem:
        """Describe a finding at a place, or at a `span` where the place alone does not tell."""
        where = span or self._span(place, at_key=at_key)
        return Problem(
            message=message,
            place=shown_place(place, self.root),
            hint=hint,
            code=code,
            harm=harm,
            severity=severity,
            file=self.file,
            line=where.line if where else None,
            column=where.column if where else None,
            excerpt=self._excerpt(where) if where and where.column < WIDEST else (),
            width=_width(where) if where else 1,
            fix=fix if isinstance(fix, Fix) else None,
            unfixed=fix.why if isinstance(fix, Unfixed) else "",
        )

    def _span(self, place: Place, *, at_key: bool) -> Span | None:
        """Where the value stands, or its key; for what is missing, what it is missing from."""
        first, second = (self.keys, self.values) if at_key else (self.values, self.keys)
        for length in range(len(place), -1, -1):
            span = first.get(place[:length]) or second.get(place[:length])
            if span is not None:
                return span
        return None

    def _excerpt(self, span: Span) -> tuple[str, ...]:
        first = max(1, span.line - LINES_BEFORE)
        return tuple(self._shown_line(number) for number in range(first, span.line + 1))

    def _shown_line(self, number: int) -> str:
        if number > len(self.lines):
            return ""
        line = self.lines[number - 1]
        for secret in self.secrets.get(number, ()):
            start = secret.column - 1 if number == secret.line else 0
            end = secret.end_column - 1 if number == secret.end_line else len(line)
            line = line[:start] + "*" * (end - start) + line[end:]
        # Cut before masking too: its patterns are slow on a line of a megabyte.
        return masked_source(line[: 2 * WIDEST])[:WIDEST].replace("\t", " ")


def below(value: JSON, place: Place) -> JSON:
    """Return what a place within a value leads to; None where there is no such place."""
    for step in place:
        if isinstance(step, int):
            value = value[step] if is_list(value) and step < len(value) else None
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
    return value


def _width(span: Span) -> int:
    if span.end_line != span.line:
        return 1
    return max(1, min(span.end_column, WIDEST) - span.column)
