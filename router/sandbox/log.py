"""Log: the requests that a sandbox has answered."""

from collections import Counter, deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from router.core.jsontypes import JSON

KEPT = 10_000
"""Entries that are remembered; the counts go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request. `at` is in seconds since the sandbox began; `status` is 0 where none was sent.

    `fault` is the fault that struck, as its script writes it, or empty.
    """

    serial: int
    at: float
    provider: str
    model: str | None
    method: str
    path: str
    status: int
    fault: str = ""

    def as_json(self) -> Mapping[str, JSON]:
        return {
            "serial": self.serial,
            "at": round(self.at, 3),
            "provider": self.provider,
            "model": self.model,
            "method": self.method,
            "path": self.path,
            "status": self.status,
            "fault": self.fault,
        }


class RequestLog:
    """Remembers the latest requests and counts all of them."""

    def __init__(self, told: Callable[[Entry], None] | None = None) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._counts: Counter[str] = Counter()
        self._told = told

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requests each provider has had."""
        return dict(self._counts)

    def count(self, provider: str) -> int:
        return self._counts[provider]

    def add(self, entry: Entry) -> None:
        self._entries.append(entry)
        self._counts[entry.provider] += 1
        if self._told is not None:
            self._told(entry)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries))

    def __getitem__(self, place: int) -> Entry:
        return self._entries[place]

    def __len__(self) -> int:
        return len(self._entries)
