"""Words that both of Stability's contracts share."""

from router.core.http import HttpRequest
from router.emulators import shape
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.stability_errors import StabilityRejection

STYLES = (
    "3d-model",
    "analog-film",
    "anime",
    "cinematic",
    "comic-book",
    "digital-art",
    "enhance",
    "fantasy-art",
    "isometric",
    "line-art",
    "low-poly",
    "modeling-compound",
    "neon-punk",
    "origami",
    "photographic",
    "pixel-art",
    "tile-texture",
)

SUCCESS, FILTERED = "SUCCESS", "CONTENT_FILTERED"


def check_key(request: HttpRequest, world: World) -> None:
    key = shape.bearer(request)
    if not key:
        message = "authorization: the header is missing; send 'Bearer KEY'"
        raise StabilityRejection(401, "unauthorized", [message])
    if not world.accepts(key):
        raise StabilityRejection(401, "unauthorized", ["authorization: the API key is wrong"])


def accepted(request: HttpRequest) -> tuple[str, ...]:
    """The media types of the Accept header, in its order; empty where it says nothing."""
    types = (
        part.partition(";")[0].strip() for part in request.headers.get("accept", "").split(",")
    )
    return tuple(name.lower() for name in types if name)


def seed_for(seed: int, prompt: str, repeat: int, largest: int) -> int:
    """The seed that is used: 0 asks for any, and gets another one at each `repeat` of a prompt."""
    return seed or Chance("seed", prompt, repeat).whole(1, largest)
