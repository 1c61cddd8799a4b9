"""Comparison: every contender under the same load, in interleaved rounds.

Takes about twelve minutes, and writes results.json and results.md. Peers are installed beside this
file by the first run; whoever cannot be had is named in the results.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import medians

from gateway import nginx, wrk
from gateway.contender import Contender, Unfit
from gateway.floor import Floor
from gateway.gateway import Gateway
from gateway.litellm_proxy import LiteLLM
from gateway.load import check_fit, measure
from gateway.others import Watch
from gateway.portkey import Portkey
from gateway.reverse_proxy import ReverseProxy
from gateway.tables import Results, markdown
from gateway.targets import verdicts
from gateway.upstream import Upstream, upstream

HERE = Path(__file__).parent

CONTENDERS: Sequence[Contender] = (Gateway(), Floor(), ReverseProxy(), Portkey(), LiteLLM())

ROUNDS = 3
SECONDS = 6

BUSY = 0.05
"""Share of the machine that others used: more than this, and the results say so."""


def main() -> None:
    options = argparse.ArgumentParser(prog="run.py", description=__doc__)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--seconds", type=int, default=SECONDS, help="of each load")
    options.add_argument("--only", nargs="+", metavar="NAME", choices=[c.name for c in CONTENDERS])
    options.add_argument("--out", type=Path, default=HERE, help="where the results are written")
    given = options.parse_args()
    if lacking := missing_tools():
        sys.exit(lacking)
    watch = Watch()
    field = Field([c for c in CONTENDERS if not given.only or c.name in given.only])
    with TemporaryDirectory() as folder, upstream(Path(folder)) as provider:
        field.admit(provider)
        for number in range(1, given.rounds + 1):
            field.measure(provider, given.seconds)
            print(f"round {number} of {given.rounds} done", file=sys.stderr)
    results = written(field, rounds=given.rounds, seconds=given.seconds, others=watch.share())
    (given.out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (given.out / "results.md").write_text(markdown(results))
    print((given.out / "results.md").read_text())


def missing_tools() -> str:
    """Say what has to be installed before anything can be measured; empty if nothing."""
    if not Path("/proc/self/clear_refs").exists():
        return "memory is read from /proc, which only Linux has"
    found = {"nginx": nginx.BINARY, "wrk": wrk.BINARY}
    lacking = [name for name, binary in found.items() if not binary]
    if not lacking:
        return ""
    return f"install first, as root: apt-get install -y {' '.join(lacking)}"


class Field:
    """Those who are measured. Who fails is left out from there on, and the reason kept."""

    def __init__(self, contenders: Sequence[Contender]) -> None:
        self.contenders = list(contenders)
        self.left_out: dict[str, str] = {}
        self.rounds: dict[str, list[float]] = {}

    def admit(self, upstream: Upstream) -> None:
        def admitted(contender: Contender) -> None:
            if obstacle := contender.obstacle():
                raise Unfit(obstacle)
            check_fit(contender, upstream)

        self._each(admitted)

    def measure(self, upstream: Upstream, seconds: int) -> None:
        """Measure everybody once."""

        def measured(contender: Contender) -> None:
            for name, figure in measure(contender, upstream, seconds).items():
                self.rounds.setdefault(name, []).append(figure)

        self._each(measured)

    def _each(self, act: Callable[[Contender], None]) -> None:
        for contender in tuple(self.contenders):
            try:
                act(contender)
            except Unfit as reason:
                self.contenders.remove(contender)
                self.left_out[contender.title] = str(reason)
                print(f"left out: {contender.title}: {reason}", file=sys.stderr)


def written(field: Field, *, rounds: int, seconds: int, others: float) -> Results:
    figures = medians(field.rounds)
    measured = [c for c in CONTENDERS if f"{c.name}.start" in figures]
    return {
        "date": time.strftime("%Y-%m-%d", time.gmtime()),
        "machine": machine(others),
        "tools": {"nginx": nginx.version(), "wrk": wrk.version()},
        "versions": {c.title: c.version() for c in measured},
        "titles": {c.name: c.title for c in measured},
        "rounds": rounds,
        "seconds": seconds,
        "left_out": field.left_out,
        "targets": verdicts(figures),
        "figures": {
            name: {"median": figures[name], "rounds": each} for name, each in field.rounds.items()
        },
    }


def machine(others: float) -> Mapping[str, object]:
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "processors": os.cpu_count(),
        "used_by_others": round(others, 3),
        "busy": others > BUSY,
    }
