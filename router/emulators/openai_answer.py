"""Answer: an order carried out, in OpenAI's shape."""

import binascii
from collections.abc import Callable, Mapping

from router.core.jsontypes import JSON
from router.emulators.brief import Brief, UnreadableError
from router.emulators.emulator import World
from router.emulators.openai_order import Order
from router.emulators.openai_usage import usage
from router.emulators.rejection import Rejection

Annotate = Callable[[int], Mapping[str, JSON]]
"""Fields to put beside picture number k."""


def nothing_beside(index: int) -> Mapping[str, JSON]:  # noqa: ARG001  the same for all
    return {}


def answer(
    order: Order, provider: str, world: World, beside: Annotate = nothing_beside
) -> Mapping[str, JSON]:
    """Draw the pictures and wrap them up. Raises Rejection."""
    data = [
        {**_picture(order, provider, index, world), **beside(index)} for index in range(order.n)
    ]
    fields: dict[str, JSON] = {"created": int(world.now()), "data": data}
    if order.family.is_gpt:
        fields |= looks(order)
        fields["usage"] = usage(order)
    if order.safety_identifier:
        fields["safety_identifier"] = order.safety_identifier
    return fields


def looks(order: Order) -> dict[str, JSON]:
    """What an answer of a GPT model says of its pictures."""
    return {
        "background": "transparent" if order.transparent else "opaque",
        "output_format": order.format,
        "quality": order.quality,
        "size": order.size,
    }


def complaint(rejection: Rejection) -> Mapping[str, JSON]:
    """A rejection in OpenAI's shape: four keys, all of them always there."""
    return {
        "message": rejection.message,
        "type": rejection.kind,
        "param": rejection.param,
        "code": rejection.code,
        **rejection.extra,
    }


def _picture(order: Order, provider: str, index: int, world: World) -> dict[str, JSON]:
    brief = brief_of(order, provider, index, world)
    content = drawn(brief, world)
    picture: dict[str, JSON] = {}
    if order.by_url:
        picture["url"] = world.publish(content, brief.mime)
    else:
        picture["b64_json"] = binascii.b2a_base64(content, newline=False).decode()
    if order.family.kind == "dall-e-3":
        picture["revised_prompt"] = revised(order.prompt)
    return picture


def drawn(brief: Brief, world: World) -> bytes:
    """Draw a picture. Raises Rejection where the one that it is made of cannot be opened."""
    try:
        return world.draw(brief)
    except UnreadableError:
        message = "A given image cannot be opened."
        raise Rejection(400, message, code="invalid_image_file", param="image") from None


def brief_of(order: Order, provider: str, index: int, world: World, finished: float = 1.0) -> Brief:
    """Say what picture number `index` is to be, and how far it has come."""
    return Brief(
        provider=provider,
        model=order.model,
        prompt=order.prompt,
        # These APIs take no seed, so asking again gives another picture.
        seed=world.repeat,
        width=order.width,
        height=order.height,
        index=index,
        format=order.format,
        compression=order.compression,
        transparent=order.transparent,
        finished=finished,
        source=order.source,
    )


def revised(prompt: str) -> str:
    """The prompt as dall-e-3 would fill it out, only shorter."""
    return f"{prompt.strip().rstrip('.')}, in soft light, with a calm and carefully kept balance."
