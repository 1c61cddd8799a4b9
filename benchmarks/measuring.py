"""Measuring: rounds over subjects, one block of each after the other, and medians."""

import json
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

HERE = Path(__file__).parent
PEERS = HERE / ".venv-peers" / "bin" / "python"

ROUNDS = 5


class Subject(Protocol):
    """Something that is measured, a block at a time."""

    def measure(self) -> Mapping[str, float]:
        """Return figures by name: seconds or bytes."""
        ...


def interleaved(subjects: Sequence[Subject], rounds: int = ROUNDS) -> dict[str, list[float]]:
    """Measure every subject once a round, so that a noisy minute is everybody's."""
    figures: dict[str, list[float]] = {}
    for number in range(1, rounds + 1):
        for subject in subjects:
            for name, figure in subject.measure().items():
                figures.setdefault(name, []).append(figure)
        print(f"round {number} of {rounds} done", file=sys.stderr)
    return figures


def medians(figures: Mapping[str, Sequence[float]]) -> dict[str, float]:
    return {name: statistics.median(rounds) for name, rounds in figures.items()}


class Worker:
    """A process that measures on command; one line of JSON each way."""

    def __init__(self, kind: str, port: int) -> None:
        python = str(PEERS) if kind == "litellm" else sys.executable
        self._process = subprocess.Popen(
            [python, str(HERE / "worker.py"), kind, str(port)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"},  # no download at its start
        )

    def tell(self, command: Mapping[str, object]) -> dict[str, float]:
        """Send a command and wait for its figures."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        figures: dict[str, float] = json.loads(self._process.stdout.readline())
        return figures

    def close(self) -> None:
        self._process.communicate()


@contextmanager
def stub() -> Iterator[int]:
    """Run the upstream in a process of its own; yields its port."""
    process = subprocess.Popen(
        [sys.executable, str(HERE / "stub.py")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.communicate()
