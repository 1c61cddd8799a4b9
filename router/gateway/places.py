"""Places: how many different values a label may have, where callers choose the values."""

from collections.abc import Hashable

OTHER = "other"
"""The label of all values that have no place of their own."""

LONGEST = 100  # characters of a label that is taken as it is


class Places:
    """Gives a place of its own to the first `most` values, and none to those that come later.

    Half of the places are kept for values that have proved themselves: one who makes up names,
    which no provider knows, cannot take the places of the true ones.
    """

    __slots__ = ("_most", "_taken")

    def __init__(self, most: int, taken: tuple[Hashable, ...] = ()) -> None:
        self._most = most
        self._taken = set(taken)

    def has(self, value: Hashable, *, proven: bool) -> bool:
        """Tell whether the value has a place; it is given one if there is one left."""
        if value in self._taken:
            return True
        if len(self._taken) >= (self._most if proven else self._most // 2):
            return False
        self._taken.add(value)
        return True


def is_sayable(name: str) -> bool:
    """Tell whether a name can be a label: short, and nothing in it that cannot be written."""
    return len(name) <= LONGEST and name.isprintable()
