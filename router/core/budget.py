"""Budget: how many calls a request may still make, and what they may cost.

Budgets nest; a call draws from each above it.
"""

from dataclasses import dataclass

from router.core.outcome import Failure, Kind
from router.core.trace import Trace

DECIMALS = 9  # of a dollar: what amounts are exact to


@dataclass(slots=True)
class Budget:
    """`left` calls and `money` in US dollars, None for any. Belongs to one request.

    With `admits_unknown` a call of unknown cost may be made while any money is left; otherwise
    none may. `within_means` is about this budget alone, everything else about those above too.
    """

    left: int | None = None
    parent: "Budget | None" = None
    money: float | None = None
    admits_unknown: bool = False

    def reserve(self, calls: int = 1, cost: float | None = 0.0) -> bool:
        """Take `calls` and `cost` from this budget and every one above it, or nothing from any.

        A cost that is None is unknown, and takes nothing.
        """
        if self.left is not None and self.left < calls:
            return False
        if not self.within_means(cost):
            return False
        if self.parent is not None and not self.parent.reserve(calls, cost):
            return False
        self._give(-calls, -(cost or 0.0))
        return True

    def within_means(self, cost: float | None) -> bool:
        """Tell whether this budget has the money."""
        if self.money is None:
            return True
        return self.money > 0 if cost is None else _rounded(self.money - cost) >= 0

    def affords(self, calls: int = 1) -> bool:
        """Tell whether so many calls may be made now, whatever they cost."""
        if self.left is not None and self.left < calls:
            return False
        return self.parent is None or self.parent.affords(calls)

    def refund(self, calls: int = 1, cost: float = 0.0) -> None:
        """Give back calls that were reserved and not made, and money that was not spent.

        A negative `cost` takes more: a call was dearer than it was thought to be.
        """
        self._give(calls, cost)
        if self.parent is not None:
            self.parent.refund(calls, cost)

    @property
    def counts_money(self) -> bool:
        return self.money is not None or (self.parent is not None and self.parent.counts_money)

    @property
    def refuses_unknown(self) -> bool:
        """Whether a call of unknown cost may not be made at all."""
        if self.money is not None and not self.admits_unknown:
            return True
        return self.parent is not None and self.parent.refuses_unknown

    @property
    def least_money(self) -> float | None:
        """What is left of the tightest `money`; None where no budget has any bound."""
        above = None if self.parent is None else self.parent.least_money
        known = [money for money in (self.money, above) if money is not None]
        return min(known, default=None)

    def _give(self, calls: int, cost: float) -> None:
        if self.left is not None:
            self.left += calls
        if self.money is not None:
            self.money = _rounded(self.money + cost)


@dataclass(slots=True)
class Prepaid(Budget):
    """A budget whose next `paid` calls were reserved already, and so much `purse` for them."""

    paid: int = 0
    purse: float = 0.0

    def reserve(self, calls: int = 1, cost: float | None = 0.0) -> bool:
        if self.paid < calls:
            return super(Prepaid, self).reserve(calls, cost)
        short = (cost or 0.0) - self.purse
        if short > 0 and not super(Prepaid, self).reserve(0, short):
            return False
        self.paid -= calls
        self.purse = max(0.0, -short)
        return True

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


def _rounded(amount: float) -> float:
    return round(amount, DECIMALS)
