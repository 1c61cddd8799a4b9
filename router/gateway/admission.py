"""Admission: how many requests may be under way, of everybody and of each caller."""

import math
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Self

from router.gateway.refusal import Refusal
from router.gateway.settings import ApiKey, Settings

MINUTE = 60.0  # seconds
BODIES = 4  # of the largest size, in memory at once
WAIT = {"retry-after": "1"}


@dataclass(slots=True)
class _Use:
    """What one key has under way, and when it came in the last minute, in loop time."""

    running: int = 0
    came: deque[float] = field(default_factory=deque)


class Admission:
    """Counts one worker's requests; limits of a key are divided by the number of workers.

    `held` are the bytes of all bodies that came.
    """

    def __init__(self, workers: int = 1) -> None:
        self._workers = workers
        self._uses: dict[str, _Use] = {}
        self.running = 0
        self.held = 0

    def refusal(self, key: ApiKey | None, now: float) -> Refusal | None:
        """Return why a key may not have one more that was admitted; count it where it may."""
        if key is None:
            return None
        use = self._use(key)
        most = self._share(key.concurrency)
        if most is not None and use.running > most:
            what = f"this API key may have {counted(key.concurrency)} at once"
            return Refusal(429, what, headers=WAIT)
        rate = self._share(key.requests)
        if rate is None:
            return None
        while use.came and now - use.came[0] >= MINUTE:
            use.came.popleft()
        if len(use.came) >= rate:
            seconds = max(1, math.ceil(MINUTE - (now - use.came[0])))
            return Refusal(
                429,
                f"this API key may make {counted(key.requests)} a minute",
                headers={"retry-after": str(seconds)},
            )
        use.came.append(now)
        return None

    def admitted(self, key: ApiKey | None, settings: Settings) -> "Room":
        """Count a request for as long as its room is kept open.

        Raises Refusal where there are too many.
        """
        if self.running >= settings.max_in_flight:
            most = settings.max_in_flight
            raise Refusal(503, f"{most} requests are under way, as many as may be", headers=WAIT)
        return Room(self, None if key is None else self._use(key), BODIES * settings.max_body)

    def _use(self, key: ApiKey) -> _Use:
        use = self._uses.get(key.name)
        if use is None:
            use = self._uses[key.name] = _Use()
        return use

    def _share(self, most: int | None) -> int | None:
        return None if most is None else max(1, most // self._workers)


def too_small(settings: Settings, workers: int) -> Iterator[str]:
    """Say which limits of keys cannot be divided among so many workers: each has one at least."""
    for key in settings.keys:
        for most, when in ((key.concurrency, "at once"), (key.requests, "a minute")):
            if most is not None and most < workers:
                yield (
                    f"key {key.name!r} may have {counted(most)} {when}, fewer than the {workers} "
                    f"workers: each lets 1 through"
                )


def counted(requests: int | None) -> str:
    return "1 request" if requests == 1 else f"{requests} requests"


class Room:
    """One request among those that run, and what its body takes of the memory of all bodies."""

    __slots__ = ("_admission", "_most", "_use", "taken")

    def __init__(self, admission: Admission, use: _Use | None, most: int) -> None:
        self._admission = admission
        self._use = use
        self._most = most
        self.taken = 0

    def __enter__(self) -> Self:
        self._admission.running += 1
        if self._use is not None:
            self._use.running += 1
        return self

    def __exit__(self, *_: object) -> None:
        self._admission.running -= 1
        self._admission.held -= self.taken
        if self._use is not None:
            self._use.running -= 1

    def take(self, size: int) -> None:
        """Raise Refusal where there is no room for so many bytes now."""
        if self._admission.held + size > self._most:
            raise Refusal(503, "there is no room for this body now; ask again", headers=WAIT)
        self._admission.held += size
        self.taken += size
