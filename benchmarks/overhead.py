"""Overhead: one call against an upstream on loopback: bare, through our sender, and routed.

python benchmarks/overhead.py
"""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager

from measuring import PEERS, Worker, interleaved, medians, stub

REQUESTS = {"small": 200, "big": 40}
"""In one block of one round."""

KINDS = ("httpx", "httpx2", "aiohttp", "openai", "litellm")


class CallTime:
    """Seconds a call of one kind, by size and by subject."""

    def __init__(self, kind: str, worker: Worker) -> None:
        self._kind = kind
        self._worker = worker

    def measure(self) -> Mapping[str, float]:
        figures: dict[str, float] = {}
        for size, requests in REQUESTS.items():
            told = self._worker.tell({"size": size, "requests": requests})
            figures |= {f"{self._kind}.{size}.{name}": taken for name, taken in told.items()}
        return figures


@contextmanager
def call_times() -> Iterator[list[CallTime]]:
    """Start the upstream and a worker for every kind that can run here."""
    kinds = [kind for kind in KINDS if kind != "litellm" or PEERS.exists()]
    with ExitStack() as stack:
        port = stack.enter_context(stub())
        workers = {kind: Worker(kind, port) for kind in kinds}
        for worker in workers.values():
            stack.callback(worker.close)
        yield [CallTime(kind, worker) for kind, worker in workers.items()]


if __name__ == "__main__":
    with call_times() as subjects:
        for name, seconds in medians(interleaved(subjects)).items():
            print(f"{name:24} {seconds * 1e6:9.1f} us")
