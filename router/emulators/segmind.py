"""Segmind: a stand-in for its gateway: v1 answers with the picture, v2 with a job."""

import datetime as dt
import re
from binascii import b2a_base64
from collections.abc import Mapping
from dataclasses import dataclass, replace

from router.core.http import HttpRequest, HttpResponse
from router.core.jsontypes import JSON
from router.emulators import segmind_job as jobs
from router.emulators import shape
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.rejection import Rejection
from router.emulators.segmind_models import Model, find_model
from router.emulators.segmind_order import Order, RunError, check_fields, read_fields, read_order
from router.emulators.segmind_picture import CREDITS, account, draw

MODEL = re.compile(r"/(v1|v2)/([A-Za-z0-9][A-Za-z0-9_.-]*)")
JOB = re.compile(r"/(?:v1/requests/([^/]+)|v2/requests/([^/]+?)(/status)?)")
BALANCE = "/v1/get-user-credits"

PICTURES = ("image", "images", "output")

RESET = 30  # seconds until a rate limit's window ends

ERRORS: Mapping[int, str] = {
    400: "The body is malformed, or a field is missing.",
    401: "Unauthorized: the API key is not valid, or has expired.",
    403: "This model may not be called by this account.",
    404: "There is no such model.",
    406: "Insufficient credits: the balance is 0.00 and this call needs more.",
    410: "This model has been retired.",
    429: "The rate limit is exceeded.",
    500: "Something went wrong while the model ran.",
}

REFUSED = "content_policy_violation: the prompt or the picture was not allowed"


@dataclass(frozen=True, slots=True)
class Segmind:
    """Models that are listed are checked; others take any field."""

    provider: str = "segmind"
    roots: tuple[str, ...] = ("/v1/", "/v2/")

    def serves(self, host: str) -> bool:
        return host == "api.segmind.com"

    def model(self, request: HttpRequest) -> str | None:
        path = shape.path(request)
        found = MODEL.fullmatch(path)
        return found[2] if found and path != BALANCE else None

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            return _handle(request, world)
        except Rejection as rejection:
            return _error(rejection.status, rejection.message, world)

    def failure(
        self, status: int, code: str | None, request: HttpRequest, world: World
    ) -> HttpResponse:
        """There are no codes but on the login's side, so one given is worded as there."""
        if status == 422 and _is_job(request):
            return jobs.failed("the model could not make this picture")
        message = ERRORS.get(status, f"Failed with status {status}.")
        if code is None:
            return _error(status, message, world)
        body: JSON = {"error": code, "error_description": message, "status_code": status}
        return shape.json_response(status, body, _headers(status, world))

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        """How it is said is not documented."""
        return jobs.failed(REFUSED) if _is_job(request) else _error(400, REFUSED, world)

    def emptied(self, response: HttpResponse) -> HttpResponse:
        if response.content_type != "application/json":
            return replace(response, body=b"")
        body = shape.json_object(response.body)
        if response.status != 200 or body is None:
            return response
        empty: dict[str, JSON] = {
            name: [] for name in ("image", "images", "output") if name in body
        }
        return shape.json_response(200, {**body, **empty}, _own(response))


def _is_job(request: HttpRequest) -> bool:
    return JOB.fullmatch(shape.path(request)) is not None


def _handle(request: HttpRequest, world: World) -> HttpResponse:
    """Answer a request. Raises Rejection."""
    owner = _key(request, world)
    path = shape.path(request)
    asked = JOB.fullmatch(path)
    if asked:
        _only("GET", request)
        job_id = asked[1] or asked[2]
        return jobs.look(job_id, owner, request, world, whole=asked[3] is None)
    if path == BALANCE:
        _only("GET", request)
        return shape.json_response(200, {"credits": CREDITS}, {})
    named = MODEL.fullmatch(path)
    if named is None:
        raise Rejection(404, f"There is nothing at {path[:200]}.")
    _only("POST", request)
    model = find_model(named[2])
    if model is None:
        raise Rejection(404, f"There is no model {named[2][:80]!r}.")
    fields = read_fields(request)
    if named[1] == "v2":
        return jobs.submit(model, fields, owner, request, world)
    return _run(model, fields, world)


def _key(request: HttpRequest, world: World) -> str:
    """The key of the request: a bearer's token opens nothing here."""
    key = request.headers.get("x-api-key", "").strip()
    if not key and "authorization" not in request.headers:
        raise Rejection(401, "Neither x-api-key nor an authorization is among the headers.")
    if not world.accepts(key):
        raise Rejection(401, ERRORS[401])
    return key


def _only(method: str, request: HttpRequest) -> None:
    if request.method != method:
        raise Rejection(405, f"{request.method} is not possible here, only {method}.")


def _run(model: Model, fields: Mapping[str, JSON], world: World) -> HttpResponse:
    """Run a model while the client waits. Raises Rejection."""
    check_fields(model, fields)
    try:
        order = read_order(model, fields, world.repeat)
        pictures = list(draw(order, world))
    except RunError as wrong:
        status = 400 if str(wrong) == REFUSED else 500
        raise Rejection(status, str(wrong)) from wrong
    headers = _account(order, world)
    if not order.as_json:
        # What several samples become without base64 is not known; a body holds one picture.
        content, mime = pictures[0]
        return HttpResponse(status=200, headers={"content-type": mime, **headers}, body=content)
    texts = [b2a_base64(content, newline=False).decode() for content, _ in pictures]
    image: JSON = texts if order.samples > 1 else texts[0]
    body = {"image": image, "status": "Success", "interTime": model.seconds}
    return shape.json_response(200, body, headers)


def _account(order: Order, world: World) -> Mapping[str, str]:
    return {
        **_headers(200, world),
        **{f"x-{name.replace('_', '-')}": f"{value}" for name, value in account(order).items()},
        "x-generation-time": f"{order.model.seconds}",
        "x-seed-value": str(order.seed),
    }


def _error(status: int, message: str, world: World) -> HttpResponse:
    """Write an error: data: {"error": str}; a wrong method alone is told in HTML."""
    headers = _headers(status, world)
    if status != 405:
        return shape.json_response(status, {"error": message}, headers)
    page = f"<html><head><title>405</title></head><body><h1>{message}</h1></body></html>"
    return HttpResponse(
        status=405, headers={"content-type": "text/html", **headers}, body=page.encode()
    )


def _headers(status: int, world: World) -> Mapping[str, str]:
    own = {"x-request-id": Chance("segmind", world.serial, world.now()).uuid("answer")}
    if status == 429:
        reset = dt.datetime.fromtimestamp(world.now() + RESET, dt.UTC)
        own["x-rate-limit-reset-at-utc"] = reset.isoformat(timespec="seconds")
    return own


def _own(response: HttpResponse) -> Mapping[str, str]:
    return {name: text for name, text in response.headers.items() if name != "content-type"}
