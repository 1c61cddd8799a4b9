"""Run: every benchmark in one interleaved run; writes results.json and results.md.

    python benchmarks/run.py [--rounds 5] [--no-peers] [--former COMMIT]

Takes about five minutes. LiteLLM gets an environment of its own, `benchmarks/.venv-peers`; where
it cannot be had, the results say so.
"""

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import version

from engine import EngineTime
from former import FormerSelf, checkout, described
from machine import MachineSpeed
from measuring import HERE, PEERS, ROUNDS, Subject, interleaved, medians
from memory import bursts
from overhead import call_times
from startup import FIRST_ANSWER, IMPORT, loaded_modules, start_times
from tables import Results, markdown
from targets import verdicts

LIBRARIES = ("httpx", "httpx2", "aiohttp", "openai")

BUSY = 0.5
OWN_LOAD = 1.0
"""Processes that were runnable on average; a run is one and a half of them by itself."""

LITELLM = "litellm==1.106.2"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--no-peers", action="store_true", help="leave LiteLLM out")
    options.add_argument("--former", metavar="COMMIT", help="compare the engine with itself there")
    given = options.parse_args()
    skipped = [] if given.no_peers else set_up_peers()
    date = time.strftime("%Y-%m-%d", time.gmtime())
    load = os.getloadavg()[0]
    with call_times() as calls, bursts() as memory, former_self(given.former) as former:
        subjects: Sequence[Subject] = [
            MachineSpeed(),
            EngineTime(),
            *former,
            *calls,
            *memory,
            *start_times(),
        ]
        rounds = interleaved(subjects, given.rounds)
    figures = medians(rounds)
    results: Results = {
        "date": date,
        "machine": machine(load, os.getloadavg()[0]),
        "versions": versions(),
        "rounds": given.rounds,
        "skipped": skipped,
        "former": described(given.former) if given.former else "",
        "loaded": {
            "after the import": loaded_modules(IMPORT),
            "after the first answer": loaded_modules(FIRST_ANSWER),
        },
        "targets": verdicts(figures),
        "figures": {
            name: {"median": figures[name], "rounds": each} for name, each in rounds.items()
        },
    }
    (HERE / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (HERE / "results.md").write_text(markdown(results))
    print((HERE / "results.md").read_text())


@contextmanager
def former_self(commit: str | None) -> Iterator[Sequence[Subject]]:
    if commit is None:
        yield []
        return
    with checkout(commit) as folder:
        yield [FormerSelf(folder)]


def set_up_peers() -> list[str]:
    """Install LiteLLM beside us; return what had to be left out, and why."""
    if PEERS.exists():
        return []
    folder = PEERS.parent.parent
    print(f"installing {LITELLM} into {folder.name}", file=sys.stderr)
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
        subprocess.run([str(PEERS), "-m", "pip", "install", "--quiet", LITELLM], check=True)
    except (subprocess.CalledProcessError, OSError):
        shutil.rmtree(folder, ignore_errors=True)
        return [f"LiteLLM: {LITELLM} could not be installed here"]
    return []


def machine(before: float, after: float) -> Mapping[str, object]:
    """Describe the machine as far as it matters, and no further."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "load_before": round(before, 2),
        "load_after": round(after, 2),
        "busy": max(before, after - OWN_LOAD) > BUSY,
    }


def versions() -> dict[str, str]:
    found = {name: version(name) for name in LIBRARIES}
    if PEERS.exists():
        found["litellm"] = LITELLM.partition("==")[2]
    return found


if __name__ == "__main__":
    main()
