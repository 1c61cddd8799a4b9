"""Frames: the pictures of a picture that moves, and for how long each is shown."""

import io
from collections.abc import Callable
from dataclasses import dataclass

from PIL import Image, ImageSequence

from router.core.media import Format

MOVING: frozenset[Format] = frozenset({"gif", "png", "webp"})
"""Formats that can move."""

USUAL = 100  # milliseconds of a frame that does not say: what browsers make of it


@dataclass(frozen=True, slots=True, kw_only=True)
class Frames:
    """Frames with their `durations` in milliseconds; `plays` 0 means for ever."""

    pictures: tuple[Image.Image, ...]
    durations: tuple[int, ...]
    plays: int

    def save(self, file: io.BytesIO, to: Format, options: dict[str, object]) -> None:
        """Write all of them."""
        first, *others = self.pictures
        moving: dict[str, object] = {
            "save_all": True,
            "append_images": others,
            "duration": list(self.durations),
        }
        if to != "gif":
            moving["loop"] = self.plays
        else:
            moving["disposal"] = 2  # each frame is whole, and what is clear in it stays clear
            if self.plays != 1:
                moving["loop"] = max(0, self.plays - 1)  # it says how often it is repeated
        first.save(file, format=to, **moving, **options)
        if to == "webp" and any(one.mode == "RGBA" for one in self.pictures):
            _say_that_it_is_clear(file)


def _say_that_it_is_clear(file: io.BytesIO) -> None:
    """Set the flag without which nobody looks at a WebP's transparency.

    libwebp 1.6 leaves it out of a moving picture whose pixels are all either clear or not.
    developers.google.com/speed/webp/docs/riff_container, Extended File Format
    """
    with file.getbuffer() as content:
        if content[12:16].tobytes() == b"VP8X":
            content[20] |= 0x10


def count_frames(picture: Image.Image) -> int:
    """Return how many frames a picture has; a camera's second view is none."""
    count = getattr(picture, "n_frames", 1)
    return count if isinstance(count, int) and picture.format != "MPO" else 1


def frames_of(picture: Image.Image, made: Callable[[Image.Image], Image.Image]) -> Frames:
    """Return every frame of a picture, each as it is `made` into another one."""
    pictures, durations = [], []
    for frame in ImageSequence.Iterator(picture):
        pictures.append(_without_loop(made(frame)))
        durations.append(round(frame.info.get("duration") or USUAL))
    return Frames(pictures=tuple(pictures), durations=tuple(durations), plays=_plays(picture))


def _without_loop(picture: Image.Image) -> Image.Image:
    """Return a picture that does not bring along how often another format repeats it."""
    picture.info.pop("loop", None)
    return picture


def _plays(picture: Image.Image) -> int:
    """Return how often it is shown; a GIF says how often it is repeated, or nothing for once."""
    loop = picture.info.get("loop")
    if picture.format != "GIF":
        return loop if isinstance(loop, int) else 0
    if not isinstance(loop, int):
        return 1
    return loop + 1 if loop else 0
