"""Tables: the results as people read them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypedDict

from tables import BUSY, Figure, table

from gateway.targets import Verdict

MEBIBYTE = 2**20
HEAD = """\
# Results

Written by `benchmarks/gateway/run.py`; what the words mean is in [README.md](README.md)."""

SIZES = {"small": "Small answers, 16 connections", "big": "2 MB answers, 8 connections"}
ERRORS = ("failed", "broken")


Figures = Mapping[str, Figure]


class Results(TypedDict):
    """What results.json holds. `titles` are those measured, by the name that figures begin with."""

    date: str
    machine: Mapping[str, object]
    tools: Mapping[str, str]
    versions: Mapping[str, str]
    titles: Mapping[str, str]
    rounds: int
    seconds: int
    left_out: Mapping[str, str]
    targets: Sequence[Verdict]
    figures: Figures


def markdown(results: Results) -> str:
    """Write the page."""
    titles, figures = results["titles"], results["figures"]
    parts = (
        HEAD,
        _setting(results),
        *(f"## {head}\n\n{_load(titles, figures, size)}" for size, head in SIZES.items()),
        "## Memory and start\n\n" + _memory(titles, figures),
        *(["## Targets\n\n" + _targets(results["targets"])] if results["targets"] else []),
    )
    return "\n\n".join(parts) + "\n"


def _setting(results: Results) -> str:
    run = f"{results['date']}; {results['rounds']} rounds of {results['seconds']} s, medians"
    parts = (
        f"{run}. {_listed(results['machine'])}. {_listed(results['tools'])}.",
        "; ".join(f"{title}: {version}" for title, version in results["versions"].items()) + ".",
        *([BUSY] if results["machine"]["busy"] else []),
        *_left_out(results),
    )
    return "\n\n".join(parts)


def _left_out(results: Results) -> Iterator[str]:
    measured = results["titles"].values()
    for title, reason in results["left_out"].items():
        since = " after some rounds" if title in measured else ""
        yield f"Left out{since}: {title}: {reason}."


def _load(titles: Mapping[str, str], figures: Figures, size: str) -> str:
    rows = []
    for name, title in titles.items():
        stem = f"{name}.{size}"
        rate, median, p99, peak = (
            figures[f"{stem}.{what}"]["median"] for what in ("rate", "median", "p99", "peak")
        )
        rows.append(
            (
                title,
                f"{rate:,.0f}",
                f"{median * 1e3:.1f}",
                f"{p99 * 1e3:.1f}",
                f"{_errors(figures, stem):,.0f}",
                f"{peak / MEBIBYTE:.0f}",
            )
        )
    heads = ("", "requests/s", "median, ms", "p99, ms", "errors", "peak memory, MiB")
    return table(heads, rows)


def _memory(titles: Mapping[str, str], figures: Figures) -> str:
    rows = []
    for name, title in titles.items():
        answers, idle, peak, ratio = (
            figures[f"{name}.burst.{what}"]["median"]
            for what in ("answers", "idle", "peak", "ratio")
        )
        rows.append(
            (
                title,
                f"{figures[f'{name}.start']['median']:.2f}",
                f"{answers:,.0f}",
                f"{idle / MEBIBYTE:.0f}",
                f"{peak / MEBIBYTE:.0f}",
                f"{ratio:.2f}",
                f"{_errors(figures, f'{name}.burst'):,.0f}",
            )
        )
    heads = (
        "64 answers of 2 MB at once",
        "start to first answer, s",
        "answers",
        "idle, MiB",
        "peak, MiB",
        "grown / bodies",
        "errors",
    )
    return table(heads, rows)


def _errors(figures: Figures, stem: str) -> float:
    """Add up what went wrong in all rounds: here a median would hide it."""
    return sum(sum(figures[f"{stem}.{kind}"]["rounds"]) for kind in ERRORS)


def _targets(targets: Iterable[Verdict]) -> str:
    rows = [
        (
            verdict["what"],
            f"{verdict['way']} {verdict['target']:g} {verdict['unit']}",
            f"{verdict['measured']:g} {verdict['unit']}",
            "yes" if verdict["met"] else "**no**",
        )
        for verdict in targets
    ]
    return table(("what", "target", "measured", "met"), rows)


def _listed(named: Mapping[str, object]) -> str:
    return ", ".join(f"{name} {value}" for name, value in named.items())
