"""Monster API: a stand-in for its pictures: every order is a job, and a failed one is a 200."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from router.core.http import NO_HEADERS, HttpRequest, HttpResponse
from router.core.jsontypes import JSON
from router.core.skeleton import as_object
from router.emulators import shape
from router.emulators.brief import Brief, UnreadableError
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.jobs import Job, begin
from router.emulators.monsterapi_order import MODELS, Order, read_fields, read_order
from router.emulators.rejection import Rejection

GENERATE = re.compile(r"/v1/generate/([A-Za-z0-9_.-]+)")
STATUS = re.compile(r"/v1/status/([^/]+)")

QUEUED, RUNNING = 0.3, 1.2  # seconds

# The shape of errors is not documented; clients read `message`.
ERRORS: Mapping[int, str] = {
    400: "The request is not valid.",
    401: "The API key is missing or not valid.",
    402: "There are not enough credits left.",
    403: "There are not enough credits left.",
    404: "There is nothing here.",
    422: "The request is not valid.",
    429: "Too many requests.",
    500: "Something went wrong.",
    503: "The service cannot answer now.",
}

REFUSED = "The prompt or the picture was stopped by the content filter."
BROKEN = "The model could not make this picture."


@dataclass(frozen=True, slots=True)
class MonsterAPI:
    """Text and pictures to pictures; of the rest of the API there is nothing here."""

    provider: str = "monsterapi"
    roots: tuple[str, ...] = ("/v1/generate/", "/v1/status/")

    def serves(self, host: str) -> bool:
        return host == "api.monsterapi.ai"

    def model(self, request: HttpRequest) -> str | None:
        found = GENERATE.fullmatch(shape.path(request))
        return found[1] if found else None

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            return _handle(request, world)
        except Rejection as rejection:
            return _error(rejection.status, rejection.message, rejection.code)

    def failure(
        self,
        status: int,
        code: str | None,
        request: HttpRequest,  # noqa: ARG002
        world: World,  # noqa: ARG002
    ) -> HttpResponse:
        return _error(status, ERRORS.get(status, f"Failed with status {status}."), code)

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:  # noqa: ARG002
        """How it is said is not documented; a job can only fail."""
        asked = STATUS.fullmatch(shape.path(request))
        return _failed(asked[1], REFUSED) if asked else _error(400, REFUSED)

    def emptied(self, response: HttpResponse) -> HttpResponse:
        body = shape.json_object(response.body)
        if body is None or "output" not in as_object(body.get("result")):
            return response
        return _answer({**body, "result": {"output": []}})


def _handle(request: HttpRequest, world: World) -> HttpResponse:
    """Answer a request. Raises Rejection."""
    token = shape.bearer(request)
    if not world.accepts(token):
        raise Rejection(401, ERRORS[401])
    ordered = GENERATE.fullmatch(shape.path(request))
    if ordered and request.method == "POST":
        return _accept(ordered[1], token, request, world)
    asked = STATUS.fullmatch(shape.path(request))
    if asked and request.method == "GET":
        return _look(asked[1], token, world)
    raise Rejection(404, ERRORS[404])


def _accept(name: str, token: str, request: HttpRequest, world: World) -> HttpResponse:
    """Check an order and begin it."""
    model = MODELS.get(name)
    if model is None:
        raise Rejection(404, f"There is no model {name[:60]}.")
    fields = read_fields(request)
    read_order(model, fields)
    job = begin(
        Chance("monsterapi", world.serial, world.now()).uuid("process"),
        {"model": name, "fields": fields, "repeat": world.repeat},
        world.now(),
        queued=QUEUED,
        running=RUNNING,
        owner=token,
        size=len(request.body) + sum(part.size for part in request.parts),
    )
    world.jobs.put(job)
    return _answer({"message": "Request accepted.", "process_id": job.id})


def _look(job_id: str, token: str, world: World) -> HttpResponse:
    """Tell how far a job is."""
    job = world.jobs.find(job_id, token)
    if job is None:
        raise Rejection(404, f"There is no process {job_id[:60]}.")
    state = job.state(world.now())
    if state == "ended":
        return _ended(job, world)
    return _report(job_id, "IN_QUEUE" if state == "queued" else "IN_PROGRESS", {}, 0)


def _ended(job: Job, world: World) -> HttpResponse:
    fields, repeat = as_object(job.order["fields"]), job.order["repeat"]
    order = read_order(MODELS[str(job.order["model"])], fields)
    if shape.REFUSE in order.prompt or (order.filtered and shape.FILTER in order.prompt):
        return _failed(job.id, REFUSED)
    seed = order.seed
    if seed is None:
        seed = Chance("monsterapi", order.prompt, str(repeat)).whole(0, 2**31)
    try:
        urls = [_published(order, seed, index, world) for index in range(order.samples)]
    except UnreadableError:
        return _failed(job.id, BROKEN)
    used = order.model.credits * order.samples
    return _report(job.id, "COMPLETED", {"output": urls}, used)


def _published(order: Order, seed: int, index: int, world: World) -> str:
    width, height = order.size
    brief = Brief(
        provider="monsterapi",
        model=order.model.name,
        prompt=order.prompt,
        width=width,
        height=height,
        seed=seed,
        index=index,
        source=order.source,
    )
    return world.publish(world.draw(brief), brief.mime)


def _failed(job_id: str, message: str) -> HttpResponse:
    return _report(job_id, "FAILED", {"errorMessage": message}, 0)


def _report(job_id: str, status: str, result: Mapping[str, JSON], used: int) -> HttpResponse:
    money: dict[str, JSON] = {"credit_used": used, "overage": 0}
    return _answer({"process_id": job_id, "status": status, "result": result, **money})


def _error(status: int, message: str, code: str | None = None) -> HttpResponse:
    body: dict[str, JSON] = {"message": message}
    if code is not None:
        body["code"] = code
    return shape.json_response(status, body, NO_HEADERS)


def _answer(body: Mapping[str, JSON]) -> HttpResponse:
    return shape.json_response(200, body, NO_HEADERS)
