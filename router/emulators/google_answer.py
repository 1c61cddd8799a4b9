"""Answer: an order carried out, as generateContent tells it; a refusal is an answer, too."""

import binascii
from collections.abc import Mapping, Sequence

from router.core.jsontypes import JSON
from router.emulators.brief import Brief, Source, UnreadableError
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.google_errors import GoogleRejection
from router.emulators.google_order import Order

DECLINE = "[decline]"
"""A prompt with this in it is answered in words alone, and the answer ends as a good one does."""

SKETCH = (256, 256)  # pixels of the pictures that a model thinks with

HELD_BACK = (
    "The generated image was held back by a safety filter. You will not be charged for it. Try"
    " other words."
)


def answer(order: Order, world: World) -> Mapping[str, JSON]:
    """Draw the picture and wrap it up."""
    if not order.draws or DECLINE in order.prompt:
        said: Mapping[str, JSON] = {"text": "I would rather not draw this, and can only say so."}
        return _told(order, world, {"content": _content([said]), "finishReason": "STOP"})
    if order.model.tokens[order.tier] > order.most:
        return _told(order, world, {"finishReason": "MAX_TOKENS"})
    parts: list[Mapping[str, JSON]] = []
    if order.shows_thoughts and order.model.thinks:
        parts += [{"text": "First a sketch.", "thought": True}]
        parts += [{**_drawn(order, world, SKETCH), "thought": True}]
    if order.words:
        parts.append({"text": "Here is the picture."})
    parts.append(_drawn(order, world, order.size))
    candidate: Mapping[str, JSON] = {"content": _content(parts), "finishReason": "STOP"}
    return _told(order, world, candidate, pictures=1)


def held_back(order: Order, world: World) -> Mapping[str, JSON]:
    """The picture is drawn, and a filter keeps it."""
    reason: Mapping[str, JSON] = {"finishReason": "IMAGE_SAFETY", "finishMessage": HELD_BACK}
    return _told(order, world, reason)


def blocked(model: str, world: World, prompt: str = "") -> Mapping[str, JSON]:
    """Nothing is drawn: the prompt itself is not allowed."""
    return {
        "promptFeedback": {"blockReason": "PROHIBITED_CONTENT"},
        "usageMetadata": {
            "promptTokenCount": text_tokens(prompt),
            "totalTokenCount": text_tokens(prompt),
            "promptTokensDetails": [{"modality": "TEXT", "tokenCount": text_tokens(prompt)}],
        },
        **_call(model, world),
    }


def emptied(candidate: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """The same candidate with no picture, as where a model has drawn none."""
    kept = {name: value for name, value in candidate.items() if name != "content"}
    return {**kept, "finishReason": "NO_IMAGE"}


def text_tokens(text: str) -> int:
    """Four letters a token, as a rule of thumb."""
    return max(1, round(len(text) / 4))


def _told(
    order: Order, world: World, candidate: Mapping[str, JSON], *, pictures: int = 0
) -> Mapping[str, JSON]:
    return {
        "candidates": [{**candidate, "index": 0}],
        "usageMetadata": _usage(order, world, pictures),
        **_call(order.model.name, world),
    }


def _content(parts: Sequence[Mapping[str, JSON]]) -> Mapping[str, JSON]:
    return {"parts": list(parts), "role": "model"}


def _drawn(order: Order, world: World, size: tuple[int, int]) -> Mapping[str, JSON]:
    first, *others = order.pictures or (None,)
    brief = Brief(
        provider="google",
        model=order.model.name,
        prompt=order.prompt,
        width=size[0],
        height=size[1],
        # A seed is taken; without one asking again gives another picture.
        seed=world.repeat if order.seed is None else order.seed,
        format=order.model.gives,
        source=Source(content=first, others=tuple(filter(None, others))) if first else None,
    )
    try:
        content = world.draw(brief)
    except UnreadableError as error:
        raise GoogleRejection(400, "Unable to process the input image.") from error
    text = binascii.b2a_base64(content, newline=False).decode("ascii")
    part: dict[str, JSON] = {"inlineData": {"mimeType": brief.mime, "data": text}}
    if order.model.thinks:
        part["thoughtSignature"] = binascii.b2a_base64(
            Chance("signature", world.serial).hexadecimal(96).encode(), newline=False
        ).decode("ascii")
    return part


def _usage(order: Order, world: World, pictures: int) -> Mapping[str, JSON]:
    text = text_tokens(order.prompt)
    given = order.model.source * len(order.pictures)
    made = order.model.tokens[order.tier] * pictures
    thoughts = _thoughts(order, world, order.most - made)
    details: list[JSON] = [{"modality": "TEXT", "tokenCount": text}]
    if given:
        details.append({"modality": "IMAGE", "tokenCount": given})
    usage: dict[str, JSON] = {
        "promptTokenCount": text + given,
        "candidatesTokenCount": made,
        "totalTokenCount": text + given + made + thoughts,
        "promptTokensDetails": details,
    }
    if made:
        usage["candidatesTokensDetails"] = [{"modality": "IMAGE", "tokenCount": made}]
    if thoughts:
        usage["thoughtsTokenCount"] = thoughts
    return usage


def _thoughts(order: Order, world: World, room: int) -> int:
    """Return what is thought, which is hidden and billed; some hundred tokens are usual."""
    if not order.model.thinks:
        return 0
    return min(room, Chance("thoughts", world.serial).whole(80, 400))


def _call(model: str, world: World) -> Mapping[str, JSON]:
    return {"modelVersion": model, "responseId": Chance("google", world.serial).hexadecimal(24)}
