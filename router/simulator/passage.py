"""Passage: what one request carries through its run: its number, and what was asked meanwhile.

It travels in a context variable, so that it reaches the emulators through the engine, which knows
nothing of it.
"""

from contextvars import ContextVar
from dataclasses import dataclass


@dataclass(slots=True, eq=False)
class Passage:
    """`mark` is what sets the request's prompt apart. `account` is the key of the call under way.

    `arrived` is when the request came, and `place` the bucket of the timeline that this is in.
    `calls` counts its calls of each provider and model.
    """

    number: int
    mark: str = ""
    arrived: float = 0.0
    place: int = 0
    has_ended: bool = False
    account: str = ""
    calls: dict[tuple[str, str], int] | None = None

    def count(self, provider: str, model: str) -> int:
        """Return how many such calls came before, and count this one."""
        asked = (provider, model)
        if self.calls is None:
            self.calls = {asked: 1}
            return 0
        before = self.calls.get(asked, 0)
        self.calls[asked] = before + 1
        return before


PASSAGE: ContextVar[Passage] = ContextVar("passage")
