"""Memory: what 32 answers of 2 MB at once need beyond the bodies themselves.

python benchmarks/memory.py
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from measuring import PEERS, Worker, interleaved, medians, stub
from payloads import answer

AT_ONCE = 32

SUBJECTS = (
    ("httpx", "sender"),
    ("httpx", "router"),
    ("httpx2", "sender"),
    ("httpx2", "router"),
    ("aiohttp", "sender"),
    ("aiohttp", "router"),
    ("openai", "client"),
    ("litellm", "client"),
)


class Burst:
    """Bytes of a fresh process: before, and at the peak."""

    def __init__(self, kind: str, name: str, port: int) -> None:
        self._kind = kind
        self._name = name
        self._port = port
        self._bodies = AT_ONCE * len(answer("big"))

    def measure(self) -> Mapping[str, float]:
        worker = Worker(self._kind, self._port)
        try:
            told = worker.tell({"burst": self._name, "at_once": AT_ONCE})
        finally:
            worker.close()
        grown = (told["peak"] - told["idle"]) / self._bodies
        what = f"memory.{self._kind}.{self._name}"
        return {f"{what}.idle": told["idle"], f"{what}.peak": told["peak"], f"{what}.ratio": grown}


@contextmanager
def bursts() -> Iterator[list[Burst]]:
    """Start the upstream; every measurement starts its own process."""
    with stub() as port:
        yield [
            Burst(kind, name, port)
            for kind, name in SUBJECTS
            if kind != "litellm" or PEERS.exists()
        ]


if __name__ == "__main__":
    with bursts() as subjects:
        for name, figure in medians(interleaved(subjects)).items():
            ratio = name.endswith("ratio")
            print(f"{name:30} {figure:7.2f}" if ratio else f"{name:30} {figure / 2**20:7.1f} MiB")
