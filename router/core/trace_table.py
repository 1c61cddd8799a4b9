"""Trace table: a trace in plain text, for terminals and logs that people read."""

import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from router.core.attempt import Attempt, Decision
from router.core.dollars import dollars

WIDTH = 80  # columns of the narrowest terminal in common use
MESSAGE = 200  # characters of a provider's message that are shown
NOTICED = 0.005  # seconds: a shorter wait would show as 0.00 s
ROOT = re.compile(r"\bconfig\.(?=targets\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One attempt in words."""

    place: str
    provider: str
    model: str
    answer: str
    took: str
    cost: str
    notes: tuple[str, ...]

    @property
    def cells(self) -> tuple[str, ...]:
        return (self.place, self.provider, self.model, self.answer, self.took, self.cost)


HEAD = ("place", "provider", "model", "answer", "time", "cost")
MODEL = HEAD.index("model")


def as_text(
    attempts: Sequence[Attempt], decisions: Sequence[Decision], served: Attempt | None
) -> str:
    """Write a headline, a table of the attempts and the reason of each decision."""
    blocks = [summary(attempts, decisions, served)]
    if attempts:
        blocks.append("\n".join(_table(attempts, served)))
    if decisions:
        blocks.append("\n".join(_reasons(decisions)))
    return "\n\n".join(blocks)


def summary(
    attempts: Sequence[Attempt], decisions: Sequence[Decision], served: Attempt | None
) -> str:
    """Say in one line who gave the answer, and after how much."""
    if served is not None:
        who = " ".join(printable(word) for word in (served.provider, served.model) if word)
        calls = f"{len(attempts)} attempt{'s' if len(attempts) > 1 else ''}"
        return f"served by {who} at {shortened(served.path)} after {calls} in {elapsed(attempts)}"
    kept = next((one for one in decisions if one.by == "cache" and one.chosen != "miss"), None)
    if attempts:
        failed = [attempt for attempt in attempts if not attempt.ok] or attempts
        last = printable(row(failed[-1]).answer)
        return f"no answer after {len(attempts)} attempt{'s' if len(attempts) > 1 else ''}: {last}"
    if kept is not None and kept.chosen in {"hit", "joined"}:
        return f"served from the cache: {printable(kept.reason)}"
    return "nobody was asked"


def is_served(attempt: Attempt, served: Attempt | None) -> bool:
    """Tell whether the answer, or a part of it, came from this attempt."""
    return attempt.ok and served is not None and attempt.path == served.path


def row(attempt: Attempt) -> Row:
    """Put an attempt into words, with nothing in them that a terminal would obey."""
    answer = f"{attempt.status} {attempt.kind or ''}".rstrip() if attempt.status else "under way"
    return Row(
        place=shortened(attempt.path),
        provider=printable(attempt.provider),
        model=printable(attempt.model or ""),
        answer=answer,
        took=seconds(attempt.duration),
        cost=_cost(attempt),
        notes=tuple(_notes(attempt)),
    )


def _cost(attempt: Attempt) -> str:
    """Write what is known to have been paid; nothing where nothing was bought."""
    unpaid = attempt.cost is None or (attempt.cost == 0 and not attempt.billed)
    return "" if unpaid else dollars(attempt.cost or 0.0)


def shortened(text: str) -> str:
    """Make a text printable and shorten the paths in it: `config.targets[0]` is `targets[0]`."""
    return ROOT.sub("", printable(text))


def seconds(duration: float) -> str:
    """Write a duration with as many digits as say something."""
    return f"{duration:.1f} s" if duration >= 10 else f"{duration:.2f} s"


def elapsed(attempts: Iterable[Attempt]) -> str:
    """Time from the request's beginning to the end of the last attempt."""
    return seconds(max((one.started + one.duration for one in attempts), default=0.0))


def printable(text: str) -> str:
    """Replace line breaks, escape codes and whatever else is no character to look at."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _notes(attempt: Attempt) -> Iterable[str]:
    if attempt.waited >= NOTICED:
        yield f"waited {seconds(attempt.waited)} before: {printable(attempt.wait_reason)}"
    if attempt.message:
        yield f"said: {printable(attempt.message)[:MESSAGE]}"
    for change in attempt.adaptations:
        yield f"adapted: {printable(change)}"


def _table(attempts: Sequence[Attempt], served: Attempt | None) -> Iterable[str]:
    rows = [row(attempt) for attempt in attempts]
    priced = any(one.cost for one in rows)
    shown = [index for index, head in enumerate(HEAD) if priced or head != "cost"]
    widths = _widths([HEAD, *(one.cells for one in rows)], shown)
    yield "  " + _line(HEAD, widths)
    for attempt, one in zip(attempts, rows, strict=True):
        yield ("> " if is_served(attempt, served) else "  ") + _line(one.cells, widths)
        whole = () if len(one.model) <= widths[MODEL] else (f"model: {one.model}",)
        for note in (*whole, *one.notes):
            yield from _wrapped(note, "    ")


def _widths(lines: Sequence[tuple[str, ...]], shown: Iterable[int]) -> dict[int, int]:
    """Return a width for each column shown; the model's gives way where the line gets too long."""
    widths = {index: max(len(line[index]) for line in lines) for index in shown}
    excess = 2 + sum(widths.values()) + 2 * (len(widths) - 1) - WIDTH
    widths[MODEL] = max(widths[MODEL] - max(excess, 0), len("model"))
    return widths


def _line(cells: tuple[str, ...], widths: dict[int, int]) -> str:
    clipped = (_clipped(cells[index], width).ljust(width) for index, width in widths.items())
    return "  ".join(clipped).rstrip()


def _wrapped(text: str, indent: str) -> Iterable[str]:
    """Break a text at its words; what does not fit into three lines is left out."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        max_lines=3,
        placeholder=" ..",
    )


def _clipped(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 2]}.."


def _reasons(decisions: Sequence[Decision]) -> Iterable[str]:
    width = max(len(decision.by) for decision in decisions)
    for one in decisions:
        told = f"{shortened(one.chosen)}: {shortened(one.reason)}"
        yield from _wrapped(f"{printable(one.by).ljust(width)}  {told}", "  ")
