"""Jobs of Segmind's v2: what was ordered, how far it is, and what came of it."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from router.core.http import HttpRequest, HttpResponse
from router.core.jsontypes import JSON
from router.core.skeleton import as_object
from router.emulators import shape
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.jobs import Job, begin
from router.emulators.rejection import Rejection
from router.emulators.segmind_models import Model, find_model
from router.emulators.segmind_order import RunError, check_fields, read_order
from router.emulators.segmind_picture import account, draw

QUEUED = 0.2  # seconds
KEPT = 3600.0  # seconds after submission; the files live for a week


def submit(
    model: Model, fields: Mapping[str, JSON], owner: str, request: HttpRequest, world: World
) -> HttpResponse:
    """Take a job in. Editors take anything in, and fail later. Raises Rejection."""
    if not model.edits:
        check_fields(model, fields)
    job = begin(
        Chance("segmind", world.serial, world.now()).uuid("request"),
        {"slug": model.slug, "fields": fields, "repeat": world.repeat},
        world.now(),
        queued=QUEUED,
        running=model.seconds,
        owner=owner,
        size=len(request.body) + sum(part.size for part in request.parts),
    )
    world.jobs.put(job)
    addresses = _addresses(job.id, request)
    body = {"request_id": job.id, "status": "QUEUED", **addresses}
    return shape.json_response(200, body, {})


def look(
    job_id: str, owner: str, request: HttpRequest, world: World, *, whole: bool
) -> HttpResponse:
    """Tell how far a job is; the `whole` answer has its pictures. Raises Rejection."""
    job = world.jobs.find(job_id, owner)
    if job is None or world.now() >= job.created + KEPT:
        raise Rejection(404, f"The request {job_id} was not found.")
    state = job.state(world.now())
    if state != "ended":
        status = "QUEUED" if state == "queued" else "PROCESSING"
        addresses = _addresses(job_id, request)
        del addresses["poll_url"]
        body = {"status": status, "request_id": job_id, **addresses, "metrics": {}}
        return shape.json_response(200, body, {})
    return _ended(job, world, whole=whole)


def failed(error: str, job: Job | None = None) -> HttpResponse:
    """A job that ran and failed: not charged, so its metrics say nothing of money."""
    metrics = {"inference_time": 0.01, "queue_time": QUEUED, "total_time": QUEUED + 0.01}
    body: dict[str, JSON] = {"status": "FAILED", "error": error, "metrics": metrics}
    if job is not None:
        body["request_id"] = job.id
    return shape.json_response(422, body, {})


def _ended(job: Job, world: World, *, whole: bool) -> HttpResponse:
    model = find_model(str(job.order["slug"]))
    fields, repeat = as_object(job.order["fields"]), job.order["repeat"]
    if model is None:
        return failed("there is no such model", job)
    try:
        check_fields(model, fields)
        order = read_order(model, fields, repeat if isinstance(repeat, int) else 0)
        pictures = list(draw(order, world))
    except (Rejection, RunError) as wrong:
        return failed(str(wrong), job)
    ran = round(job.ended - job.started, 3)
    if not whole:
        metrics = {"inference_time": ran}
        done: JSON = {"status": "COMPLETED", "request_id": job.id, "metrics": metrics}
        return shape.json_response(200, done, {})
    images = []
    for content, mime in pictures:
        url = world.publish(content, mime)
        images.append({"url": url, "content_type": mime, "file_size": str(len(content))})
    times = {"queue_time": QUEUED, "total_time": round(job.ended - job.created, 3)}
    money = account(order)
    result: dict[str, JSON] = {
        "status": "COMPLETED",
        "request_id": job.id,
        "output": images[0]["url"],
        "images": images,
        "seed": str(order.seed),
        "prompt": order.prompt,
        "metrics": {**money, "inference_time": ran, **times},
    }
    return shape.json_response(200, result, {})


def _addresses(job_id: str, request: HttpRequest) -> dict[str, JSON]:
    """Where a job is found: at the host by which the client came."""
    split = urlsplit(request.url)
    here = f"{split.scheme}://{split.netloc}"
    return {
        "poll_url": f"{here}/v1/requests/{job_id}",
        "status_url": f"{here}/v2/requests/{job_id}/status",
        "response_url": f"{here}/v2/requests/{job_id}",
    }
