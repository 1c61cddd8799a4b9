"""Trace: the flight recorder of one request: every decision and every attempt."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from router.core.outcome import Failure, Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Why something was chosen or done. `at` is in seconds since the request began."""

    path: str
    by: str
    chosen: str
    reason: str
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One call to one target.

    `started` is in seconds since the request began, `duration` and `waited` in seconds; `waited`
    is the pause before it and `wait_reason` why. `kind` is None for a success, and while the call
    is under way, when `status` is 0. `billed` is None where nobody can know. `cost` is in US
    dollars, None where unknown.
    """

    path: str
    provider: str
    model: str | None = None
    virtual_key: str | None = None
    status: int = 0
    kind: Kind | None = None
    message: str = ""
    started: float = 0.0
    duration: float = 0.0
    waited: float = 0.0
    wait_reason: str = ""
    billed: bool | None = None
    adaptations: tuple[str, ...] = ()
    received: int = 0
    request_id: str | None = None
    cost: float | None = None

    @property
    def ok(self) -> bool:
        return self.status == 200 and self.kind is None


class Observer(Protocol):
    """Told of each decision and attempt as it happens: progress displays, logs and metrics."""

    def decided(self, decision: Decision) -> None: ...
    def attempt_started(self, attempt: Attempt) -> None: ...
    def attempt_ended(self, attempt: Attempt) -> None: ...


class Trace:
    """What happened to one request. Grows while it runs; reading it is always safe."""

    __slots__ = ("_attempts", "_decisions", "_observers", "id", "last_failure")

    def __init__(self, trace_id: str, observers: Sequence[Observer] = ()) -> None:
        self.id = trace_id
        self.last_failure: Failure | None = None
        self._attempts: list[Attempt] = []
        self._decisions: list[Decision] = []
        self._observers = observers

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every call made, in the order they began."""
        return tuple(self._attempts)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(self._decisions)

    @property
    def served(self) -> Attempt | None:
        """The attempt that gave the answer; None where none did."""
        return next((a for a in reversed(self._attempts) if a.ok), None)

    def decide(self, decision: Decision) -> None:
        self._decisions.append(decision)
        for observer in self._observers:
            observer.decided(decision)

    def begin(self, attempt: Attempt) -> int:
        """Record a call under way; the number returned names it to `end`."""
        self._attempts.append(attempt)
        for observer in self._observers:
            observer.attempt_started(attempt)
        return len(self._attempts) - 1

    def end(self, number: int, attempt: Attempt) -> None:
        self._attempts[number] = attempt
        for observer in self._observers:
            observer.attempt_ended(attempt)

    def __repr__(self) -> str:
        return f"Trace({self.id!r}, {len(self._attempts)} attempts)"
