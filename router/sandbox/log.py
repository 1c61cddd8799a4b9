"""Log: the requests that a sandbox has had."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from router.core.jsontypes import JSON

KEPT = 10_000
"""Entries that are remembered; the counts go on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One request. `at` is in seconds since the sandbox began.

    `status` is 0 while no answer was sent, and for ever where none could be. `fault` is the fault
    that struck, as its script writes it, or empty.
    """

    serial: int
    at: float
    provider: str
    model: str | None
    method: str
    path: str
    status: int = 0
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
    """Remembers the latest requests and counts all of them, those under way included.

    `told` is called with each when it has ended.
    """

    def __init__(self, told: Callable[[Entry], None] | None = None) -> None:
        self._entries: dict[int, Entry] = {}
        self._counts: Counter[str] = Counter()
        self._told = told

    @property
    def counts(self) -> Mapping[str, int]:
        """How many requests each provider has had."""
        return dict(self._counts)

    def count(self, provider: str) -> int:
        return self._counts[provider]

    def begin(self, entry: Entry) -> None:
        self._counts[entry.provider] += 1
        self._entries[entry.serial] = entry
        if len(self._entries) > KEPT:
            del self._entries[next(iter(self._entries))]

    def end(self, entry: Entry, status: int) -> None:
        """Note how a request that was begun has ended; `status` is 0 where no answer was sent."""
        ended = replace(entry, status=status)
        if entry.serial in self._entries:
            self._entries[entry.serial] = ended
        if self._told is not None:
            self._told(ended)

    def __iter__(self) -> Iterator[Entry]:
        return iter(tuple(self._entries.values()))

    def __getitem__(self, place: int) -> Entry:
        return tuple(self._entries.values())[place]

    def __len__(self) -> int:
        return len(self._entries)
