"""Form: the fields of a multipart request, read and checked; every number comes as text."""

import math
import re
from collections.abc import Sequence
from collections.abc import Set as AbstractSet

from router.core.http import Part
from router.core.media import sniff_bytes
from router.emulators.stability_errors import bad

FORMATS = ("png", "jpeg", "webp")
SIDES = (64, 16_384)  # pixels
FEWEST_PIXELS = 4_096
MOST_PIXELS = 9_437_184
# That of the edit endpoints: none is documented for generation.


class Form:
    """Collects every error, as the API reports them all at once."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = {part.name: part for part in parts}
        self._errors: list[str] = []
        self.size = sum(part.size for part in parts)

    def settle(self) -> None:
        """Raise StabilityRejection if anything was wrong."""
        if self._errors:
            raise bad(*self._errors)

    def only(self, names: AbstractSet[str]) -> None:
        for name in self._parts:
            self.expect(name in names, name[:60], "is not a field of this endpoint")

    def expect(self, fact: bool, name: str, reason: str) -> None:
        """Note an error unless `fact` holds; once, however often it is looked for."""
        error = f"{name}: {reason}"
        if not fact and error not in self._errors:
            self._errors.append(error)

    def has(self, name: str) -> bool:
        return name in self._parts

    def text(self, name: str) -> str | None:
        """A text field; None where it is missing or a file."""
        part = self._parts.get(name)
        if part is None or part.filename is not None:
            return None
        return part.read().decode("utf-8", "replace")

    def required(self, name: str, longest: int) -> str:
        text = self.optional(name, longest)
        self.expect(text != "", name, "is required and cannot be empty")
        return text

    def optional(self, name: str, longest: int) -> str:
        part = self._parts.get(name)
        self.expect(part is None or part.filename is None, name, "must not be a file")
        text = self.text(name) or ""
        self.expect(len(text) <= longest, name, f"must have {longest} characters at most")
        return text

    def choice(self, name: str, options: Sequence[str], usual: str | None) -> str | None:
        if not self.has(name):
            return usual
        text = self.text(name)
        self.expect(text in options, name, f"must be one of {', '.join(options)}")
        return text

    def whole(self, name: str, low: int, high: int, usual: int) -> int:
        text = self.text(name) if self.has(name) else str(usual)
        if text is None or not re.fullmatch(r"[+-]?[0-9]{1,20}", text, re.ASCII):
            self.expect(False, name, "must be a whole number")
            return usual
        self.expect(low <= int(text) <= high, name, f"must be from {low} to {high}")
        return int(text)

    def number(self, name: str, low: float, high: float) -> float | None:
        """Read a number; None where it is missing or wrong."""
        if not self.has(name):
            return None
        try:
            value = float(self.text(name) or "")
        except ValueError:
            value = math.nan
        self.expect(low <= value <= high, name, f"must be a number from {low:g} to {high:g}")
        return value if low <= value <= high else None

    def content(self, name: str) -> bytes | None:
        """Return a file; None where it is missing or text."""
        part = self._parts.get(name)
        return None if part is None or part.filename is None else part.read()

    def picture(self, name: str, most: float = MOST_PIXELS) -> tuple[int, int] | None:
        """Width and height of a given picture; None where there is none that can be read."""
        content = self.content(name)
        if content is None:
            self.expect(not self.has(name), name, "must be a file")
            return None
        media = sniff_bytes(content)
        known = media is not None and media.format in FORMATS
        if media is None or not known or media.width is None or media.height is None:
            self.expect(False, name, "must be a png, jpeg or webp file")
            return None
        low, high = SIDES
        sides = low <= min(media.width, media.height) and max(media.width, media.height) <= high
        pixels = FEWEST_PIXELS <= media.width * media.height <= most
        self.expect(sides and pixels, name, "is too small or too large")
        return (media.width, media.height) if sides and pixels else None
