"""Trace: the flight recorder of one request: every decision and every attempt."""

import math
from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias, TypeVar

from router.core.attempt import Attempt, Decision
from router.core.images import Picture
from router.core.outcome import Failure

__all__ = ["Attempt", "Decision", "Observer", "Trace"]

T = TypeVar("T")

Opening: TypeAlias = Callable[[], Attempt]
"""Tells of a call under way. It is asked where somebody looks before the call has ended."""

DECIMALS = 9  # of a dollar: what amounts are exact to


class Observer(Protocol):
    """Told of each decision and attempt as it happens: progress displays, logs and metrics."""

    def decided(self, decision: Decision) -> None: ...
    def attempt_started(self, attempt: Attempt) -> None: ...
    def attempt_ended(self, attempt: Attempt) -> None: ...


class Trace:
    """What happened to one request. Grows while it runs; reading it is always safe.

    `salvaged` are the most pictures that came without making an answer.
    """

    __slots__ = (
        "_attempts",
        "_decisions",
        "_observers",
        "failed",
        "id",
        "last_failure",
        "salvaged",
    )

    def __init__(self, trace_id: str, observers: Sequence[Observer] = ()) -> None:
        self.id = trace_id
        self.failed = False
        self.last_failure: Failure | None = None
        self.salvaged: tuple[Picture, ...] = ()
        self._attempts: list[Attempt | Opening] = []
        self._decisions: list[Decision] = []
        self._observers = observers

    def __getstate__(self) -> tuple[None, dict[str, object]]:
        """Leave the observers behind: they are their program's, and a copy tells them nothing."""
        kept = {name: getattr(self, name) for name in self.__slots__}
        return None, {**kept, "_attempts": list(self.attempts), "_observers": ()}

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every call made, in the order they began."""
        return tuple(one if isinstance(one, Attempt) else one() for one in self._attempts)

    @property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(self._decisions)

    @property
    def served(self) -> Attempt | None:
        """The attempt that gave the answer; None where none did, or the request failed."""
        if self.failed:
            return None
        return next((attempt for attempt in reversed(self.attempts) if attempt.ok), None)

    @property
    def cost(self) -> float | None:
        """What was bought, in US dollars: the sum of the attempts that were billed.

        None where the cost of one of them is not known; 0 where nothing was bought, as for an
        answer from a cache. Attempts of which nobody knows whether they were billed are not in it.
        """
        costs = [attempt.cost for attempt in self.attempts if attempt.billed]
        known = [cost for cost in costs if cost is not None]
        return round(math.fsum(known), DECIMALS) if len(known) == len(costs) else None

    def decide(self, decision: Decision) -> None:
        self._decisions.append(decision)
        for observer in self._observers:
            _tell(observer.decided, decision)

    def begin(self, attempt: Attempt | Opening) -> int:
        """Record a call under way; the number returned names it to `end`."""
        self._attempts.append(attempt)
        if self._observers:
            begun = attempt if isinstance(attempt, Attempt) else attempt()
            for observer in self._observers:
                _tell(observer.attempt_started, begun)
        return len(self._attempts) - 1

    def end(self, number: int, attempt: Attempt) -> None:
        self._attempts[number] = attempt
        for observer in self._observers:
            _tell(observer.attempt_ended, attempt)

    def salvage(self, pictures: tuple[Picture, ...]) -> None:
        """Keep pictures that make no answer, where they are more than those kept."""
        if len(pictures) > len(self.salvaged):
            self.salvaged = pictures

    def __str__(self) -> str:
        """Write it as a table of attempts and the reasons for them, at most 80 columns wide."""
        from router.core.trace_table import as_text

        return as_text(self.attempts, self._decisions, self.served)

    def _repr_html_(self) -> str:
        """Draw it for a notebook."""
        from router.core.trace_html import as_html

        return as_html(self.attempts, self._decisions, self.served)

    def __repr__(self) -> str:
        return f"Trace({self.id!r}, {len(self._attempts)} attempts)"


def _tell(listen: Callable[[T], None], news: T) -> None:
    """Tell an observer. Its failure is its own: a broken display must not cost a picture."""
    try:
        listen(news)
    except Exception:
        import logging  # needed here alone, and importing the package should cost little

        logging.getLogger("router").exception("an observer failed")
