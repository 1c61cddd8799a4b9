"""Stream: an order carried out as server-sent events: pictures while they are made.

openai-openapi openapi.yaml, ImageGenPartialImageEvent, ImageGenCompletedEvent and ImageEdit*Event.
"""

import binascii
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace

from router.core.http import HttpResponse
from router.core.jsontypes import JSON
from router.emulators import shape
from router.emulators.emulator import World
from router.emulators.openai_answer import brief_of, complaint, drawn, looks
from router.emulators.openai_order import Order
from router.emulators.openai_usage import usage
from router.emulators.rejection import Rejection


def streamed(
    order: Order,
    provider: str,
    world: World,
    headers: Mapping[str, str],
    caught: Rejection | None = None,
) -> HttpResponse:
    """Draw the pictures, the unfinished ones too. Raises Rejection where none can be.

    With `caught` the filter withholds the finished one, after all others were shown.
    """
    events = (
        event
        for index in range(order.n)
        for event in _events(order, provider, index, world, caught)
    )
    # What several pictures look like in one stream is not known: no event says which it shows.
    return HttpResponse(
        status=200,
        headers={"content-type": f"{shape.EVENT_STREAM}; charset=utf-8", **headers},
        body=b"".join(events),
    )


def without_pictures(response: HttpResponse) -> HttpResponse:
    """The same events, and no picture in any of them."""
    events = response.body.split(b"\n\n")
    return replace(response, body=b"\n\n".join(_emptied(event) for event in events))


def _events(
    order: Order, provider: str, index: int, world: World, caught: Rejection | None
) -> Iterator[bytes]:
    """One picture, from the first haze to the end."""
    kind = "image_edit" if order.operation == "edit" else "image_generation"
    for number in range(order.partials):
        picture = _picture(order, provider, index, world, number / order.partials)
        yield _event(f"{kind}.partial_image", {**picture, "partial_image_index": number})
    if caught is not None:
        # No source says what this event looks like; the openai package knows it by its `error`.
        yield _event("error", {"error": complaint(caught)})
        return
    said: dict[str, JSON] = {"usage": _usage(replace(order, n=1))}
    if order.safety_identifier:
        said["safety_identifier"] = order.safety_identifier
    yield _event(f"{kind}.completed", {**_picture(order, provider, index, world), **said})


def _picture(
    order: Order, provider: str, index: int, world: World, finished: float = 1.0
) -> Mapping[str, JSON]:
    content = drawn(brief_of(order, provider, index, world, finished), world)
    b64 = binascii.b2a_base64(content, newline=False).decode()
    return {"b64_json": b64, "created_at": int(world.now()), **looks(order)}


def _usage(order: Order) -> Mapping[str, JSON]:
    """The usage as a stream has it, which is shorter than that of a whole answer."""
    return {key: value for key, value in usage(order).items() if key != "output_tokens_details"}


def _event(kind: str, fields: Mapping[str, JSON]) -> bytes:
    data = json.dumps({"type": kind, **fields}, separators=(",", ":"))
    return f"event: {kind}\ndata: {data}\n\n".encode()


def _emptied(event: bytes) -> bytes:
    head, _, data = event.partition(b"\ndata: ")
    body = shape.json_object(data) or {}
    kept = {name: value for name, value in body.items() if name != "b64_json"}
    return head + b"\ndata: " + json.dumps(kept).encode() if data else event
