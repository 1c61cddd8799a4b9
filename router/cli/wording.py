"""Wording: attempts, decisions and sizes, said for people."""

from collections.abc import Sequence

from router.cli.gallery import Saved
from router.core.media import Media
from router.core.trace import Attempt, Decision


def seconds(value: float) -> str:
    """`4.2 s`; what is shorter than a tenth in milliseconds."""
    return f"{value:.1f} s" if value >= 0.1 else f"{value * 1000:.0f} ms"


def size(count: int) -> str:
    """`1.4 MB`, of 1,000,000 bytes each."""
    if count >= 1_000_000:
        return f"{count / 1_000_000:.1f} MB"
    return f"{count / 1000:.0f} kB" if count >= 1000 else f"{count} bytes"


def status(attempt: Attempt) -> str:
    """`503 overloaded`, or `200`."""
    return f"{attempt.status} {attempt.kind}" if attempt.kind else str(attempt.status)


def who(attempt: Attempt) -> str:
    return f"{attempt.provider} {attempt.model}" if attempt.model else attempt.provider


def media(found: Media | None) -> str:
    """`1024x1024 PNG`."""
    if found is None:
        return "of an unknown type"
    name = found.format.upper()
    return name if found.width is None else f"{found.width}x{found.height} {name}"


def picture(saved: Saved) -> str:
    """`1024x1024 PNG, 1.4 MB`."""
    return f"{media(saved.media)}, {size(saved.size)}"


def decision(made: Decision) -> str:
    """Say why and what: `config.targets[0] answered 503 overloaded -> config.targets[1]`."""
    return made.reason if made.chosen == made.path else f"{made.reason} -> {made.chosen}"


def waits(made: Sequence[Attempt]) -> list[str]:
    """Say for each attempt that waited how long, and why."""
    return [
        f"{seconds(attempt.waited)} before attempt {number}: {attempt.wait_reason}"
        for number, attempt in enumerate(made, start=1)
        if attempt.waited
    ]
