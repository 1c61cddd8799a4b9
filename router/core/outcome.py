"""Outcome: what a node returns: a Success or a Failure. Failures are values, not exceptions."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TypeAlias

from router.core.images import Picture, Pictures
from router.core.light_value import light_value


class Kind(StrEnum):
    """What went wrong, in words that routing can act on."""

    RATE_LIMITED = "rate_limited"
    OVERLOADED = "overloaded"
    SERVER_ERROR = "server_error"
    QUOTA_EXHAUSTED = "quota_exhausted"
    AUTH = "auth"
    BAD_REQUEST = "bad_request"
    TIMEOUT = "timeout"
    CONNECTION = "connection"
    CONNECTION_LOST = "connection_lost"
    EMPTY = "empty"
    INVALID_OUTPUT = "invalid_output"
    UNSUPPORTED = "unsupported"
    CIRCUIT_OPEN = "circuit_open"
    REFUSED = "refused"
    OUT_OF_BUDGET = "out_of_budget"
    CANCELLED = "cancelled"


@light_value
class Success:
    """Pictures that were checked."""

    pictures: Pictures


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why there is no answer.

    `billed`: True, False, or None where nobody can know. `local` means that it was decided here
    and no provider was asked. `message`, `code`, `type`, `param` and `request_id` are the
    provider's own words. `retry_after` is in seconds from the moment the answer came.
    `retry_at` says the same as absolute Unix seconds, where only that was told. `pictures` are
    those that came all the same; `unfinished` came too and could not be given as asked, so nobody
    counts them, but whoever paid may want them. `cost` is what the provider says that it has
    billed, in US dollars. `cut_short` means that this caller's deadline kept more from being tried,
    or its own limit for an attempt gave less time than the config does.
    `final` means that nobody may make up for it, as the caller has partial pictures already.
    """

    kind: Kind
    status: int
    message: str
    billed: bool | None = False
    local: bool = False
    code: str | None = None
    type: str | None = None
    param: str | None = None
    request_id: str | None = None
    retry_after: float | None = None
    retry_at: float | None = None
    pictures: tuple[Picture, ...] = ()
    unfinished: tuple[Picture, ...] = ()
    cost: float | None = None
    cut_short: bool = False
    final: bool = False


Outcome: TypeAlias = Success | Failure


def salvaged(failure: Failure, earlier: Failure | None) -> Failure:
    """Return `failure` with the pictures of an earlier one where those are more: they were paid.

    What was cut short before is so in the end.
    """
    if earlier is not None and earlier.cut_short and not failure.cut_short:
        failure = replace(failure, cut_short=True)
    if earlier is None or not (earlier.pictures or earlier.unfinished):
        return failure
    return replace(
        failure,
        pictures=max(failure.pictures, earlier.pictures, key=len),
        unfinished=max(failure.unfinished, earlier.unfinished, key=len),
    )
