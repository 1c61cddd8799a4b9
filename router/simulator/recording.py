"""Recording: arrival times that were recorded: a list, or a file with one of them a line."""

import math
import stat
from collections.abc import Iterator
from pathlib import Path

from router.simulator.scenario import Recorded


class RecordingError(ValueError):
    """A file of times has a line that is none."""


def times_of(recorded: Recorded) -> Iterator[float]:
    """Yield the times, read as they are needed: a file may have millions."""
    if recorded.file is None:
        yield from recorded.times
        return
    yield from _read(recorded.file)


def check(path: Path) -> None:
    """Raise RecordingError, or OSError, where a file holds no ascending times.

    What is no file may have no end, and has other times, or none, when it is read for the run.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise RecordingError("it is no file that can be read again")
    for _ in _read(path):
        pass


def _read(path: Path) -> Iterator[float]:
    last = 0.0
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            text = line.partition("#")[0].strip()
            if not text:
                continue
            at = _seconds(text, number)
            if at < last:
                raise RecordingError(f"line {number} is {text}, earlier than the line before it")
            last = at
            yield at


def _seconds(text: str, number: int) -> float:
    try:
        at = float(text)
    except ValueError:
        at = math.nan
    if not (math.isfinite(at) and at >= 0):
        raise RecordingError(f"line {number} is {text[:40]!r}; expected seconds, such as 12.5")
    return at
