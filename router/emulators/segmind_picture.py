"""Pictures of Segmind's: drawn, and what they cost."""

from collections.abc import Iterator, Mapping

from router.core.jsontypes import JSON
from router.emulators.brief import Brief, UnreadableError
from router.emulators.emulator import World
from router.emulators.segmind_order import Order, RunError

CREDITS = 25.0  # US dollars on the account: the stand-in keeps no books


def draw(order: Order, world: World) -> Iterator[tuple[bytes, str]]:
    """Draw the pictures of an order, each with its type. Raises RunError."""
    for index in range(order.samples):
        brief = Brief(
            provider="segmind",
            model=order.model.slug,
            prompt=order.prompt,
            width=order.width,
            height=order.height,
            seed=order.seed,
            index=index,
            format=order.format,
            transparent=order.transparent,
            source=order.source,
        )
        yield _drawn(brief, world), brief.mime


def _drawn(brief: Brief, world: World) -> bytes:
    try:
        return world.draw(brief)
    except UnreadableError as error:
        raise RunError("the picture, or its mask, cannot be opened") from error


def account(order: Order) -> Mapping[str, JSON]:
    """What an order costs, and what is left then, in US dollars."""
    cost = round(order.model.usd * order.samples, 6)
    return {"cost": cost, "remaining_credits": round(CREDITS - cost, 6)}
