"""Gallery: pictures become files, none of which existed before."""

import os
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from router.answer import Image
from router.core.files import FILE_HEAD
from router.core.images import Picture
from router.core.media import Media, sniff_bytes
from router.events import ImageEvent

LONGEST = 48  # characters of a name; file systems allow 255 bytes
EXTENSIONS = {"jpeg": "jpg"}
RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)
"""What Windows takes for a device, whatever follows it."""


def slug(words: str) -> str:
    """Make a file's name of a prompt: words in small letters, joined by hyphens."""
    plain = unicodedata.normalize("NFKC", words).lower()
    joined = "-".join(re.findall(r"[^\W_]+", plain.replace("'", "").replace("’", "")))  # noqa: RUF001
    name = joined if len(joined) <= LONGEST else joined[: LONGEST + 1].rpartition("-")[0]
    name = name or joined[:LONGEST] or "picture"
    return f"picture-{name}" if RESERVED.fullmatch(name) else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A picture that is a file now; `size` is in bytes.

    `place` says which of the pictures asked for it is, from 0, where that is known; `partial`
    counts the unfinished ones of a place from 0, and is None for one that is finished.
    """

    path: Path
    media: Media | None
    size: int
    picture: Picture
    place: int | None = None
    partial: int | None = None


class Gallery:
    """The files of one request: `name-NUMBER`, and `name-NUMBER.partial-1` before that.

    A number is free where no file has it, of whatever type. Raises OSError where a file cannot be
    written, and leaves none behind that is not whole.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self.pictures: list[Saved] = []
        self.partials: list[Saved] = []
        self._folder = folder
        self._name = name
        self._numbers: dict[int, int] = {}

    def hang(self, image: Image, data: bytes, place: int | None = None) -> Saved:
        """Write a finished picture to a file; that of a place beside its partial ones."""
        saved = self._saved(image, data, place, None)
        self.pictures.append(saved)
        return saved

    def hang_partial(self, event: ImageEvent, data: bytes) -> Saved:
        """Write a picture that is not finished to a file."""
        place = event.image_index
        before = sum(one.place == place for one in self.partials)
        saved = self._saved(event, data, place, before)
        self.partials.append(saved)
        return saved

    def _saved(self, image: Image, data: bytes, place: int | None, partial: int | None) -> Saved:
        media = sniff_bytes(data[:FILE_HEAD])
        extension = EXTENSIONS.get(media.format, media.format) if media else "bin"
        tail = extension if partial is None else f"partial-{partial + 1}.{extension}"
        return Saved(
            path=self._written(data, tail, place),
            media=media,
            size=len(data),
            picture=image.picture,
            place=place,
            partial=partial,
        )

    def _written(self, data: bytes, tail: str, place: int | None) -> Path:
        """Write to the first number whose file was not there; other programs may be as quick."""
        numbers = self._free(place)
        while True:
            number = next(numbers)
            path = self._folder / f"{self._name}-{number}.{tail}"
            try:
                _write(path, data)
            except FileExistsError:
                continue
            if place is not None:
                self._numbers[place] = number
            return path

    def _free(self, place: int | None) -> Iterator[int]:
        """Yield the place's own number, if it has one, and then those that nobody has."""
        if place in self._numbers:
            yield self._numbers[place]
        taken = self._taken()
        yield from (number for number in count(1) if number not in taken)

    def _taken(self) -> set[int]:
        begin = re.compile(rf"{re.escape(self._name)}-([0-9]{{1,9}})\.")
        try:
            names = os.listdir(self._folder)  # noqa: PTH208  no need for a Path of each
        except OSError:  # a folder may be written to that cannot be listed
            return set()
        return {int(match[1]) for match in map(begin.match, names) if match}


def _write(path: Path, data: bytes) -> None:
    """Make a file, whole or not at all. Raises FileExistsError, and OSError."""
    file = path.open("xb")
    try:
        with file:
            file.write(data)
    except OSError:
        path.unlink(missing_ok=True)
        raise
