"""Azure OpenAI: a stand-in for its image API, in the classic and in the v1 form."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from urllib.parse import unquote

from router.core.http import HttpRequest, HttpResponse
from router.core.jsontypes import JSON
from router.emulators import openai_answer, shape
from router.emulators.azure_deployments import MISSING, family_at_azure, model_of
from router.emulators.azure_safety import FILTERED, SAFE, SAFE_PROMPT
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.openai import emptied, json_params, refusing
from router.emulators.openai_edit import edit_order
from router.emulators.openai_form import Given, read_form
from router.emulators.openai_models import Family
from router.emulators.openai_order import Order, read_order
from router.emulators.openai_stream import streamed
from router.emulators.rejection import Rejection

CLASSIC = re.compile(r"/openai/deployments/([^/]+)/images/(generations|edits)")
V1 = re.compile(r"/openai/v1/images/(generations|edits)")

DATED = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}(-preview)?", re.ASCII)
TYPES = ("image/jpeg", "image/png")
"""What an edit may begin with; the pages of Azure name no other."""

V1_VERSIONS = frozenset({"v1", "preview", "latest"})

CAUGHT = "contentFilter"
"""The code for a dall-e-3 picture that was made and then withheld; the body has `created` then."""

FIRST_DALLE_3 = "2023-12-01-preview"
FIRST_GPT_IMAGE = "2025-04-01-preview"

HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """What the URL says. `version` is empty where it says none."""

    edits: bool
    classic: bool
    deployment: str
    version: str


@dataclass(frozen=True, slots=True)
class AzureOpenAI:
    """Every deployment exists unless its name contains `missing`; the name tells its model."""

    provider: str = "azure-openai"
    roots: tuple[str, ...] = ("/openai/",)

    def serves(self, host: str) -> bool:
        return host.endswith(HOSTS)

    def model(self, request: HttpRequest) -> str | None:
        """The deployment's name, which is all that a request names."""
        match = CLASSIC.fullmatch(shape.path(request))
        return unquote(match[1]) if match else shape.body_model(request)

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            _check_key(request, world)
            route = _route(request)
            order = _order(route, request, world)
            _check_safety(order, request, world)
            if order.streams:
                return self._streamed(order, request, world)
            is_dalle = order.family.kind == "dall-e-3"
            beside = _annotations if is_dalle else openai_answer.nothing_beside
            value = openai_answer.answer(order, self.provider, world, beside)
        except Rejection as rejection:
            return _error(rejection, request, world)
        deployment = self.model(request) or ""
        return shape.json_response(200, value, _headers(request, world, deployment))

    def failure(
        self, status: int, code: str | None, request: HttpRequest, world: World
    ) -> HttpResponse:
        return _error(_failing(status, code, request), request, world)

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        family = family_at_azure(model_of(self.model(request) or ""), classic=True)
        return _error(_refusing(family, "input", request, world), request, world)

    def emptied(self, response: HttpResponse) -> HttpResponse:
        return emptied(response)

    def _streamed(self, order: Order, request: HttpRequest, world: World) -> HttpResponse:
        """Draw the pictures, the unfinished ones too. Raises Rejection."""
        headers = _headers(request, world, self.model(request) or "")
        caught = _withheld(order, request, world)
        return streamed(order, self.provider, world, headers, caught)


def _check_key(request: HttpRequest, world: World) -> None:
    """Take an `api-key`, or a bearer token: Entra's, or on v1 the key itself."""
    key = shape.bearer(request) or request.headers.get("api-key", "").strip()
    if not world.accepts(key):
        # That a missing key and a wrong one get the same answer is a guess.
        raise Rejection(401, "Access denied: the key or token is missing or wrong.", code="401")


def _route(request: HttpRequest) -> Route:
    path, version = shape.path(request), shape.query(request).get("api-version", "")
    match, v1 = CLASSIC.fullmatch(path), V1.fullmatch(path)
    if request.method != "POST" or (match is None and v1 is None):
        raise Rejection(404, "Resource not found", code="404")
    edits = path.endswith("/edits")
    if match is None:
        if version and version not in V1_VERSIONS:
            raise _unsupported_version(version)
        return Route(edits=edits, classic=False, deployment="", version=version)
    if not version:
        raise Rejection(404, "Resource not found", code="404")
    if not (DATED.fullmatch(version) or version == "preview"):
        raise _unsupported_version(version)
    return Route(edits=edits, classic=True, deployment=unquote(match[1]), version=version)


def _unsupported_version(version: str) -> Rejection:
    # Neither status nor code of this case is recorded for images.
    message = f"API version {shape.quoted(version)} is not supported."
    return Rejection(400, message, code="BadRequest", param="api-version")


