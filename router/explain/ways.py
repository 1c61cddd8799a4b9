"""Ways: everything that may become of one call, as values that the engine's own rules can judge."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from router.core.outcome import Failure, Kind
from router.providers.failures import UNBILLED, kind_of
from router.sandbox.fault import FaultKind

STATUSES = range(400, 600)
"""What a failure may have; an answer with any other status is read as an invalid one."""


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
    late = Failure(kind=Kind.TIMEOUT, status=408, message="", billed=None)
    yield Way(failure=late, fault=FaultKind.DELAY, hangs=True)
    yield Way(failure=_of(Kind.CONNECTION_LOST, 502), fault=FaultKind.RESET)
    yield Way(failure=_of(Kind.INVALID_OUTPUT, 502), fault=FaultKind.WRONG_LENGTH)
    yield Way(failure=_of(Kind.EMPTY, 502), fault=FaultKind.EMPTY)
    yield Way(failure=_of(Kind.REFUSED, 400), fault=FaultKind.REFUSAL)
    unsent = Failure(kind=Kind.CONNECTION, status=503, message="", billed=False)
    yield Way(failure=unsent, fault=FaultKind.RESET)


def _answered() -> Iterator[Way]:
    """Yield an answer of every status; the commonest first."""
    common = (500, 503, 429, 400)
    for status in (*common, *(one for one in STATUSES if one not in common)):
        kind = kind_of(status)
        failure = Failure(
            kind=kind, status=status, message="", billed=False if kind in UNBILLED else None
        )
        yield Way(failure=failure, fault=FaultKind.STATUS, says_when=True)


def _of(kind: Kind, status: int) -> Failure:
    return Failure(kind=kind, status=status, message="", billed=None)
