"""Passage: what one request carries through its run: its number, and what was asked meanwhile.

It travels in a context variable, so that it reaches the emulators through the engine, which knows
nothing of it.
"""

from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(slots=True)
class Passage:
    """`account` is the key that the call under way carries.

    `calls` counts this request's calls of each provider and model. `breakers` are the keys of
    the breakers that opened by it, in order.
    """

    number: int
    account: str = ""
    calls: dict[tuple[str, str], int] = field(default_factory=dict)
    breakers: list[str] = field(default_factory=list)

    def count(self, provider: str, model: str) -> int:
        """Return how many such calls came before, and count this one."""
        asked = (provider, model)
        before = self.calls.get(asked, 0)
        self.calls[asked] = before + 1
        return before


PASSAGE: ContextVar[Passage] = ContextVar("passage")
