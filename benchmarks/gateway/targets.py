"""Targets: what was promised and what was expected of this gateway, and whether it came so."""

from collections.abc import Iterator, Mapping
from typing import Literal, TypedDict

Figures = Mapping[str, float]
Way = Literal["at least", "at most"]

OURS = "pixroute"


class Verdict(TypedDict):
    """One target. `measured` and `target` are in `unit`; `met` compares them `way`."""

    what: str
    way: Way
    unit: str
    target: float
    measured: float
    met: bool


RATES = (
    ("floor", "small", 0.5, "promised: over the floor, small answers"),
    ("floor", "big", 0.75, "promised: over the floor, 2 MB"),
    ("portkey", "small", 4.0, "expected: over Portkey, small answers"),
    ("portkey", "big", 5.0, "expected: over Portkey, 2 MB"),
    ("litellm", "small", 20.0, "expected: over LiteLLM, small answers"),
    ("litellm", "big", 3.5, "expected: over LiteLLM, 2 MB"),
)
"""Requests a second over somebody else's: whose, of what size, how many times, in words."""


def verdicts(figures: Figures) -> list[Verdict]:
    """Judge what this run can judge; whatever was not measured is missing."""
    return [*_rates(figures), *_own(figures)]


def _rates(figures: Figures) -> Iterator[Verdict]:
    for other, size, target, what in RATES:
        ours, theirs = figures.get(f"{OURS}.{size}.rate"), figures.get(f"{other}.{size}.rate")
        if ours and theirs:
            yield _verdict(what, "at least", "x", target, ours / theirs)


def _own(figures: Figures) -> Iterator[Verdict]:
    if f"{OURS}.start" in figures:
        ratio, start = figures[f"{OURS}.burst.ratio"], figures[f"{OURS}.start"]
        yield _verdict(
            "promised: memory over bodies, 64 answers of 2 MB", "at most", "x", 1.6, ratio
        )
        yield _verdict("promised: start to first answer", "at most", "s", 1.5, start)


def _verdict(what: str, way: Way, unit: str, target: float, measured: float) -> Verdict:
    return {
        "what": what,
        "way": way,
        "unit": unit,
        "target": target,
        "measured": round(measured, 2),
        "met": measured >= target if way == "at least" else measured <= target,
    }
