"""Latecomers: calls that outlive their request, as others have joined it and wait on."""

from dataclasses import dataclass

from router.core.trace import Attempt, Decision
from router.simulator.passage import PASSAGE
from router.simulator.tally import Tally


@dataclass(frozen=True, slots=True)
class Latecomers:
    """Has each of them counted when it ends."""

    tally: Tally

    def decided(self, decision: Decision) -> None:
        """Do nothing."""

    def attempt_started(self, attempt: Attempt) -> None:
        """Do nothing."""

    def attempt_ended(self, attempt: Attempt) -> None:
        passage = PASSAGE.get()
        if passage.has_ended:
            self.tally.take_late(attempt, passage)
