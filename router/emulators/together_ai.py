"""Together AI: a stand-in for its image API."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass

from router.core.http import HttpRequest, HttpResponse
from router.core.jsontypes import JSON
from router.emulators import shape
from router.emulators.brief import Brief, UnreadableError
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.rejection import Rejection
from router.emulators.together_order import Order, read_order

GENERATIONS = "/v1/images/generations"
HOSTS = frozenset({"api.together.ai", "api.together.xyz"})

# Status: type, message. The types are those of public reports; not every one is sure.
FAILURES: Mapping[int, tuple[str, str]] = {
    401: ("invalid_request_error", "The API key is missing or not valid."),
    402: ("credit_limit", "The account has no credit left, or its spend limit is reached."),
    403: ("invalid_request_error", "The model is not available to this organization."),
    404: ("invalid_request_error", "The model or the URL does not exist."),
    422: ("invalid_request_error", "The safety checker found something in this picture."),
    429: ("rate_limit", "The dynamic rate of this model is exceeded."),
    503: ("service_unavailable", "The model is overloaded."),
}


@dataclass(frozen=True, slots=True)
class TogetherAI:
    """Text to image, and edits by the models that take a picture; JSON alone."""

    provider: str = "together-ai"
    roots: tuple[str, ...] = ("/v1/images/",)

    def serves(self, host: str) -> bool:
        return host in HOSTS

    def model(self, request: HttpRequest) -> str | None:
        return shape.body_model(request)

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            _check(request, world)
            order = read_order(_params(request))
            _check_safety(order)
            value = _answer(order, world)
        except Rejection as rejection:
            return _error(rejection, world)
        return shape.json_response(200, value, _headers(world))

    def failure(
        self,
        status: int,
        code: str | None,
        request: HttpRequest,  # noqa: ARG002  it is worded alike for all
        world: World,
    ) -> HttpResponse:
        usual = "invalid_request_error" if status < 500 else "server_error"
        kind, message = FAILURES.get(status, (usual, f"Failed with status {status}."))
        return _error(Rejection(status, message, code=code, kind=kind), world)

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        return self.failure(422, None, request, world)

    def emptied(self, response: HttpResponse) -> HttpResponse:
        return shape.without(response, "data")


def _check(request: HttpRequest, world: World) -> None:
    if shape.path(request) != GENERATIONS:
        raise Rejection(404, f"There is nothing at {shape.path(request)[:200]}.")
    if request.method != "POST":
        raise Rejection(405, f"{request.method} is not possible here, only POST.")
    if not world.accepts(shape.bearer(request)):
        raise Rejection(401, FAILURES[401][1], code="invalid_api_key")


def _params(request: HttpRequest) -> Mapping[str, JSON]:
    if shape.media_type(request) != "application/json":
        raise Rejection(400, "Send application/json.")
    params = shape.json_object(request.body)
    if params is None:
        raise Rejection(400, "The body cannot be read as a JSON object.")
    return params


def _check_safety(order: Order) -> None:
    """Refuse the prompts that ask for it: some hosts of models do it with a code of their own."""
    if shape.REFUSE in order.prompt:
        code = "content_policy_violation"
        raise Rejection(422, "The prompt was refused by the safety checker.", code=code)
    if shape.FILTER in order.prompt and not order.unchecked:
        raise Rejection(422, FAILURES[422][1])


def _answer(order: Order, world: World) -> Mapping[str, JSON]:
    """Write the answer. There is no `created` in it. Raises Rejection."""
    chance = Chance(world.serial, order.prompt)
    return {
        "id": f"o{chance.hexadecimal(7, 'id')}-{chance.hexadecimal(16, 'ray')}-SJC",
        "model": order.model,
        "object": "list",
        "data": [_picture(order, index, world) for index in range(order.n)],
    }


def _picture(order: Order, index: int, world: World) -> Mapping[str, JSON]:
    brief = Brief(
        provider="together-ai",
        model=order.model,
        prompt=order.prompt,
        seed=world.repeat if order.seed is None else order.seed,
        width=order.width,
        height=order.height,
        index=index,
        format=order.format,
        source=order.source,
    )
    content = _drawn(brief, world)
    seconds = Chance(world.serial).between(0.6, 3.0, index)
    timings = {"timings": {"inference": round(seconds, 3)}}
    if order.by_url:
        url = world.publish(content, brief.mime)
        return {"index": index, "type": "url", "url": url, **timings}
    text = binascii.b2a_base64(content, newline=False).decode()
    return {"index": index, "type": "b64_json", "b64_json": text, **timings}


def _drawn(brief: Brief, world: World) -> bytes:
    """Draw a picture. Raises Rejection where the one that it is made of cannot be opened."""
    try:
        return world.draw(brief)
    except UnreadableError:
        raise Rejection(400, "The picture cannot be opened.", param="image_url") from None


def _error(rejection: Rejection, world: World) -> HttpResponse:
    """Write an error. Where a limit's name stands is not sure; here it is at the top."""
    error = {
        "message": rejection.message,
        "type": rejection.kind,
        "param": rejection.param,
        "code": rejection.code,
    }
    body: dict[str, JSON] = {"error": error}
    headers = dict(_headers(world))
    if rejection.status == 429:
        body["error_type"] = "dynamic_request_limited"
        headers |= {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"}
    return shape.json_response(rejection.status, body, headers)


def _headers(world: World) -> Mapping[str, str]:
    return {
        "x-request-id": Chance(world.serial).uuid("request"),
        "x-ratelimit-limit": "240",
        "x-ratelimit-remaining": "239",
        "x-ratelimit-reset": "1",
    }
