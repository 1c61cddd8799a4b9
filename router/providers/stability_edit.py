"""Edit: how one of Stability's endpoints makes a picture of another; what both contracts share."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from router.core.adapter import Becomes, Rule
from router.core.files import Upload
from router.core.http import HttpRequest, HttpResponse, Part
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import EMPTY, JSON
from router.core.outcome import Failure
from router.core.sizes import Size, parse_size
from router.providers import masks
from router.providers.abilities import Limits
from router.providers.rules import UNSAID, dropped, given_instead, shown

IMAGE_STRENGTH = 0.35
"""How near the picture stays to the given one; v1's own default.

Stability-AI/rest-api-support, generated/spec/merged.json, InitImageStrength
"""

STRENGTH = 1 - IMAGE_STRENGTH
"""How far it may go from it: the same in v2beta's sense, which has no default."""

NEUTRAL = "the same picture, drawn anew"
"""The prompt of a variation, which has none, where an endpoint needs one."""

SIDES = ("left", "right", "up", "down")
"""By how many pixels a picture is to grow on each side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """An endpoint that begins with a picture. `model` is what the trace and the catalog call it.

    `note` says what it does in place of what was asked, if it is not just that.
    """

    model: str
    rules: Mapping[str, Rule]
    own: frozenset[str]
    limits: Limits
    write: Callable[[ImageRequest, str], HttpRequest]
    read: Callable[[HttpResponse], Pictures | Failure]
    pictures_per_call: int = 1
    note: str = ""


def why_not_pictures(request: ImageRequest, limits: Limits) -> str:
    """Say why the given pictures cannot be edited; empty if they can."""
    if len(request.images) != 1:
        return f"Stability takes one picture, and {len(request.images)} are given"
    if "markup" in request.files:
        return "Stability takes no markup"
    reason = limits.why_not(request.images[0], "Stability")
    if reason or request.mask is None:
        return reason
    return masks.why_not(masks.head_of(request.mask), "Stability")


def note_of(request: ImageRequest, usual: str) -> str:
    """Say that an operation is done as image-to-image, and what that takes beside the request.

    `usual` is how much of the picture is kept, where the caller does not say.
    """
    words = ("strength", "image_strength", "init_image_mode")
    said = any(request.params.get(word) is not None for word in words)
    extras = "" if said else f", {usual}"
    if not request.prompt:
        extras += f", prompt {NEUTRAL!r}"
    return f"{request.operation} -> image-to-image{extras}"


def keeping_size(request: ImageRequest) -> Mapping[str, Rule]:
    """Return the rules for sizes where the new picture is as large as the given one."""
    size = _size(request)
    return _fixed(str(size or "the picture's own"), "it stays as large", "it keeps its shape")


def growing_size(request: ImageRequest) -> Mapping[str, Rule]:
    """Return the rules for sizes where the picture grows by what is said of its sides."""
    why = "it grows by its sides"
    size = _grown(_size(request), [request.params.get(side) or 0 for side in SIDES])
    return _fixed(str(size or "the grown picture's"), why, why)


def _size(request: ImageRequest) -> Size | None:
    """Return the given picture's size, if it is known."""
    media = request.images[0].media if request.images else None
    if media is None or media.width is None or media.height is None:
        return None
    return Size(media.width, media.height)


def _grown(size: Size | None, sides: Sequence[JSON]) -> Size | None:
    """Return the size with its four sides added; None where one of them is no whole number."""
    growth = [side for side in sides if isinstance(side, int)]
    if size is None or len(growth) < len(sides):
        return None
    left, right, up, down = growth
    return Size(size.width + left + right, size.height + up + down)


def _fixed(size: str, why: str, why_shape: str) -> Mapping[str, Rule]:
    """Return the rules for sizes where nothing can be chosen; `size` is what comes."""

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if value is None or value == "auto":
            return UNSAID
        same = str(parse_size(value)) == size
        return Becomes(EMPTY, f"size {shown(value)} -> {size} ({why})", exact=same)

    def ratio(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        return UNSAID if value is None else dropped("aspect_ratio", value, why_shape)

    return {"size": rule, "aspect_ratio": ratio}


def inverse(name: str, other: str) -> Rule:
    """Return the rule for the strength of the other contract, which counts from the other end."""

    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return Becomes({other: round(1 - value, 6)}, "", exact=True)
        return dropped(name, value, "not a number from 0 to 1")

    return given_instead(name, (other,), rule)


def mask_part(name: str, mask: Upload) -> Part:
    """Write the mask in black and white. Raises ValueError where it is broken."""
    content = masks.painted(mask, white=True)
    return Part(name=name, content=content, filename="mask.png", content_type="image/png")
