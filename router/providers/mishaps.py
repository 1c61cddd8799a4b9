"""Mishaps: everything that may become of one call, as failures that the engine can judge."""

from router.core.outcome import Failure, Kind
from router.providers.failures import UNBILLED, kind_of

STATUSES = range(400, 600)
"""What a failure may have; an answer with any other status is read as an invalid one."""


def _unknown(kind: Kind, status: int) -> Failure:
    """Return a failure of which nobody can know whether it is billed."""
    return Failure(kind=kind, status=status, message="", billed=None)


LATE = _unknown(Kind.TIMEOUT, 408)
LOST = _unknown(Kind.CONNECTION_LOST, 502)
INVALID = _unknown(Kind.INVALID_OUTPUT, 502)
EMPTY = _unknown(Kind.EMPTY, 502)
REFUSED = _unknown(Kind.REFUSED, 400)
UNSENT = Failure(kind=Kind.CONNECTION, status=503, message="", billed=False)

WORDLESS = (LATE, LOST, INVALID, EMPTY, UNSENT)
"""What may go wrong with any provider, without a word of its own."""


def answered(status: int) -> Failure:
    """Return the failure that a provider's error status is, where no words say more."""
    kind = kind_of(status)
    billed = False if kind in UNBILLED else None
    return Failure(kind=kind, status=status, message="", billed=billed)
