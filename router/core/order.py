"""Order: what a call asks for, or has given, as far as prices look at it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from router.core.catalog import ModelFacts
from router.core.catalog_file import AUTO, as_text
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import JSON
from router.core.sizes import Size, parse_size

STEPS = ("steps", "num_inference_steps")
"""The names that providers have for how long a picture is worked on."""

DIGITS = re.compile(r"[0-9]{1,15}(\.[0-9]{1,15})?")

LOOKED_AT = frozenset({"size", "width", "height", "quality", "partial_images", *STEPS})
"""Parameters by which units are counted, whatever the price."""


@dataclass(slots=True)
class Order:
    """A request in the provider's words, and the pictures that came of it, if any have.

    What came is as the answer says it, else as the pictures show it, else as it was asked for,
    else the model's default. Nothing is looked up before a price asks for it.
    """

    facts: ModelFacts
    request: ImageRequest
    pictures: Pictures | None = None

    @property
    def count(self) -> int:
        """Pictures that came, or that are asked for."""
        return self.request.n if self.pictures is None else len(self.pictures.data)

    @property
    def prompt(self) -> int:
        """Bytes of the prompt."""
        return len(self.request.prompt.encode("utf-8", "replace"))

    @property
    def files(self) -> int:
        """Pictures that the call begins with, masks included."""
        if self.request.has_references:
            images = self.request.params.get("images")
            return len(images) if isinstance(images, list | tuple) else 1
        return sum(map(len, self.request.files.values()))

    @property
    def size(self) -> Size | None:
        """The size that is told, else the first picture's; None where it is not known."""
        return self._told_size() or next(self._sizes(), None)

    @property
    def area(self) -> int | None:
        """Pixels of all pictures; None where they are not known."""
        sizes = [size for size in self._sizes() if size is not None]
        return sum(size.area for size in sizes) if len(sizes) == self.count else None

    def value(self, name: str) -> str | None:
        """Return a parameter's value; None where it is the model's own choice, or not known."""
        if name == "size":
            size = self.size
            return None if size is None else str(size)
        if name == "operation":
            return self.request.operation
        value = self._said(name)
        return None if value is None else as_text(value)

    def number(self, *names: str) -> float | None:
        """Return the first of these parameters that is a number, or would be one in a form."""
        for name in names:
            value = self._said(name)
            if isinstance(value, int | float) and not isinstance(value, bool):
                return value
            if isinstance(value, str) and DIGITS.fullmatch(value):
                return float(value)
        return None

    @property
    def steps(self) -> float | None:
        return self.number(*STEPS)

    def _said(self, name: str) -> JSON:
        """Return what is said last of a parameter; `auto` says nothing."""
        told = None if self.pictures is None else self.pictures.fields.get(name)
        if told is not None and told != AUTO:
            return told
        asked = self.request.params.get(name)
        said = self.facts.defaults.get(name) if asked is None else asked
        return None if said == AUTO else said

    def _sizes(self) -> Iterator[Size | None]:
        """Yield the size of each picture."""
        if self.pictures is None:
            yield from [self._asked_size()] * self.count
            return
        told = self._told_size()
        for picture in self.pictures.data:
            media = None if told is not None else picture.media
            if media is not None and media.width and media.height:
                yield Size(media.width, media.height)
            else:
                yield told or self._asked_size()

    def _told_size(self) -> Size | None:
        """Return what an answer says of all its pictures."""
        return None if self.pictures is None else parse_size(self.pictures.fields.get("size"))

    def _asked_size(self) -> Size | None:
        params = self.request.params
        width, height = params.get("width"), params.get("height")
        if isinstance(width, int) and isinstance(height, int):
            return Size(width, height)
        asked = params.get("size")
        return parse_size(self.facts.defaults.get("size") if asked is None else asked)
