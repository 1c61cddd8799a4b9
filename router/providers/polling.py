"""Polling: asking how far a remote job is, and not losing one that is paid for."""

import re
from collections.abc import Callable, Generator
from dataclasses import dataclass

from router.core.adapter import Emit, Send
from router.core.events import Event
from router.core.http import HttpRequest, HttpResponse
from router.core.outcome import Failure, Kind
from router.providers.failures import Complaint, request_id_of, tidy
from router.providers.retry_after import read_advice

MOST_STUMBLES = 6  # answers in a row that say nothing of the job: half a minute's trouble
LONGEST_ADVICE = 30.0  # seconds; a busy front end knows nothing of when a job will end

JOB_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""What stays one segment of a path, whoever wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How long to wait before each question, in seconds: `first`, then `growth` times as long."""

    first: float = 1.0
    growth: float = 1.5
    longest: float = 5.0

    def after(self, pause: float) -> float:
        """Return the pause that follows one."""
        return min(self.longest, pause * self.growth)


Waiting = Generator[Send | Emit, HttpResponse | Event | None, HttpResponse]


def poll(
    question: HttpRequest,
    is_pending: Callable[[HttpResponse], bool],
    pace: Pace,
    *,
    undo: HttpRequest | None = None,
) -> Waiting:
    """Ask until the job has ended, and return the answer that says so; for `yield from`.

    It has no end of its own while the job is pending: an attempt's timeout ends it. An answer of
    429 or 5xx tells of the front end, and a connection that breaks of the way there, not of the
    job, so it is asked again; only the last of MOST_STUMBLES such troubles in a row is told.
    """
    pause, stumbles = pace.first, 0
    wait = pause
    while True:
        last = stumbles == MOST_STUMBLES - 1
        response = yield from _ask(question, after=wait, undo=undo, lenient=not last)
        stumbles = stumbles + 1 if is_stumble(response) else 0
        if response is not None and (last if stumbles else not is_pending(response)):
            return response
        pause = pace.after(pause)
        wait = max(pause, _patience(stumbles), _advised(response)) if stumbles else pause


def fetch(question: HttpRequest, pace: Pace) -> Waiting:
    """Ask for a result that is there, again where the front end stumbles; for `yield from`."""
    response = yield from _ask(question, lenient=True)
    if response is not None and not is_stumble(response):
        return response
    return (yield from poll(question, lambda _: False, pace))


def is_stumble(response: HttpResponse | None) -> bool:
    """Tell whether a later answer to the same question may say more; None is no answer."""
    return response is None or response.status == 429 or response.status >= 500


def lost(response: HttpResponse, complaint: Complaint, job_id: str) -> Failure:
    """Return the failure of a job whose state cannot be read: it may go on, and be billed."""
    said = complaint.message or f"status {response.status}"
    return Failure(
        kind=Kind.CONNECTION_LOST,
        status=502,
        message=tidy(f"the job {job_id} was accepted, and its state cannot be read: {said}"),
        billed=None,
        code=complaint.code,
        request_id=request_id_of(response) or job_id,
    )


def _ask(
    question: HttpRequest, *, after: float = 0.0, undo: HttpRequest | None = None, lenient: bool
) -> Generator[Send | Emit, HttpResponse | Event | None, HttpResponse | None]:
    """Return the answer; a connection that breaks is None where that is `lenient`."""
    answer = yield Send(request=question, after=after, undo=undo, lenient=lenient)
    if isinstance(answer, Event):
        raise TypeError("a whole answer was expected, and Event came")
    return answer


def _patience(stumbles: int) -> float:
    """Seconds to wait at least: from one on, twice as many after each trouble in a row."""
    return 2.0 ** (stumbles - 1)


def _advised(response: HttpResponse | None) -> float:
    if response is None:
        return 0.0
    return min(read_advice(response.headers).after or 0.0, LONGEST_ADVICE)
