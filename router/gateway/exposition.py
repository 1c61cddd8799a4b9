"""Exposition: how numbers leave for Prometheus, those of one process or of all workers."""

import os
from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Metric, generate_latest, values
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

TEXT = "text/plain; version=0.0.4; charset=utf-8"
"""The format that every version of Prometheus reads; it suffices for our names."""


class Exposition:
    """Writes down what a registry of its own, or every process of a directory, has counted.

    `registry` is None where the numbers are kept in the directory.
    """

    def __init__(self) -> None:
        directory = os.environ.get(VARIABLE)
        if directory and values.ValueClass is values.MutexValue:
            raise RuntimeError(
                f"{VARIABLE} was set after prometheus_client had been imported: numbers would stay "
                "in this process; set it first"
            )
        self.registry: CollectorRegistry | None = None
        self._source: Collector
        if directory:
            self._source = Directory(directory)
        else:
            self.registry = CollectorRegistry()
            self._source = Plain(self.registry)

    def render(self) -> tuple[bytes, str]:
        """Return the text and its type."""
        return generate_latest(self._source), TEXT


class Plain(Collector):
    """The numbers of one process, without the times at which they began to be counted."""

    def __init__(self, registry: Collector) -> None:
        self._registry = registry

    def collect(self) -> Iterable[Metric]:
        for metric in self._registry.collect():
            metric.samples = [one for one in metric.samples if not one.name.endswith("_created")]
            yield metric


class Directory(Collector):
    """The numbers of all processes that write to a directory: their sum."""

    def __init__(self, directory: str) -> None:
        self._directory = Path(directory)

    def collect(self) -> Iterable[Metric]:
        # A process that was killed while it began leaves an empty file, which cannot be read.
        files = [str(file) for file in self._directory.glob("*.db") if file.stat().st_size]
        metrics: Iterable[Metric] = MultiProcessCollector.merge(files)  # type: ignore[no-untyped-call]
        return sorted(metrics, key=lambda metric: metric.name)


def forget(pid: int, directory: str | None = None) -> None:
    """Let the gauges of a dead worker go; what it has counted stays. For whoever sees it die."""
    directory = directory or os.environ.get(VARIABLE)
    if directory:
        mark_process_dead(pid, directory)  # type: ignore[no-untyped-call]
