"""Simulation: requests a second that `pixroute simulate` plays, and the memory it takes.

    python benchmarks/simulation.py [--rounds 5] [--day]

Writes simulation.json and simulation.md. With --day a whole day of 864,000 requests is played, too.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from machine import MachineSpeed
from run import machine
from tables import BUSY, table
from worker import Config, memory, three_levels

from router.lab.stage import loader_for
from router.simulator.accounts import Accounts
from router.simulator.reading import read_scenario
from router.simulator.run import play

HERE = Path(__file__).parent

FEW, MANY = 10_000, 40_000  # requests of a round
DAY = 864_000  # requests: ten a second
RATE = 10  # requests a second, of virtual time

ENOUGH = 5_000.0  # requests a second that were promised
DAY_SECONDS = 180.0  # that a day was promised to take
GROWTH = 1.1  # that a peak may have over that of a quarter of the requests

HOST = "https://api.openai.com/v1"


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--day", action="store_true", help="play a whole day, too")
    options.add_argument("--child", type=int, metavar="REQUESTS", help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.child:
        print(json.dumps(played(given.child)))
        return
    load = os.getloadavg()[0]
    rounds = [one_round(number, given.rounds) for number in range(1, given.rounds + 1)]
    day = in_a_process(DAY) if given.day else None
    date = time.strftime("%Y-%m-%d", time.gmtime())
    here = machine(load, os.getloadavg()[0])
    results = {"date": date, "machine": here, "rounds": rounds, "day": day}
    (HERE / "simulation.json").write_text(json.dumps(results, indent=1) + "\n")
    page = markdown(rounds, day, busy=here["busy"] is True, date=date)
    (HERE / "simulation.md").write_text(page)
    print(page)


def one_round(number: int, rounds: int) -> dict[str, float]:
    """Measure few requests and many, each in a process of its own, and the machine."""
    few, many = in_a_process(FEW), in_a_process(MANY)
    print(f"round {number} of {rounds} done", file=sys.stderr)
    return {
        "rate": many["requests"] / many["wall"],
        "rate_of_cpu": many["requests"] / many["cpu"],
        "peak_few": few["peak"],
        "peak_many": many["peak"],
        "machine_sum": MachineSpeed().measure()["machine.sum"],
    }


def in_a_process(requests: int) -> dict[str, float]:
    command = [sys.executable, str(Path(__file__)), "--child", str(requests)]
    said = subprocess.run(command, check=True, capture_output=True, text=True)
    figures: dict[str, float] = json.loads(said.stdout)
    return figures


def played(requests: int) -> dict[str, float]:
    """Play so many requests; seconds without what a process needs to start, memory in bytes."""
    loader = loader_for(Accounts())
    loaded = loader.load(without_host(three_levels(HOST)))
    scenario = read_scenario(
        {
            "duration": requests / RATE,
            "arrivals": {"poisson": RATE},
            "requests": [{"params": {"model": "gpt-image-2"}}],
            "providers": {"openai": {"latency": {"median": 9, "p95": 22}, "error_rate": 0.01}},
        }
    )
    wall, cpu = time.perf_counter(), time.process_time()
    tally = play(scenario, loaded, loader)
    return {
        "requests": tally.ended,
        "failed": tally.failed,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak": memory("VmHWM"),
    }


def without_host(config: Config) -> Config:
    """Return the config with targets at the provider's own host."""
    kept = {key: value for key, value in config.items() if key != "custom_host"}
    targets = kept.get("targets")
    if isinstance(targets, list):
        kept["targets"] = [without_host(one) for one in targets if isinstance(one, dict)]
    return kept


def markdown(
    rounds: Sequence[Mapping[str, float]], day: Mapping[str, float] | None, *, busy: bool, date: str
) -> str:
    rates = [one["rate"] for one in rounds]
    rate, cpu = statistics.median(rates), statistics.median(one["rate_of_cpu"] for one in rounds)
    few = statistics.median(one["peak_few"] for one in rounds)
    many = statistics.median(one["peak_many"] for one in rounds)
    growth = many / few
    rows = [
        ("requests a second", f"{ENOUGH:,.0f} or more", f"{rate:,.0f}", met(rate >= ENOUGH)),
        (
            "a second of processor time",
            f"{ENOUGH:,.0f} or more",
            f"{cpu:,.0f}",
            met(cpu >= ENOUGH),
        ),
        (
            f"peak memory of {MANY:,} requests over that of {FEW:,}",
            f"{GROWTH:g} x at most",
            f"{growth:.2f} x ({many / 2**20:.0f} MiB over {few / 2**20:.0f} MiB)",
            met(growth <= GROWTH),
        ),
    ]
    if day is not None:
        rows.append(day_row(day))
    spread = ", ".join(f"{one:,.0f}" for one in rates)
    speed = statistics.median(one["machine_sum"] for one in rounds) * 1e6
    parts = (
        "# Simulation",
        "Written by `make bench-simulation`; what is measured stands in [README.md](README.md).",
        f"{date}; {len(rounds)} rounds, medians. Rounds: {spread}. machine.sum {speed:.1f} us.",
        BUSY if busy else "",
        table(("what", "promised", "measured", "met"), rows),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def day_row(day: Mapping[str, float]) -> tuple[str, str, str, str]:
    took = f"{day['wall']:.0f} s ({day['cpu']:.0f} s of processor time)"
    measured = f"{took}, {day['peak'] / 2**20:.0f} MiB at the peak"
    what = f"a day of {day['requests']:,.0f} requests"
    return what, f"{DAY_SECONDS:.0f} s at most", measured, met(day["wall"] <= DAY_SECONDS)


def met(is_met: bool) -> str:
    return "yes" if is_met else "**no**"


if __name__ == "__main__":
    main()
