"""Latency: how long a provider takes."""

from collections.abc import Callable
from typing import TypeAlias

from router.emulators.chance import Chance

Latency: TypeAlias = Callable[[str, str | None, int], float]
"""Seconds before an answer, from provider, model and the request's number."""

# Seconds at the middle, by the beginning of the model's name. No provider publishes any; these are
# what their users report, rounded.
TYPICAL = (
    ("dall-e-2", 8.0),
    ("dall-e-3", 14.0),
    ("gpt-image-1-mini", 9.0),
    ("gpt-image-2", 16.0),
    ("gpt-image", 20.0),
    ("core", 4.0),
    ("ultra", 8.0),
    ("sd3", 6.0),
    ("stable-diffusion", 5.0),
)
OTHERS = 10.0


def none(provider: str, model: str | None, serial: int) -> float:  # noqa: ARG001  it is a Latency
    """Answer at once."""
    return 0.0


def typical(model: str) -> float:
    """Return the seconds that a model takes at the middle, as far as anyone knows."""
    return next((time for start, time in TYPICAL if model.startswith(start)), OTHERS)


def plausible(scale: float = 1.0) -> Latency:
    """Take about as long as the real models do, times `scale`."""

    def latency(provider: str, model: str | None, serial: int) -> float:
        name = model or ""
        middle = typical(name)
        chance = Chance("latency", provider, name, serial)
        spread = 0.65 + 0.5 * chance.at("usual") + 0.9 * chance.at("tail") ** 6
        return middle * spread * scale

    return latency
