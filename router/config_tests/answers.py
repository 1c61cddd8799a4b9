"""Answers: what targets answer in a test, attempt by attempt."""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import TypeVar

import anyio

from router.config_tests.names import Names, Word, most_exact
from router.core.trace import Attempt, Decision
from router.sandbox.fault import Fault, FaultKind

T = TypeVar("T")

WELL = Fault(kind=FaultKind.DELAY)
"""An answer with nothing wrong in it."""


@dataclass(slots=True)
class Script:
    """Answers in order, each as often as its `times` says (once), the last for ever.

    One with `after` begins at that second. Until then goes on what stands before it: where nothing
    does, all is well.
    """

    answers: tuple[Fault, ...]
    _place: int = 0
    _given: int = 0

    def __post_init__(self) -> None:
        if self.answers and self.answers[0].after:
            self.answers = (WELL, *self.answers)

    def answer(self, now: float) -> Fault:
        due = [i for i, one in enumerate(self.answers) if one.after and one.after <= now]
        if due and due[-1] > self._place:
            self._place, self._given = due[-1], 0
        if self._given >= (self.answers[self._place].times or 1) and self._has_next(now):
            self._place, self._given = self._place + 1, 0
        self._given += 1
        return self.answers[self._place]

    def _has_next(self, now: float) -> bool:
        following = self._place + 1
        return following < len(self.answers) and self.answers[following].after <= now


@dataclass(slots=True)
class _Turn:
    """One attempt under way; its `answer` is decided when its first request comes."""

    attempt: Attempt
    answer: Fault | None = None
    is_fresh: bool = True


# An attempt is one task's from its beginning to its end: what is set there is seen by the sender.
_TURN: ContextVar[_Turn | None] = ContextVar("turn", default=None)


class Answers:
    """Knows from the engine which target an attempt is at, and decides what it is answered.

    It is the stage's observer, its fate and its latency. An attempt that takes several requests,
    as polling does, has one answer: its delay and latency come before the first of them. As an
    observer it only notes the attempt: what goes wrong there is heard of by nobody.
    """

    def __init__(
        self,
        given: Mapping[str, tuple[Fault, ...]],
        latency: Mapping[str, float],
        names: Names,
    ) -> None:
        self._scripts = {names.find(text): Script(answers) for text, answers in given.items()}
        self._latency = {names.find(text): seconds for text, seconds in latency.items()}

    def decided(self, decision: Decision) -> None:
        pass

    def attempt_started(self, attempt: Attempt) -> None:
        _TURN.set(_Turn(attempt))

    def attempt_ended(self, attempt: Attempt) -> None:
        del attempt
        _TURN.set(None)

    def strike(self, provider: str, model: str | None, serial: int, elapsed: float) -> Fault | None:
        del provider, model, serial, elapsed
        turn = _TURN.get()
        if turn is None:
            return None
        if turn.answer is not None:
            return replace(turn.answer, delay=0.0)
        turn.answer = self._answer(turn.attempt)
        return turn.answer

    def latency(self, provider: str, model: str | None, serial: int) -> float:
        del provider, model, serial
        turn = _TURN.get()
        if turn is None or not turn.is_fresh:
            return 0.0
        turn.is_fresh = False
        return _of(self._latency, turn.attempt) or 0.0

    def _answer(self, attempt: Attempt) -> Fault:
        script = _of(self._scripts, attempt)
        return WELL if script is None else script.answer(anyio.current_time())


def _of(by_word: Mapping[Word, T], attempt: Attempt) -> T | None:
    word = most_exact(tuple(by_word), attempt)
    return None if word is None else by_word[word]
