"""Abilities: whether a model can do an operation with the pictures that are given to it."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from router.core.catalog import ModelFacts
from router.core.files import Upload
from router.core.images import ImageRequest, Operation
from router.providers.rules import listed

DOING: Mapping[Operation, str] = MappingProxyType(
    {
        "generate": "draw a picture from a prompt alone",
        "edit": "edit a picture",
        "variation": "make a variation of a picture",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a picture to begin with may be. `largest` is in bytes, everything else in pixels.

    `steepest` is how many times as long as the shorter edge the longer one may be.
    """

    formats: tuple[str, ...]
    largest: int | None = None
    square: bool = False
    shortest: int = 1
    longest: int | None = None
    steepest: float = math.inf
    least_area: int = 1
    most_area: int | None = None

    def why_not(self, upload: Upload, name: str) -> str:
        """Say why a picture may not be given; empty if it may. An unknown size may be any."""
        media = upload.media
        if media is None or media.format not in self.formats:
            given = media.format if media else "no picture"
            return f"{name} takes {listed(self.formats)}, and {upload.name} is {given}"
        if self.largest is not None and upload.size > self.largest:
            return f"{name} takes pictures of {self.largest} bytes, and {upload.name} is larger"
        if media.width is None or media.height is None:
            return ""
        return self._why_not_size(media.width, media.height, f"{name} takes", upload.name)

    def _why_not_size(self, width: int, height: int, takes: str, picture: str) -> str:
        short, long, area = *sorted((width, height)), width * height
        checks = (
            (self.square and short != long, "squares"),
            (short < self.shortest, f"edges of {self.shortest} pixels or more"),
            (long > (self.longest or long), f"edges of {self.longest} pixels at most"),
            (long > short * self.steepest, f"shapes up to {self.steepest:g}:1"),
            (area < self.least_area, f"{self.least_area} pixels or more"),
            (area > (self.most_area or area), f"{self.most_area} pixels at most"),
        )
        expected = next((words for is_wrong, words in checks if is_wrong), "")
        return f"{takes} {expected}, and {picture} is {width}x{height}" if expected else ""


def why_not(request: ImageRequest, facts: ModelFacts | None, name: str, limits: Limits) -> str:
    """Say why a model cannot do what is asked; empty if it can, or nothing is known of it."""
    if facts is not None:
        reason = _why_not_operation(request, facts)
        if reason:
            return reason
    for upload in request.images:
        reason = limits.why_not(upload, name)
        if reason:
            return reason
    return ""


def _why_not_operation(request: ImageRequest, facts: ModelFacts) -> str:
    if request.operation not in facts.operations:
        return f"{facts.name} cannot {DOING[request.operation]}"
    if request.operation == "generate":
        return ""
    given, most = count_given(request), facts.most_images
    if given > most and "most_images" not in facts.uncertain:
        return f"{facts.name} takes {pictures(most)}, and {given} are given"
    if _has_mask(request) and not facts.takes_mask:
        return f"{facts.name} takes no mask"
    if "markup" in request.files and "markup" not in facts.parameters:
        return f"{facts.name} takes no markup"
    return ""


def count_given(request: ImageRequest) -> int:
    """Count the pictures to begin with, be they files or references."""
    references = request.params.get("images") if request.has_references else None
    return len(references) if isinstance(references, list | tuple) else len(request.images)


def _has_mask(request: ImageRequest) -> bool:
    return request.mask is not None or (
        request.has_references and request.params.get("mask") is not None
    )


def pictures(count: int) -> str:
    """Write `one picture` or `4 pictures`."""
    return "one picture" if count == 1 else f"{count} pictures"
