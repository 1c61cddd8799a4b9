"""Faults: which fault strikes which request, and how often it has struck."""

from collections.abc import Sequence
from typing import Protocol

from router.emulators.chance import Chance
from router.sandbox.fault import Fault


class Fate(Protocol):
    """Decides what goes wrong with each request."""

    def strike(self, provider: str, model: str | None, serial: int, elapsed: float) -> Fault | None:
        """Return the fault of the request with this number; None where all goes well.

        It is asked once for each request, in order. `elapsed` is in seconds since the first.
        """
        ...


class Faults:
    """A script being played. A request is struck by the first fault that concerns it, if any."""

    def __init__(self, script: Sequence[Fault] = (), seed: int = 0) -> None:
        self._chance = Chance("faults", seed)
        self._script = tuple(script)
        self._struck = [0] * len(script)

    @property
    def script(self) -> tuple[Fault, ...]:
        return self._script

    def replace(self, script: Sequence[Fault]) -> None:
        """Play another script from its beginning."""
        self._script = tuple(script)
        self._struck = [0] * len(script)

    def strike(self, provider: str, model: str | None, serial: int, elapsed: float) -> Fault | None:
        """The fault for this request, counted; `elapsed` is in seconds since the script began."""
        for place, fault in enumerate(self._script):
            spent = fault.times is not None and self._struck[place] >= fault.times
            if spent or not fault.concerns(provider, model, elapsed):
                continue
            if self._chance.at(serial, place) < fault.probability:
                self._struck[place] += 1
                return fault
        return None
