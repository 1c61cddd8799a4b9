"""Latency: how long a provider takes."""

from collections.abc import Callable
from functools import lru_cache
from typing import TypeAlias

from router.emulators.chance import Chance
from router.providers.catalog import catalog_of

Latency: TypeAlias = Callable[[str, str | None, int], float]
"""Seconds before an answer, from provider, model and the request's number."""

OTHERS = 10.0  # seconds of a model that no catalog knows better


def none(provider: str, model: str | None, serial: int) -> float:  # noqa: ARG001  it is a Latency
    """Answer at once."""
    return 0.0


@lru_cache(maxsize=1024)
def typical(provider: str, model: str) -> float:
    """Return the seconds that a model takes at the middle, by the provider's catalog."""
    facts = catalog_of(provider).find(model)
    return OTHERS if facts is None or facts.seconds is None else facts.seconds


def plausible(scale: float = 1.0) -> Latency:
    """Take about as long as the real models do, times `scale`."""

    def latency(provider: str, model: str | None, serial: int) -> float:
        name = model or ""
        middle = typical(provider, name)
        chance = Chance("latency", provider, name, serial)
        spread = 0.65 + 0.5 * chance.at("usual") + 0.9 * chance.at("tail") ** 6
        return middle * spread * scale

    return latency
