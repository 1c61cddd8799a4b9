"""Chance: draws that depend on nothing but what they are drawn for."""

from collections.abc import Sequence
from hashlib import blake2b
from struct import unpack
from typing import TypeVar

T = TypeVar("T")

Label = str | int | float

BIT = 2.0**-53
"""The smallest step of a number in [0, 1)."""


class Chance:
    """The same key and labels give the same draw, in every process and in any order."""

    __slots__ = ("_key",)

    def __init__(self, *key: Label) -> None:
        self._key = blake2b(repr(key).encode(), digest_size=32).digest()

    def at(self, *labels: Label) -> float:
        """A number in [0, 1)."""
        digest = blake2b(repr(labels).encode(), key=self._key, digest_size=7).digest()
        return int.from_bytes(digest, "big") / (1 << 56)

    def several(self, count: int, *labels: Label) -> tuple[float, ...]:
        """Up to eight numbers in [0, 1), for little more than the price of one."""
        digest = blake2b(repr(labels).encode(), key=self._key, digest_size=8 * count).digest()
        return tuple([(whole >> 11) * BIT for whole in unpack(f">{count}Q", digest)])

    def between(self, low: float, high: float, *labels: Label) -> float:
        return low + (high - low) * self.at(*labels)

    def whole(self, low: int, high: int, *labels: Label) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + int(self.at(*labels) * (high - low + 1))

    def pick(self, options: Sequence[T], *labels: Label) -> T:
        return options[int(self.at(*labels) * len(options))]

    def hexadecimal(self, digits: int, *labels: Label) -> str:
        """A string of that many hexadecimal digits, at most 128."""
        digest = blake2b(repr(labels).encode(), key=self._key, digest_size=64)
        return digest.hexdigest()[:digits]

    def uuid(self, *labels: Label) -> str:
        """Thirty-two hexadecimal digits, written as a UUID is."""
        digits = self.hexadecimal(32, *labels)
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
