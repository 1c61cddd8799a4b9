"""Tariff: what one picture of 1024x1024 costs, as far as that can be told."""

from dataclasses import dataclass

from router.core.catalog import ModelFacts
from router.core.dollars import dollars
from router.core.images import ImageRequest, Picture, Pictures
from router.core.jsontypes import JSON
from router.core.pricing import estimate, settle

SIDE = 1024
SQUARE: dict[str, JSON] = {
    "size": f"{SIDE}x{SIDE}",
    "width": SIDE,
    "height": SIDE,
    "aspect_ratio": "1:1",
}


@dataclass(frozen=True, slots=True)
class Tariff:
    """From the lowest quality to the highest, in US dollars.

    It is the most where it `is_bound`; where it `is_usual` it may be more.
    """

    low: float
    high: float
    is_bound: bool = False
    is_usual: bool = False

    def __str__(self) -> str:
        if self.is_bound:
            return f"up to {dollars(self.high)}"
        one = f"about {dollars(self.low)}" if self.is_usual else dollars(self.low)
        return one if self.low == self.high else f"{one}-{dollars(self.high)}"


def tariff_of(facts: ModelFacts) -> Tariff | None:
    """Return what a picture costs, the prompt apart; else the most it may cost, with one."""
    requests = [_request(quality) for quality in facts.qualities if quality != "auto"]
    costs = [settle(facts, one, _answer(one)) for one in requests or [_request(None)]]
    known = [cost for cost in costs if cost is not None]
    if known and len(known) == len(costs):
        is_usual = any(price.usual for price in facts.prices)
        return Tariff(min(known), max(known), is_usual=is_usual)
    most = estimate(facts, _request(None))
    return None if most is None else Tariff(0.0, most, is_bound=True)


def _request(quality: str | None) -> ImageRequest:
    said = {} if quality is None else {"quality": quality}
    return ImageRequest(params={"prompt": "", **SQUARE, **said})


def _answer(request: ImageRequest) -> Pictures:
    return Pictures(created=0, data=(Picture(),), fields=dict(request.params))
