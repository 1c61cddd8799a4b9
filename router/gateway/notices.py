"""Notices: what is told of a folder's files: each mistake once, and that it has been mended."""

from collections.abc import Callable, Collection, Mapping

Tell = Callable[[str], None]


class Notices:
    """`complain` is called with what is wrong, `note` with what is well again."""

    def __init__(self, complain: Tell, note: Tell) -> None:
        self.complain = complain
        self.note = note
        self._told: Mapping[str, str] = {}

    def settle(self, wrong: Mapping[str, str], there: Collection[str]) -> None:
        """Tell what is new: of files that are wrong, and of those that are there and no longer."""
        for name, why in wrong.items():
            if self._told.get(name) != why:
                self.complain(why)
        for name in self._told:
            if name not in wrong and name in there:
                self.note(f"{name} has been read again, and is used")
        self._told = dict(wrong)
