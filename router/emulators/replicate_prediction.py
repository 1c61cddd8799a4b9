"""Predictions: what was ordered, and how far it is, as Replicate reports it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from router.core.http import HttpRequest
from router.core.jsontypes import JSON
from router.core.skeleton import as_object
from router.emulators.brief import UnreadableError
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.jobs import Job, begin
from router.emulators.replicate_models import BY_NAME, BY_VERSION, HIDDEN, Model, stranger
from router.emulators.replicate_task import read_task

LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
KEPT = 3600.0  # seconds that input and output are kept after a prediction has ended
UNREADABLE = "cannot identify image file"
REMOVED: Mapping[str, JSON] = {"output": None, "input": {}, "data_removed": True}


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a client asked of a model."""

    model: Model
    given: Mapping[str, JSON]
    repeat: int
    deployment: str | None = None

    def as_json(self) -> Mapping[str, JSON]:
        return {
            "model": self.model.name,
            "version": self.model.version,
            "input": self.given,
            "repeat": self.repeat,
            "deployment": self.deployment,
        }


def read_order(job: Job) -> Order:
    """Read what `as_json` wrote."""
    name, version = str(job.order["model"]), str(job.order["version"])
    known = BY_VERSION.get(version) or BY_NAME.get(name)
    repeat, deployment = job.order["repeat"], job.order["deployment"]
    return Order(
        model=known or stranger(name, version),
        given=as_object(job.order["input"]),
        repeat=repeat if isinstance(repeat, int) else 0,
        deployment=deployment if isinstance(deployment, str) else None,
    )


def start(order: Order, owner: str, waited: float, size: int, world: World) -> Job:
    """Begin a prediction and keep it; the client waits for it up to `waited` seconds."""
    job = begin(
        new_id(world),
        order.as_json(),
        world.now(),
        queued=order.model.queued,
        running=order.model.running,
        waited=waited,
        owner=owner,
        size=size,
    )
    world.jobs.put(job)
    return job


def new_id(world: World) -> str:
    """Twenty-six letters and digits, as the real ones are."""
    chance = Chance("replicate", world.serial, world.now(), world.repeat)
    return "".join(chance.pick(LETTERS, place) for place in range(26))


def report(job: Job, request: HttpRequest, world: World) -> Mapping[str, JSON]:
    """Tell how far a prediction is."""
    now = world.now()
    state = job.state(now)
    if state == "ended":
        return {**_common(job, request), **_ended(job, world)}
    if state == "cancelled":
        stopped = _moment(job.cancelled or now)
        return {**_common(job, request), "status": "canceled", "completed_at": stopped}
    status = "starting" if state == "queued" else "processing"
    return {**_common(job, request), "status": status}


def report_at_once(job: Job, request: HttpRequest, world: World) -> Mapping[str, JSON]:
    """Answer the request that created a prediction.

    One that ended while the client waited has its output, and is `processing` all the same,
    without the fields about its end; one that did not is `starting`, even where it runs.
    """
    if job.state(world.now()) != "ended":
        return {**_common(job, request), "status": "starting"}
    whole = {**_common(job, request), **_ended(job, world)}
    if whole["status"] == "failed":
        return whole
    late = {"completed_at", "metrics", "started_at"}
    early = {name: value for name, value in whole.items() if name not in late}
    return {**early, "status": "processing"}


def failed(job_id: str, error: str, request: HttpRequest) -> Mapping[str, JSON]:
    """A prediction that failed, whatever was ordered."""
    body: Mapping[str, JSON] = {"id": job_id, "model": "", "version": HIDDEN, "input": {}}
    urls = _urls(job_id, request)
    return {**body, "output": None, "error": error, "status": "failed", "logs": "", "urls": urls}


def _common(job: Job, request: HttpRequest) -> Mapping[str, JSON]:
    order = read_order(job)
    extra = {"deployment": order.deployment} if order.deployment else {}
    return {
        "id": job.id,
        "model": order.model.name,
        "version": order.model.version,
        "input": order.given,
        "logs": "",
        "output": None,
        "data_removed": False,
        "error": None,
        "status": "starting",
        "source": "api",
        "created_at": _moment(job.created),
        "urls": _urls(job.id, request),
        **extra,
    }


def _ended(job: Job, world: World) -> Mapping[str, JSON]:
    """The fields of a prediction that ran to its end, well or not."""
    order = read_order(job)
    task = read_task(order.model, order.given, order.repeat)
    ran = round(job.ended - job.started, 3)
    metrics = {"predict_time": ran, "total_time": round(job.ended - job.created, 3)}
    times: Mapping[str, JSON] = {
        "started_at": _moment(job.started),
        "completed_at": _moment(job.ended),
        "metrics": metrics,
    }
    if task.failure:
        return {**times, "status": "failed", "error": task.failure}
    if world.now() >= job.ended + KEPT:
        return {**times, **REMOVED, "status": "succeeded"}
    try:
        pictures = task.draw(world)
    except UnreadableError:
        return {**times, "status": "failed", "error": UNREADABLE}
    output: JSON = pictures if order.model.many else pictures[0]
    counted = {**metrics, "image_count": len(pictures)}
    return {**times, "metrics": counted, "status": "succeeded", "output": output}


def _urls(job_id: str, request: HttpRequest) -> Mapping[str, JSON]:
    """Where a prediction is found: at the host by which the client came."""
    split = urlsplit(request.url)
    here = f"{split.scheme}://{split.netloc}/v1/predictions/{job_id}"
    return {
        "cancel": f"{here}/cancel",
        "get": here,
        "web": f"https://replicate.com/p/{job_id}",
    }


def _moment(seconds: float) -> str:
    """Write Unix seconds as the API does: `2026-11-22T10:00:00.000Z`."""
    moment = dt.datetime.fromtimestamp(seconds, dt.UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
