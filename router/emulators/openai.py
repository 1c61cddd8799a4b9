"""OpenAI: a stand-in for its image API."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.http import HttpRequest, HttpResponse
from router.core.images import PATHNAMES, Operation
from router.core.jsontypes import JSON
from router.emulators import openai_answer, openai_stream, shape
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.openai_edit import (
    USUAL,
    edit_order,
    is_json,
    read_given,
    variation_order,
)
from router.emulators.openai_form import unsupported_type
from router.emulators.openai_models import DALLE_PARAMS, Family, family_of
from router.emulators.openai_order import Order, read_order
from router.emulators.rejection import Rejection

OPERATIONS: Mapping[str, Operation] = {path: name for name, path in PATHNAMES.items()}
"""What each path does."""

REGIONS = ("us", "eu", "ae", "au", "in", "jp")


@dataclass(frozen=True, slots=True)
class OpenAI:
    """Generations by JSON, edits by a form or JSON, variations by a form."""

    provider: str = "openai"
    roots: tuple[str, ...] = ("/v1/",)

    def serves(self, host: str) -> bool:
        name, _, rest = host.partition(".")
        return host == "api.openai.com" or (name in REGIONS and rest == "api.openai.com")

    def model(self, request: HttpRequest) -> str | None:
        return shape.body_model(request)

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            check_route(request, shape.path(request) in OPERATIONS)
            _check_key(request, world)
            order = _read(request, world)
            check_safety(order, world)
            if order.streams:
                said, caught = headers(request, world), withheld(order, world)
                return openai_stream.streamed(order, self.provider, world, said, caught)
            value = openai_answer.answer(order, self.provider, world)
        except Rejection as rejection:
            return error(rejection, headers(request, world, whole=rejection.status != 404))
        return shape.json_response(200, value, headers(request, world))

    def failure(
        self, status: int, code: str | None, request: HttpRequest, world: World
    ) -> HttpResponse:
        return error(failing(status, code), headers(request, world))

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        family = family_of(self.model(request) or "")
        return error(refusing(family, "input", request_id(request, world)), headers(request, world))

    def emptied(self, response: HttpResponse) -> HttpResponse:
        return emptied(response)


def emptied(response: HttpResponse) -> HttpResponse:
    """The same answer, streamed or not, without its pictures."""
    if shape.is_stream(response):
        return openai_stream.without_pictures(response)
    return shape.without(response, "data")


def check_route(request: HttpRequest, known: bool) -> None:
    """Reject unknown paths and methods, before anything else is looked at."""
    if not known:
        path = shape.path(request)[:200]
        raise Rejection(404, f"There is nothing at {request.method} {path}.")
    if request.method != "POST":
        # What the real API answers to other methods on this path is not recorded.
        raise Rejection(405, f"{request.method} is not possible here, only POST.", param="method")


def _check_key(request: HttpRequest, world: World) -> None:
    key = shape.bearer(request)
    if not key:
        # The code of this case is not documented; the official clients only look at the status.
        raise Rejection(401, "An API key is missing: send 'Authorization: Bearer KEY'.")
    if not world.accepts(key):
        shown = f"{key[:3]}…{key[-2:]}" if len(key) > 8 else "…"
        raise Rejection(401, f"The API key {shown} is not valid.", code="invalid_api_key")


def json_params(request: HttpRequest) -> Mapping[str, JSON]:
    """The body of a JSON request. Raises Rejection where it is not a JSON object."""
    if shape.media_type(request) != "application/json":
        raise unsupported_type(request, "application/json")
    params = shape.json_object(request.body)
    if params is None:
        raise Rejection(400, "The body cannot be read as a JSON object.", code="invalid_json")
    return params


def _read(request: HttpRequest, world: World) -> Order:
    operation = OPERATIONS[shape.path(request)]
    if operation == "generate":
        params = json_params(request)
        model = _model(params)
        return read_order(params, model, _family(model, world))
    json = json_params(request) if operation == "edit" and is_json(request) else None
    given = read_given(request, json)
    model = _text_model(given.params) or ("dall-e-2" if operation == "variation" else USUAL)
    family = _family(model, world)
    if operation == "variation":
        return variation_order(given, model, family)
    return edit_order(given, model, family, json=json is not None)


def _family(model: str, world: World) -> Family:
    family = family_of(model)
    if family is None or (family.retired and world.retired):
        raise Rejection(
            404,
            f"The model {shape.quoted(model)} does not exist or is not yours to use.",
            code="model_not_found",
        )
    return family


def _model(params: Mapping[str, JSON]) -> str:
    """The model asked for, or the default.

    The OpenAPI document gives dall-e-2 as the default unless a parameter is used that only GPT
    models have, without saying which one is meant then; the package's newest types give none.
    """
    usual = "dall-e-2" if DALLE_PARAMS.issuperset(params) else "gpt-image-1.5"
    return _text_model(params) or usual


def _text_model(params: Mapping[str, JSON]) -> str | None:
    model = params.get("model")
    if model is not None and not isinstance(model, str):
        message = f"'model' is {shape.quoted(model)}; expected a string."
        raise Rejection(400, message, code="invalid_type", param="model")
    return model


def check_safety(order: Order, world: World) -> None:
    """Refuse the prompts that ask for it; what is streamed may be withheld later."""
    if shape.REFUSE in order.prompt:
        raise refusing(order.family, "input", _refusal_id(order, world))
    caught = withheld(order, world)
    if caught is not None and not order.streams:
        raise caught


def withheld(order: Order, world: World) -> Rejection | None:
    """Why the filter withholds the finished picture; None where it does not."""
    if shape.FILTER not in order.prompt:
        return None
    return refusing(order.family, "output", _refusal_id(order, world))


def _refusal_id(order: Order, world: World) -> str:
    return Chance(world.serial, order.prompt).hexadecimal(32)


def refusing(family: Family | None, stage: str, request_id: str) -> Rejection:
    """The safety system's answer, in the words of the model's generation."""
    if family is not None and not family.is_gpt:
        return Rejection(
            400,
            "The request was rejected by the safety system.",
            code="content_policy_violation",
        )
    return Rejection(
        400,
        f"The safety system rejected request {request_id}. safety_violations=[sandbox].",
        code="moderation_blocked",
        kind="image_generation_user_error",
        extra={"moderation_details": {"moderation_stage": stage, "categories": ["sandbox"]}},
    )


# Status: code, type, message. The types of 429 and 500 are not surely known.
FAILURES: Mapping[int, tuple[str | None, str, str]] = {
    401: ("invalid_api_key", "invalid_request_error", "The API key is not valid."),
    403: (None, "invalid_request_error", "The organization is not verified for this model."),
    404: ("model_not_found", "invalid_request_error", "The model does not exist."),
    429: ("rate_limit_exceeded", "requests", "The limit of images per minute is reached."),
    500: (None, "server_error", "The server had an error with this request."),
    503: ("server_is_overloaded", "service_unavailable_error", "The servers are overloaded."),
}

MONEY = frozenset(
    {
        "insufficient_quota",
        "credit_balance_exhausted",
        "organization_spend_limit_exceeded",
        "project_spend_limit_exceeded",
        "organization_usage_limit_exceeded",
    }
)


def failing(status: int, code: str | None) -> Rejection:
    """A failure by status; with one of the codes about money, it is about money."""
    usual = "invalid_request_error" if status < 500 else "server_error"
    own, kind, message = FAILURES.get(status, (None, usual, f"Failed with status {status}."))
    if code in MONEY:
        kind, message = "insufficient_quota", "There is no credit left on this account."
    return Rejection(status, message, code=code or own, kind=kind)


def error(rejection: Rejection, extra_headers: Mapping[str, str]) -> HttpResponse:
    detail = openai_answer.complaint(rejection)
    return shape.json_response(rejection.status, {"error": detail}, extra_headers)


def request_id(request: HttpRequest, world: World) -> str:
    return Chance(world.serial, request.url, len(request.body)).hexadecimal(32)


def headers(request: HttpRequest, world: World, *, whole: bool = True) -> Mapping[str, str]:
    """The headers that image calls were seen to have; a path that is unknown gets fewer."""
    chance = Chance(world.serial, request.url)
    own = {"x-request-id": f"req_{request_id(request, world)}"}
    if not whole:
        return own
    return {
        **own,
        "openai-version": "2020-10-01",
        "openai-project": "proj_sandbox",
        "openai-processing-ms": str(chance.whole(2_000, 14_000, "processing")),
    }
