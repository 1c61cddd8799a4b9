"""Replicate: a stand-in for its predictions: what is created goes on until it is asked for."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from router.core.http import NO_HEADERS, HttpRequest, HttpResponse
from router.core.jsontypes import EMPTY, JSON
from router.core.skeleton import as_object
from router.emulators import replicate_prediction as predictions
from router.emulators import shape
from router.emulators.emulator import World
from router.emulators.rejection import Rejection
from router.emulators.replicate_errors import error, failing, invalid, unfound
from router.emulators.replicate_fields import check
from router.emulators.replicate_models import BY_NAME, BY_VERSION, VERSION, Model, stranger
from router.emulators.replicate_schema import model_page, version_page
from router.emulators.replicate_task import refusal

PREDICTIONS = "/v1/predictions"

NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]*"
BY_MODEL = re.compile(rf"/v1/models/({NAME}/{NAME})/predictions")
BY_DEPLOYMENT = re.compile(rf"/v1/deployments/({NAME}/{NAME})/predictions")
ONE = re.compile(rf"{PREDICTIONS}/([a-z0-9]{{26}})(/cancel)?")
PAGE = re.compile(rf"/v1/models/({NAME}/{NAME})(?:/versions/([0-9a-f]{{64}}))?")

MISSING = "unknown"
"""A model or a deployment with this in its name does not exist."""

FIELDS = frozenset({"input", "stream", "webhook", "webhook_events_filter"})
EVENTS = frozenset({"start", "output", "logs", "completed"})

PREFER = re.compile(r"wait(?:=([1-9][0-9]?))?")
WAIT = 60.0  # seconds, where a client does not say how long
# The specification's pattern lets up to 99 seconds through, of which 60 are documented.


@dataclass(frozen=True, slots=True)
class Replicate:
    """Predictions of known models are checked; others take anything, as those of strangers do."""

    provider: str = "replicate"
    roots: tuple[str, ...] = ("/v1/",)

    def serves(self, host: str) -> bool:
        return host == "api.replicate.com"

    def model(self, request: HttpRequest) -> str | None:
        path = shape.path(request)
        named = BY_MODEL.fullmatch(path)
        if named:
            return named[1]
        deployed = BY_DEPLOYMENT.fullmatch(path)
        if deployed:
            return f"deployments/{deployed[1]}"
        version = (shape.json_object(request.body) or EMPTY).get("version")
        if path != PREDICTIONS or not isinstance(version, str):
            return None
        known = BY_VERSION.get(version.rpartition(":")[2])
        return known.name if known else version

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            owner = _token(request, world)
            if request.method == "POST" and _creates(request):
                return _create(request, owner, world)
            found = ONE.fullmatch(shape.path(request))
            if found and request.method == ("POST" if found[2] else "GET"):
                return _look(found[1], request, owner, world, cancel=bool(found[2]))
            if request.method == "GET":
                return _page(request)
            raise unfound()
        except Rejection as rejection:
            return error(rejection)

    def failure(
        self,
        status: int,
        code: str | None,
        request: HttpRequest,  # noqa: ARG002
        world: World,  # noqa: ARG002
    ) -> HttpResponse:
        return error(failing(status, code))

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        """A prediction that failed: no HTTP status says it."""
        found = ONE.fullmatch(shape.path(request))
        job_id = found[1] if found else predictions.new_id(world)
        model = BY_NAME.get(self.model(request) or "") or stranger("")
        return _answer(200 if found else 201, predictions.failed(job_id, refusal(model), request))

    def emptied(self, response: HttpResponse) -> HttpResponse:
        body = shape.json_object(response.body)
        if body is None or not body.get("output"):
            return response
        output: JSON = None if isinstance(body["output"], str) else []
        return _answer(response.status, {**body, "output": output, "status": "succeeded"})


def _token(request: HttpRequest, world: World) -> str:
    """The token of the request; older clients say `Token` where newer ones say `Bearer`."""
    scheme, _, token = request.headers.get("authorization", "").strip().partition(" ")
    if scheme.lower() not in {"bearer", "token"} or not world.accepts(token.strip()):
        raise failing(401)
    return token.strip()


def _creates(request: HttpRequest) -> bool:
    path = shape.path(request)
    return path == PREDICTIONS or bool(BY_MODEL.fullmatch(path) or BY_DEPLOYMENT.fullmatch(path))


def _create(request: HttpRequest, owner: str, world: World) -> HttpResponse:
    body = _body(request)
    model, deployment = _asked(request, body)
    given = as_object(body["input"])
    if model.is_known:
        check(given, model.fields)
    order = predictions.Order(model=model, given=given, repeat=world.repeat, deployment=deployment)
    wait = _wait(request)
    job = predictions.start(order, owner, wait or 0.0, len(request.body), world)
    if wait is None:
        return _answer(201, predictions.report(job, request, world), LIMITS)
    applied = {**LIMITS, "preference-applied": f"wait={wait:g}"}
    return _answer(201, predictions.report_at_once(job, request, world), applied)


LIMITS = {"ratelimit-remaining": "599", "ratelimit-reset": "1"}
"""As they were recorded: of 600 a minute."""


def _body(request: HttpRequest) -> Mapping[str, JSON]:
    """The body of a request that creates a prediction, with nothing in it that is not known."""
    body = shape.json_object(request.body)
    if shape.media_type(request) != "application/json" or body is None:
        # That only JSON works is documented, what is answered to all else is not.
        raise Rejection(400, "The body has to be a JSON object, sent as application/json.")
    mistakes = [] if "input" in body else [("required", "", "input is required")]
    fields = FIELDS | {"version"} if shape.path(request) == PREDICTIONS else FIELDS
    mistakes += [
        ("additional_property_not_allowed", "", f"Additional property {name[:60]} is not allowed")
        for name in body
        if name not in fields
    ]
    if "input" in body and not isinstance(body["input"], Mapping):
        mistakes.append(("invalid_type", "input", "Invalid type. Expected: object"))
    mistakes += _webhook_mistakes(body)
    if mistakes:
        raise invalid(mistakes)
    return body


def _webhook_mistakes(body: Mapping[str, JSON]) -> list[tuple[str, str, str]]:
    mistakes = []
    if not str(body.get("webhook", "https://")).startswith("https://"):
        mistakes.append(("format", "webhook", "Must be an HTTPS URL"))
    events = body.get("webhook_events_filter", [])
    if not isinstance(events, list) or not all(event in EVENTS for event in events):
        known = ", ".join(sorted(EVENTS))
        mistakes.append(("enum", "webhook_events_filter", f"Must be of: {known}"))
    return mistakes


def _asked(request: HttpRequest, body: Mapping[str, JSON]) -> tuple[Model, str | None]:
    """The model that is to run, and the deployment that it runs in."""
    path = shape.path(request)
    named = BY_MODEL.fullmatch(path)
    if named:
        return _official(named[1]), None
    deployed = BY_DEPLOYMENT.fullmatch(path)
    if deployed:
        if MISSING in deployed[1]:
            raise unfound()
        return stranger(deployed[1], "dp-sandbox"), deployed[1]
    version = body.get("version")
    if not isinstance(version, str):
        raise invalid([("required", "", "version is required")])
    return _version(version), None


def _official(name: str) -> Model:
    model = BY_NAME.get(name)
    if MISSING in name or (model is not None and not model.official):
        raise unfound()
    return model or stranger(name)


def _version(text: str) -> Model:
    """The model that a version means: an id, a name with an id, or an official model's name."""
    name, _, version = text.rpartition(":")
    if not name and re.fullmatch(rf"{NAME}/{NAME}", text):
        return _official(text)
    if not VERSION.fullmatch(version) or MISSING in name:
        message = "The version does not exist, or this token may not run it."
        raise Rejection(422, message, kind="Invalid version or not permitted")
    return BY_VERSION.get(version) or stranger(name or "sandbox/model", version)


def _wait(request: HttpRequest) -> float | None:
    """How long the client wants to wait, in seconds; None where it does not."""
    preferred = PREFER.fullmatch(request.headers.get("prefer", "").strip())
    if preferred is None:
        return None
    return float(preferred[1]) if preferred[1] else WAIT


def _look(
    job_id: str, request: HttpRequest, owner: str, world: World, *, cancel: bool
) -> HttpResponse:
    jobs = world.jobs
    job = jobs.cancel(job_id, world.now(), owner) if cancel else jobs.find(job_id, owner)
    if job is None:
        raise unfound()
    return _answer(200, predictions.report(job, request, world))


def _page(request: HttpRequest) -> HttpResponse:
    found = PAGE.fullmatch(shape.path(request))
    model = BY_NAME.get(found[1]) if found else None
    if found is None or model is None or found[2] not in {None, model.version}:
        raise unfound()
    return _answer(200, version_page(model) if found[2] else model_page(model))


def _answer(
    status: int, body: Mapping[str, JSON], headers: Mapping[str, str] = NO_HEADERS
) -> HttpResponse:
    return shape.json_response(status, body, headers, "application/json; charset=UTF-8")
