"""Former: the engine beside itself as it was at another commit, in turn, each in fresh processes.

python benchmarks/former.py COMMIT
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from measuring import HERE, interleaved, medians

TURNS = 3
"""Blocks of each process, of which the best counts: what else a machine does, and the collection of
what starting has left behind, only ever adds."""

MEASURE = f"""
import json
from engine import EngineTime
turns = [EngineTime().measure() for _ in range({TURNS})]
print(json.dumps({{name: min(turn[name] for turn in turns) for name in turns[0]}}))
"""

FIGURES = ("engine.tree", "engine.library")


class FormerSelf:
    """Seconds a request, now (`now.engine.tree`) and formerly (`former.engine.tree`).

    Each checkout is measured by the benchmark it came with, which asks for the same picture.
    """

    def __init__(self, former: Path) -> None:
        self._checkouts: Mapping[str, Path] = {"now": HERE.parent, "former": former}

    def measure(self) -> Mapping[str, float]:
        return {
            f"{when}.{name}": seconds
            for when, checkout in self._checkouts.items()
            for name, seconds in _measured(checkout).items()
            if name in FIGURES
        }


def _measured(checkout: Path) -> Mapping[str, float]:
    path = os.pathsep.join(map(str, (checkout, checkout / "benchmarks")))
    done = subprocess.run(
        [sys.executable, "-c", MEASURE],
        cwd=checkout,
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        check=True,
    )
    figures: Mapping[str, float] = json.loads(done.stdout)
    return figures


@contextmanager
def checkout(commit: str) -> Iterator[Path]:
    """Write the tree of a commit to a folder for as long as it is needed."""
    with TemporaryDirectory() as folder:
        packed = _git("archive", "--format=tar", commit)
        subprocess.run(["tar", "-x", "-C", folder], input=packed, check=True)
        yield Path(folder)


def described(commit: str) -> str:
    """Say which commit that is: its short name, and the day it was made."""
    return _git("show", "--no-patch", "--format=%h of %cs", commit).decode().strip()


def _git(*arguments: str) -> bytes:
    return subprocess.run(
        ["git", *arguments], cwd=HERE.parent, stdout=subprocess.PIPE, check=True
    ).stdout


def main(arguments: Sequence[str]) -> None:
    if len(arguments) != 1:
        sys.exit("usage: python benchmarks/former.py COMMIT")
    with checkout(arguments[0]) as former:
        figures = medians(interleaved([FormerSelf(former)]))
    print(f"now, and at {described(arguments[0])}")
    for name in FIGURES:
        now, then = figures[f"now.{name}"], figures[f"former.{name}"]
        print(f"{name:16} {now * 1e6:8.1f} us {then * 1e6:8.1f} us {now / then:6.2f} x")


if __name__ == "__main__":
    main(sys.argv[1:])
