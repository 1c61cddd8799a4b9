"""Tables: the results as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypedDict

from targets import Verdict

NAMES = {
    "httpx": "httpx",
    "httpx2": "httpx2",
    "aiohttp": "aiohttp",
    "openai": "openai package",
    "litellm": "LiteLLM Router",
}
BUSY = "The machine was busy with other work meanwhile: read the ratios, and run it again."

SUBJECTS = {"client": "the library alone", "sender": "our sender", "router": "routed"}


class Figure(TypedDict):
    median: float
    rounds: Sequence[float]


class Results(TypedDict):
    """What results.json holds."""

    date: str
    machine: Mapping[str, object]
    versions: Mapping[str, str]
    rounds: int
    skipped: Sequence[str]
    former: str
    loaded: Mapping[str, Sequence[str]]
    targets: Sequence[Verdict]
    figures: Mapping[str, Figure]


def markdown(results: Results) -> str:
    """Write the page."""
    parts = (
        "# Results\n\nWritten by `make bench`; what the words mean is in [README.md](README.md).",
        _setting(results),
        "## Targets\n\n" + _targets(results["targets"]),
        "## One call\n\n" + _calls(results["figures"]),
        "## Memory\n\n" + _memory(results["figures"]),
        "## Engine, start, machine\n\n" + _rest(results["figures"]),
        "## Loaded\n\n" + _loaded(results["loaded"]),
    )
    return "\n\n".join(parts) + "\n"


def _setting(results: Results) -> str:
    machine = ", ".join(f"{name} {value}" for name, value in results["machine"].items())
    versions = ", ".join(f"{name} {value}" for name, value in results["versions"].items())
    busy = f"\n\n{BUSY}" if results["machine"]["busy"] else ""
    skipped = "".join(f"\n\nLeft out: {reason}." for reason in results["skipped"])
    former = f"\n\nThe former self is {results['former']}." if results["former"] else ""
    run = f"{results['date']}; {results['rounds']} rounds, medians."
    return f"{run} {machine}. {versions}.{former}{busy}{skipped}"


def _targets(targets: Iterable[Verdict]) -> str:
    rows = [
        (
            verdict["what"],
            f"{verdict['target']:g} {verdict['unit']}",
            f"{verdict['measured']:g} {verdict['unit']}",
            "yes" if verdict["met"] else "**no**",
        )
        for verdict in targets
    ]
    return table(("what", "at most", "measured", "met"), rows)


def _calls(figures: Mapping[str, Figure]) -> str:
    rows = []
    for kind, name in NAMES.items():
        for subject, told in SUBJECTS.items():
            small = figures.get(f"{kind}.small.{subject}")
            big = figures.get(f"{kind}.big.{subject}")
            if small and big:
                what = f"{name}, {told}" if subject != "client" else name
                rows.append((what, f"{small['median'] * 1e6:.0f}", f"{big['median'] * 1e3:.2f}"))
    return table(("", "small answer, us", "2 MB answer, ms"), rows)


def _memory(figures: Mapping[str, Figure]) -> str:
    rows = []
    for name in figures:
        if not (name.startswith("memory.") and name.endswith(".ratio")):
            continue
        _, kind, subject, _ = name.split(".")
        stem = name.removesuffix(".ratio")
        idle, peak, ratio = (figures[f"{stem}.{what}"]["median"] for what in _MEMORY)
        told = NAMES[kind] if subject == "client" else f"{NAMES[kind]}, {SUBJECTS[subject]}"
        rows.append((told, f"{idle / 2**20:.0f}", f"{peak / 2**20:.0f}", f"{ratio:.2f}"))
    return table(("32 answers of 2 MB at once", "idle, MiB", "peak, MiB", "grown / bodies"), rows)


_MEMORY = ("idle", "peak", "ratio")


def _rest(figures: Mapping[str, Figure]) -> str:
    rows = [
        (name, f"{figure['median'] * 1e6:.1f}")
        for name, figure in figures.items()
        if name.startswith(("engine.", "now.", "former.", "startup.", "machine."))
    ]
    return table(("", "us"), rows)


def _loaded(loaded: Mapping[str, Sequence[str]]) -> str:
    return "\n".join(f"- {when}: {', '.join(names) or 'none'}" for when, names in loaded.items())


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("--:" for _ in heads[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in (heads, rule, *rows))
