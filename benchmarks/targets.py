"""Targets: what was promised, and whether this run kept it."""

from collections.abc import Iterator, Mapping
from typing import TypedDict

Figures = Mapping[str, float]

LIBRARIES = ("httpx2", "httpx", "aiohttp")

RATIOS = {"httpx2": 1.15, "httpx": 1.15, "aiohttp": 1.3}


class Verdict(TypedDict):
    """One target. `measured` and `target` are in `unit`; `met` compares them."""

    what: str
    unit: str
    target: float
    measured: float
    met: bool


def verdicts(figures: Figures) -> list[Verdict]:
    return [
        *_engine(figures),
        *_former(figures),
        *_overhead(figures),
        *_memory(figures),
        *_startup(figures),
    ]


def _engine(figures: Figures) -> Iterator[Verdict]:
    yield _verdict(
        "engine, three levels, over a sender that answers at once",
        "us",
        40,
        (figures["engine.tree"] - figures["engine.empty"]) * 1e6,
    )


def _former(figures: Figures) -> Iterator[Verdict]:
    if "former.engine.tree" in figures:
        ratio = figures["now.engine.tree"] / figures["former.engine.tree"]
        yield _verdict("engine over its former self", "x", 1.1, ratio)


def _overhead(figures: Figures) -> Iterator[Verdict]:
    for library in LIBRARIES:
        added = figures[f"{library}.small.router"] - figures[f"{library}.small.sender"]
        yield _verdict(f"routed less bare sender, small answer, {library}", "us", 120, added * 1e6)
    for library in LIBRARIES:
        ratio = figures[f"{library}.big.router"] / figures[f"{library}.big.sender"]
        yield _verdict(f"routed over bare sender, 2 MB, {library}", "x", RATIOS[library], ratio)


def _memory(figures: Figures) -> Iterator[Verdict]:
    for library in LIBRARIES:
        grown = figures[f"memory.{library}.router.ratio"]
        yield _verdict(f"memory over bodies, 32 answers of 2 MB, {library}", "x", 3, grown)


def _startup(figures: Figures) -> Iterator[Verdict]:
    added = figures["startup.import"] - figures["startup.pass"]
    yield _verdict("`from router import AsyncRouter` over `pass`", "ms", 120, added * 1e3)
    first = figures["startup.first_answer"]
    yield _verdict("process start to the sandbox's first answer", "ms", 500, first * 1e3)


def _verdict(what: str, unit: str, target: float, measured: float) -> Verdict:
    return {
        "what": what,
        "unit": unit,
        "target": target,
        "measured": round(measured, 2),
        "met": measured <= target,
    }
