"""Colour: mixing, and ramps from one colour to the next."""

from collections.abc import Sequence
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]


def colour(code: str) -> Colour:
    """Read `rrggbb`."""
    return int(code[0:2], 16), int(code[2:4], 16), int(code[4:6], 16)


def colours(codes: str) -> tuple[Colour, ...]:
    """Read several codes with spaces between them."""
    return tuple(colour(code) for code in codes.split())


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """The colour `share` of the way from `one` to `other`."""
    return (
        round(one[0] + (other[0] - one[0]) * share),
        round(one[1] + (other[1] - one[1]) * share),
        round(one[2] + (other[2] - one[2]) * share),
    )


def along(ramp: Sequence[Colour], position: float) -> Colour:
    """The colour at `position` in [0, 1] of a ramp through several colours."""
    place = min(max(position, 0.0), 1.0) * (len(ramp) - 1)
    step = min(int(place), len(ramp) - 2)
    return mix(ramp[step], ramp[step + 1], place - step)


def lighter(one: Colour, share: float) -> Colour:
    return mix(one, (255, 255, 255), share)


def darker(one: Colour, share: float) -> Colour:
    return mix(one, (0, 0, 0), share)
