"""Report: what is told of a request when it has ended."""

import sys
from collections.abc import Iterator, Sequence
from typing import TextIO

import click

from router.cli import wording
from router.cli.findings import show
from router.cli.gallery import Gallery, Saved
from router.cli.terminal import red, strong, width_of, wrapped, yellow
from router.config.problems import ConfigError, counted, summary
from router.core.dollars import dollars
from router.core.outcome import Kind
from router.core.trace import Attempt, Trace
from router.core.trace_table import printable
from router.errors import RoutingError

GAP = "   "


def show_answer(trace: Trace, gallery: Gallery, seconds: float) -> None:
    """Print the pictures, who made them, and why it was they."""
    for one in gallery.pictures:
        click.echo(_picture(one, sys.stdout))
    click.echo(wrapped(_served(trace, seconds), hang=2))
    _show_notes(trace)


def show_paths(gallery: Gallery) -> None:
    for one in gallery.pictures:
        click.echo(one.path)


def show_failure(error: RoutingError, gallery: Gallery, seconds: float) -> None:
    """Print to stderr what went wrong, each attempt, and what came all the same."""
    attempts = error.trace.attempts
    if not attempts and _is_refused_here(error):
        _complain(f" {_line(error.message)}", hang=7, label="error:")
        return
    what = "too few pictures" if gallery.pictures else "no picture"
    told = f"{what}: {error.status_code} {error.kind}: {_line(error.message)}"
    _complain(f" {told}", hang=7, label="error:")
    widest = max((len(attempt.path) for attempt in attempts), default=0)
    for attempt in attempts:
        _complain(f"  {attempt.path:<{widest}}  {_attempt(attempt, error.message)}", hang=4)
    if error.request_id is not None:
        _complain(f"  the provider's request id: {error.request_id}", hang=4)
    count = counted(len(attempts), "attempt") if attempts else "no provider was asked"
    _complain(f"{count} in {wording.seconds(seconds)}{_price(error.trace)}", hang=0)
    _list("saved all the same:", gallery.pictures)
    _list("kept, though unfinished:", gallery.partials)


def show_interrupt(gallery: Gallery, seconds: float) -> None:
    """Print to stderr that it was the caller who ended it."""
    said = "a call that was under way is cancelled, and may have been billed"
    _complain(f"interrupted after {seconds:.1f} s; {said}", hang=2)
    _list("kept, though unfinished:", gallery.partials)


def warn(message: str) -> None:
    click.echo(f"{yellow('warning:')} {message}", err=True)


def show_config(error: ConfigError) -> None:
    """Print to stderr what is wrong with the config; its warnings are for `check`."""
    errors = [problem for problem in error.problems if problem.severity == "error"]
    for problem in errors:
        click.echo(show(problem, width_of(sys.stderr)), err=True)
    click.echo(summary(errors), err=True)


def _is_refused_here(error: RoutingError) -> bool:
    """Tell whether it never was a request that anybody could have answered."""
    return error.failure.local and error.kind is Kind.BAD_REQUEST


def _list(title: str, saved: Sequence[Saved]) -> None:
    """Print to stderr files that are there although it went wrong."""
    if saved:
        click.echo(title, err=True)
    for one in saved:
        click.echo(_picture(one, sys.stderr, indent="  "), err=True)


def _picture(saved: Saved, stream: TextIO, indent: str = "") -> str:
    """Name a file and what is in it: side by side, or below where there is no room."""
    path, what = f"{indent}{saved.path}", wording.picture(saved)
    width = width_of(stream)
    if width is None or len(path) + len(GAP) + len(what) <= width:
        return f"{strong(path)}{GAP}{what}"
    return f"{strong(path)}\n{indent}  {what}"


def _served(trace: Trace, seconds: float) -> str:
    served = trace.served
    took = wording.seconds(seconds)
    if served is None:
        return f"served from the cache in {took}"
    count = counted(len(trace.attempts), "attempt")
    who = f"served by {wording.who(served)} ({served.path})"
    return f"{who} after {count} in {took}{_price(trace)}"


def _price(trace: Trace) -> str:
    """Say what was paid, if anything was and it is known how much."""
    return f", {dollars(trace.cost)}" if trace.cost else ""


def _show_notes(trace: Trace) -> None:
    """Print why it went as it did, and what was changed on the way."""
    notes = list(_notes(trace))
    widest = max((len(label) for label, _ in notes), default=0)
    for label, note in notes:
        click.echo(wrapped(f"  {label + ':':<{widest + 1}}  {note}", hang=widest + 5))


def _notes(trace: Trace) -> Iterator[tuple[str, str]]:
    for made in trace.decisions:
        yield made.by, wording.decision(made)
    for wait in wording.waits(trace.attempts):
        yield "waited", wait
    adapted = [] if trace.served is None else trace.served.adaptations
    for note in dict.fromkeys(adapted):
        yield "adapted", note


def _attempt(attempt: Attempt, known: str) -> str:
    """Tell of an attempt, with its message unless that is known already."""
    told = f"{wording.who(attempt)}: {wording.status(attempt)}"
    message = "" if attempt.message in {"", known} else f": {_line(attempt.message)}"
    return f"{told} after {wording.seconds(attempt.duration)}{message}"


def _line(message: str) -> str:
    """Put a provider's words on one line."""
    return printable(" ".join(message.split()))


def _complain(text: str, *, hang: int, label: str = "") -> None:
    """Print a line to stderr; colours come after the folding, which counts characters."""
    folded = wrapped(label + text, hang=hang, stream=sys.stderr).removeprefix(label)
    click.echo((red(label) if label else "") + folded, err=True)
