"""Report: what is told of a request when it has ended."""

import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from router.answer import AsyncImage, ImagesResponse
from router.cli import wording
from router.cli.findings import as_json, show
from router.cli.terminal import red, strong, width_of, wrapped
from router.config.problems import ConfigError, summary
from router.core.dollars import dollars
from router.core.images import Picture
from router.core.jsontypes import JSON
from router.core.media import Media
from router.core.trace import Attempt, Trace
from router.core.trace_table import printable
from router.errors import RoutingError


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A picture that is a file now; `size` is in bytes."""

    path: Path
    media: Media | None
    size: int
    picture: Picture


def show_answer(trace: Trace, saved: Sequence[Saved], seconds: float) -> None:
    """Print the pictures, who made them, and why it was they."""
    for one in saved:
        click.echo(_picture(one))
    click.echo(wrapped(_served(trace, seconds), hang=2))
    _show_notes(trace)


def show_paths(saved: Sequence[Saved]) -> None:
    for one in saved:
        click.echo(one.path)


def show_failure(error: RoutingError, saved: Sequence[Saved], seconds: float) -> None:
    """Print to stderr what went wrong, each attempt, and what came all the same."""
    attempts = error.trace.attempts
    what = "too few pictures" if saved else "no picture"
    told = f"{what}: {error.status_code} {error.kind}: {_line(error.message)}"
    _complain(f" {told}", hang=7, label="error:")
    widest = max((len(attempt.path) for attempt in attempts), default=0)
    for attempt in attempts:
        _complain(f"  {attempt.path:<{widest}}  {_attempt(attempt, error.message)}", hang=4)
    if error.request_id is not None:
        _complain(f"  the provider's request id: {error.request_id}", hang=4)
    count = wording.attempts(len(attempts))
    _complain(f"{count} in {wording.seconds(seconds)}{_price(error.trace)}", hang=0)
    for one in saved:
        click.echo(f"saved all the same: {_picture(one)}", err=True)


def show_config(error: ConfigError) -> None:
    """Print to stderr what is wrong with the config; its warnings are for `check`."""
    errors = [problem for problem in error.problems if problem.severity == "error"]
    for problem in errors:
        click.echo(show(problem, width_of(sys.stderr)), err=True)
    click.echo(summary(errors), err=True)


def show_config_json(error: ConfigError) -> None:
    problems = [as_json(problem) for problem in error.problems]
    _dump({"ok": False, "error": {"kind": "config", "problems": problems}, "pictures": []})


def show_answer_json(
    answer: ImagesResponse[AsyncImage], saved: Sequence[Saved], seconds: float
) -> None:
    """Print one object."""
    served = answer.trace.served
    usage = answer.usage
    _dump(
        {
            "ok": True,
            "pictures": [_as_json(one) for one in saved],
            "served_by": None if served is None else asdict(served),
            "seconds": round(seconds, 3),
            "cost": answer.trace.cost,
            "usage": None if usage is None else dict(usage.details),
            "trace": _trace(answer.trace),
        }
    )


def show_failure_json(error: RoutingError, saved: Sequence[Saved], seconds: float) -> None:
    """Print one object."""
    told = {
        "kind": error.kind,
        "status": error.status_code,
        "message": error.message,
        "code": error.code,
        "request_id": error.request_id,
        "retry_after": error.retry_after,
    }
    _dump(
        {
            "ok": False,
            "error": told,
            "pictures": [_as_json(one) for one in saved],
            "seconds": round(seconds, 3),
            "cost": error.trace.cost,
            "trace": _trace(error.trace),
        }
    )


def _picture(saved: Saved) -> str:
    what = f"{wording.media(saved.media)}, {wording.size(saved.size)}"
    return f"{strong(str(saved.path))}   {what}"


def _served(trace: Trace, seconds: float) -> str:
    served = trace.served
    took = wording.seconds(seconds)
    if served is None:
        return f"served from the cache in {took}"
    count = wording.attempts(len(trace.attempts))
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


def _as_json(saved: Saved) -> dict[str, JSON]:
    media, picture = saved.media, saved.picture
    url = picture.url
    return {
        "path": str(saved.path),
        "format": media.format if media else None,
        "width": media.width if media else None,
        "height": media.height if media else None,
        "bytes": saved.size,
        "url": None if url is None or url.startswith("data:") else url,
        "revised_prompt": picture.revised_prompt,
    }


def _trace(trace: Trace) -> Mapping[str, object]:
    return {
        "id": trace.id,
        "attempts": [asdict(attempt) for attempt in trace.attempts],
        "decisions": [asdict(decision) for decision in trace.decisions],
    }


def _dump(report: Mapping[str, object]) -> None:
    click.echo(json.dumps(report, indent=2, ensure_ascii=False, default=str))
