"""Ways: everything that may become of one call, and how the sandbox makes it so."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from router.core.outcome import Failure
from router.providers.mishaps import (
    EMPTY,
    INVALID,
    LATE,
    LOST,
    REFUSED,
    STATUSES,
    UNSENT,
    answered,
)
from router.sandbox.fault import FaultKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way for a call to fail, and the fault of the sandbox that makes it.

    `says_when` means that the answer may have a Retry-After, `hangs` that it is the call's own
    timeout that ends it.
    """

    failure: Failure
    fault: FaultKind
    says_when: bool = False
    hangs: bool = False

    @property
    def may_be_billed(self) -> bool:
        return self.failure.billed is not False


@lru_cache
def ways() -> tuple[Way, ...]:
    """Return all ways to fail; of those that mean the same to a config the first is taken."""
    return (*_broken(), *_answered())


def _broken() -> Iterator[Way]:
    yield Way(failure=LATE, fault=FaultKind.DELAY, hangs=True)
    yield Way(failure=LOST, fault=FaultKind.RESET)
    yield Way(failure=INVALID, fault=FaultKind.WRONG_LENGTH)
    yield Way(failure=EMPTY, fault=FaultKind.EMPTY)
    yield Way(failure=REFUSED, fault=FaultKind.REFUSAL)
    yield Way(failure=UNSENT, fault=FaultKind.RESET)


def _answered() -> Iterator[Way]:
    """Yield an answer of every status; the commonest first."""
    common = (500, 503, 429, 400)
    for status in (*common, *(one for one in STATUSES if one not in common)):
        yield Way(failure=answered(status), fault=FaultKind.STATUS, says_when=True)
