"""Budget: how many calls a request may still make. Budgets nest; a call draws from each above."""

from dataclasses import dataclass

from router.core.outcome import Failure, Kind
from router.core.trace import Trace


@dataclass(slots=True)
class Budget:
    """`left` calls, None for any number. Belongs to one request."""

    left: int | None = None
    parent: "Budget | None" = None

    def reserve(self, calls: int = 1) -> bool:
        """Take `calls` from this budget and every one above it, or nothing from any."""
        if self.left is not None and self.left < calls:
            return False
        if self.parent is not None and not self.parent.reserve(calls):
            return False
        if self.left is not None:
            self.left -= calls
        return True

    def affords(self, calls: int = 1) -> bool:
        """Tell whether `reserve` would succeed now."""
        if self.left is not None and self.left < calls:
            return False
        return self.parent is None or self.parent.affords(calls)

    def refund(self, calls: int = 1) -> None:
        """Give back calls that were reserved and not made."""
        if self.left is not None:
            self.left += calls
        if self.parent is not None:
            self.parent.refund(calls)


@dataclass(slots=True)
class Prepaid(Budget):
    """A budget whose next `paid` calls were reserved already."""

    paid: int = 0

    def reserve(self, calls: int = 1) -> bool:
        if self.paid >= calls:
            self.paid -= calls
            return True
        return super(Prepaid, self).reserve(calls)

    def affords(self, calls: int = 1) -> bool:
        return self.paid >= calls or super(Prepaid, self).affords(calls)


def out_of_budget(why: str, trace: Trace, *, status: int) -> Failure:
    """Return the failure of a spent budget: it takes the status of the last real failure.

    It carries no pictures: those of an earlier attempt are added by the nodes above.
    """
    last = trace.last_failure
    reason = (
        f"{why}; the last failure was {last.status} {last.kind}: {last.message}" if last else why
    )
    return Failure(
        kind=Kind.OUT_OF_BUDGET,
        status=last.status if last else status,
        message=reason,
        billed=bool(trace.salvaged),
        local=True,
        retry_after=last.retry_after if last else None,
    )
