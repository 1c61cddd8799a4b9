"""Dollars: amounts of money, written for people."""

import math


def dollars(amount: float) -> str:
    """Write `$0.040`: three decimals, and two digits that say something where those would not."""
    if amount == 0 or abs(amount) >= 0.0005:
        return f"${amount:.3f}"
    return f"${amount:.{1 - math.floor(math.log10(abs(amount)))}f}"
