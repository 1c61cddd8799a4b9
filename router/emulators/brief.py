"""Brief: what a picture is to be."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from router.core.light_value import light_value

PictureFormat = Literal["png", "jpeg", "webp"]


class UnreadableError(ValueError):
    """A given picture cannot be opened, or a mask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The picture that another one is made of, and how.

    `mask` is a picture as well: what it shows in `where` is painted anew, and the rest is kept.
    Without one all is repainted, as strongly as `change` says, from 0 to 1. `others` are further
    pictures, which are to be seen somewhere.
    """

    content: bytes = field(repr=False)
    mask: bytes | None = field(default=None, repr=False)
    where: Literal["transparent", "white", "black"] = "transparent"
    change: float = 0.5
    others: tuple[bytes, ...] = field(default=(), repr=False)


@light_value
class Brief:
    """Equal briefs give equal pictures.

    `index` is the picture's place in one answer. `compression` goes from 0 (smallest file) to
    100 (best picture) and matters to jpeg and webp only. `blurred` is how Stability hands out a
    picture that its filter caught. `finished` goes from 0 (hardly begun) to 1.
    """

    provider: str
    model: str
    prompt: str
    width: int
    height: int
    seed: int = 0
    index: int = 0
    format: PictureFormat = "png"
    compression: int = 100
    transparent: bool = False
    blurred: bool = False
    finished: float = 1.0
    source: Source | None = None

    @property
    def mime(self) -> str:
        return f"image/{self.format}"


Draw: TypeAlias = Callable[[Brief], bytes]
"""Makes the file that a brief asks for. May raise UnreadableError where a source is given."""
