"""Brief: what a picture is to be."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

PictureFormat = Literal["png", "jpeg", "webp"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Brief:
    """Equal briefs give equal pictures.

    `index` is the picture's place in one answer. `compression` goes from 0 (smallest file) to
    100 (best picture) and matters to jpeg and webp only. `blurred` is how Stability hands out a
    picture that its filter caught.
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

    @property
    def mime(self) -> str:
        return f"image/{self.format}"


Draw: TypeAlias = Callable[[Brief], bytes]
"""Makes the file that a brief asks for."""
