"""Jobs: what an emulator remembers of work that goes on from one request to the next."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Literal

from router.core.jsontypes import JSON

ROOM = 64 * 1024 * 1024  # bytes
# Room for a load test's hundred thousand small orders, or for a dozen with large pictures in them.

OVERHEAD = 512  # bytes that a job takes beside its order

State = Literal["queued", "running", "ended", "cancelled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One piece of work. It is queued until `started` and runs until `ended`, in Unix seconds.

    `order` is what was asked, as its emulator wrote it down: the result is made of it each time
    that somebody asks, so it must hold all that the result depends on. `owner` is the key it was
    ordered with, `size` is the order's in bytes. `cancelled` is when that happened, if it did.
    """

    id: str
    order: Mapping[str, JSON]
    created: float
    started: float
    ended: float
    owner: str = field(default="", repr=False)
    size: int = 0
    cancelled: float | None = None

    def state(self, now: float) -> State:
        """Tell how far it is. It does not change any more once it has ended or is cancelled."""
        if self.cancelled is not None:
            return "cancelled"
        if now >= self.ended:
            return "ended"
        return "running" if now >= self.started else "queued"


def begin(
    job_id: str,
    order: Mapping[str, JSON],
    now: float,
    *,
    queued: float,
    running: float,
    waited: float = 0.0,
    owner: str = "",
    size: int = 0,
) -> Job:
    """Return a job that is queued and runs for so many seconds.

    An emulator cannot wait. Where the real API holds its answer back for `waited` seconds, or
    until the job has ended, the job is begun that much earlier instead: the answer is the same.
    """
    left = queued + running - min(waited, queued + running)
    return Job(
        id=job_id,
        order=order,
        created=now + left - queued - running,
        started=now + left - running,
        ended=now + left,
        owner=owner,
        size=size,
    )


class Jobs:
    """Keeps jobs by id, the oldest given away when it is full. Threads may use it at once.

    `changes` counts what was put or cancelled.
    """

    def __init__(self, room: int = ROOM) -> None:
        self.changes = 0
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._room = room
        self._taken = 0
        self._lock = Lock()

    def put(self, job: Job) -> None:
        """Keep a job, in place of an earlier one of the same id."""
        with self._lock:
            self.changes += 1
            self._drop(job.id)
            self._jobs[job.id] = job
            self._taken += _weight(job)
            while self._taken > self._room and len(self._jobs) > 1:
                self._drop(next(iter(self._jobs)))

    def find(self, job_id: str, owner: str = "") -> Job | None:
        """Return the job; None where there is none, no longer, or only another owner's."""
        with self._lock:
            return self._find(job_id, owner)

    def cancel(self, job_id: str, now: float, owner: str = "") -> Job | None:
        """Stop a job that has not ended, and return it as it is from now on."""
        with self._lock:
            job = self._find(job_id, owner)
            if job is None or job.state(now) in {"ended", "cancelled"}:
                return job
            self.changes += 1
            self._jobs[job_id] = replace(job, cancelled=now)
            return self._jobs[job_id]

    def _find(self, job_id: str, owner: str) -> Job | None:
        job = self._jobs.get(job_id)
        return job if job is not None and job.owner == owner else None

    def _drop(self, job_id: str) -> None:
        job = self._jobs.pop(job_id, None)
        if job is not None:
            self._taken -= _weight(job)


def _weight(job: Job) -> int:
    return job.size + OVERHEAD