def _order(route: Route, request: HttpRequest, world: World) -> Order:
    given = read_form(request, TYPES) if route.edits else Given(params=json_params(request))
    deployment = route.deployment or _named(given.params)
    model = model_of(deployment)
    family = family_at_azure(model, classic=route.classic)
    if MISSING in deployment.lower() or (family.retired and world.retired):
        message = f"The deployment {shape.quoted(deployment)} does not exist on this resource."
        raise Rejection(404, message, code="DeploymentNotFound")
    if route.classic:
        _check_version(route.version, family)
    # In the classic form `model` is no more than decoration; the deployment decides.
    params = {name: value for name, value in given.params.items() if name != "model"}
    if route.edits:
        return edit_order(replace(given, params=params), model, family, json=False)
    return read_order(params, model, family)


def _named(params: Mapping[str, JSON]) -> str:
    """The deployment that a v1 request names as its model."""
    model = params.get("model")
    if isinstance(model, str) and model:
        return model
    raise Rejection(
        400,
        "The required parameter 'model' is missing; it names the deployment.",
        code="missing_required_parameter",
        param="model",
    )


def _check_version(version: str, family: Family) -> None:
    """Refuse versions from before the model. Dates compare as text; a preview precedes its date."""
    first = FIRST_GPT_IMAGE if family.is_gpt else FIRST_DALLE_3
    if version != "preview" and version[:10] < first[:10]:
        raise Rejection(
            400,
            f"Image generation with this model needs API version {first} or later; this is"
            f" {version}.",
            code="OperationNotSupported",
        )


def _check_safety(order: Order, request: HttpRequest, world: World) -> None:
    if shape.REFUSE in order.prompt:
        raise _refusing(order.family, "input", request, world)
    caught = _withheld(order, request, world)
    if caught is not None and not order.streams:
        raise caught


def _withheld(order: Order, request: HttpRequest, world: World) -> Rejection | None:
    """Why the filter withholds the finished picture; None where it does not."""
    if shape.FILTER not in order.prompt:
        return None
    return _refusing(order.family, "output", request, world)


def _refusing(family: Family, stage: str, request: HttpRequest, world: World) -> Rejection:
    """Azure's dialects of a refusal: GPT models speak OpenAI's, dall-e-3 has two of its own."""
    if family.is_gpt:
        return refusing(family, stage, _request_id(request, world))
    if stage == "output":
        return Rejection(400, "The safety system stopped this task.", code=CAUGHT)
    inner: JSON = {"code": "ResponsibleAIPolicyViolation", "content_filter_results": FILTERED}
    return Rejection(
        400,
        "The safety system rejected the request.",
        code="content_policy_violation",
        extra={"inner_error": inner},
    )


# Status: code, message. Azure numbers the first and the third; the others' codes are guesses.
FAILURES: Mapping[int, tuple[str, str]] = {
    401: ("401", "Access denied: the key or token is missing or wrong."),
    404: ("DeploymentNotFound", "The deployment does not exist on this resource."),
    429: ("429", "Requests to the ImageGenerations_Create operation are over the rate limit."),
    500: ("InternalServerError", "The server had an error with this request."),
    503: ("ServiceUnavailable", "The service cannot answer now."),
}


def _failing(status: int, code: str | None, request: HttpRequest) -> Rejection:
    own, message = FAILURES.get(status, (str(status), f"Failed with status {status}."))
    version = shape.query(request).get("api-version", "v1")
    return Rejection(status, f"{message} (api-version {version[:40]})", code=code or own)


def _error(rejection: Rejection, request: HttpRequest, world: World) -> HttpResponse:
    """Write a rejection in one of two shapes.

    The gateway in front of the models names a code and a message, the models' own errors have
    OpenAI's four keys.
    """
    detail: dict[str, JSON] = {"code": rejection.code, "message": rejection.message}
    if rejection.status == 400 and rejection.code not in {CAUGHT, "BadRequest"}:
        detail |= {"param": rejection.param, "type": rejection.kind}
    value: dict[str, JSON] = {"error": {**detail, **rejection.extra}}
    if rejection.code == CAUGHT:
        value = {"created": int(world.now()), **value}
    return shape.json_response(rejection.status, value, _headers(request, world))


def _annotations(index: int) -> Mapping[str, JSON]:  # noqa: ARG001  the same for all
    """What Azure says of each dall-e picture; GPT models' pictures have none."""
    return {"content_filter_results": SAFE, "prompt_filter_results": SAFE_PROMPT}


def _request_id(request: HttpRequest, world: World) -> str:
    return Chance("azure", world.serial, request.url).uuid("request")


def _headers(request: HttpRequest, world: World, deployment: str = "") -> Mapping[str, str]:
    chance = Chance("azure", world.serial, request.url)
    headers = {
        "apim-request-id": chance.uuid("apim"),
        "x-ms-region": "Sandbox",
        "x-request-id": _request_id(request, world),
    }
    if not deployment:
        return headers
    shown = re.sub(r"[^\x21-\x7e]", "_", deployment)[:64]
    return {**headers, "x-ms-deployment-name": shown, "x-ms-rai-invoked": "true"}
