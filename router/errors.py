"""Errors: what the edges raise. Inside the tree a failure is a value.

* ConfigError                    a config that cannot be used, with all of its problems
* FetchError                     a picture behind a URL that cannot be had
* RoutingError                   a request that got no answer, with its trace
  + BadRequestError              400
    - ContentPolicyError         the provider's safety system said no
  + AuthenticationError          401
  + QuotaExhaustedError          402, or 429 for money: waiting will not help
  + PermissionDeniedError        403
  + NotFoundError                404
  + ConflictError                409
  + UnprocessableEntityError     422
  + RateLimitError               429
  + InternalServerError          5xx
    - CircuitOpenError           nobody was asked: every breaker is open
    - NoImageError               an answer without the pictures it promised
    - UnsupportedError           no target can do what was asked
  + APIConnectionError           the provider could not be reached, or broke off
    - APITimeoutError            no answer in time
  + BudgetExceededError          the budget's attempts or time were spent
"""

from collections.abc import Mapping
from types import MappingProxyType

from router.config.problems import ConfigError
from router.core.finishing import FetchError
from router.core.images import Picture
from router.core.outcome import Failure, Kind
from router.core.trace import Trace

__all__ = [
    "APIConnectionError",
    "APITimeoutError",
    "AuthenticationError",
    "BadRequestError",
    "BudgetExceededError",
    "CircuitOpenError",
    "ConfigError",
    "ConflictError",
    "ContentPolicyError",
    "FetchError",
    "InternalServerError",
    "NoImageError",
    "NotFoundError",
    "PermissionDeniedError",
    "QuotaExhaustedError",
    "RateLimitError",
    "RoutingError",
    "UnprocessableEntityError",
    "UnsupportedError",
    "routing_error",
]


class RoutingError(Exception):
    """No target gave the pictures. `failure` is the last word; the `trace` has all of them."""

    def __init__(self, failure: Failure, trace: Trace) -> None:
        super().__init__(failure, trace)
        self.failure = failure
        self.trace = trace

    @property
    def status_code(self) -> int:
        return self.failure.status

    @property
    def kind(self) -> Kind:
        return self.failure.kind

    @property
    def message(self) -> str:
        """The provider's own message."""
        return self.failure.message

    @property
    def code(self) -> str | None:
        return self.failure.code

    @property
    def type(self) -> str | None:
        return self.failure.type

    @property
    def param(self) -> str | None:
        return self.failure.param

    @property
    def request_id(self) -> str | None:
        """The provider's number for the request, for its support."""
        return self.failure.request_id

    @property
    def retry_after(self) -> float | None:
        """Seconds after which asking again may help."""
        return self.failure.retry_after

    @property
    def cost(self) -> float | None:
        """What was paid all the same, in US dollars; None where that is not known."""
        return self.trace.cost

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """Pictures that came, and may have been billed, although there were too few."""
        return self.failure.pictures

    @property
    def unfinished(self) -> tuple[Picture, ...]:
        """Pictures that came and could not be given as asked for, as they came."""
        return self.failure.unfinished

    def __str__(self) -> str:
        head = f"{self.status_code} {self.kind}: {_printable(self.message)}"
        attempts = [
            f"  {attempt.path} {attempt.provider} {attempt.status} {attempt.kind}"
            for attempt in self.trace.attempts
        ]
        return "\n".join((head, *attempts)) if len(attempts) > 1 else head


def _printable(text: str) -> str:
    """Take out what a terminal would obey: a provider's words are a stranger's."""
    return "".join(char if char.isprintable() else "?" for char in text)


class BadRequestError(RoutingError):
    """400: the request cannot be served as it is."""


class ContentPolicyError(BadRequestError):
    """The provider's safety system refused the prompt or the picture."""


class AuthenticationError(RoutingError):
    """401: the credential is missing or wrong."""


class QuotaExhaustedError(RoutingError):
    """402, or 429 for money: the account has nothing left; waiting will not help."""


class PermissionDeniedError(RoutingError):
    """403: the credential may not do this."""


class NotFoundError(RoutingError):
    """404: no such model or deployment."""


class ConflictError(RoutingError):
    """409: the provider saw a conflict."""


class UnprocessableEntityError(RoutingError):
    """422: the provider understood the request and cannot serve it."""


class RateLimitError(RoutingError):
    """429: too many requests; `retry_after` may say when to come back."""


class InternalServerError(RoutingError):
    """5xx: the provider failed."""


class CircuitOpenError(InternalServerError):
    """503: nobody was asked, since the provider kept failing."""


class NoImageError(InternalServerError):
    """502: the provider answered 200 without the pictures it promised."""


class UnsupportedError(InternalServerError):
    """501: no target can do what was asked."""


class APIConnectionError(RoutingError):
    """The provider could not be reached, or broke off while it answered."""


class APITimeoutError(APIConnectionError):
    """408: no answer in time; it may have been billed all the same."""


class BudgetExceededError(RoutingError):
    """The budget's attempts or its deadline were spent first."""


BY_KIND: Mapping[Kind, type[RoutingError]] = MappingProxyType(
    {
        Kind.REFUSED: ContentPolicyError,
        Kind.QUOTA_EXHAUSTED: QuotaExhaustedError,
        Kind.RATE_LIMITED: RateLimitError,
        Kind.EMPTY: NoImageError,
        Kind.INVALID_OUTPUT: NoImageError,
        Kind.UNSUPPORTED: UnsupportedError,
        Kind.CIRCUIT_OPEN: CircuitOpenError,
        Kind.TIMEOUT: APITimeoutError,
        Kind.CONNECTION: APIConnectionError,
        Kind.CONNECTION_LOST: APIConnectionError,
        Kind.OUT_OF_BUDGET: BudgetExceededError,
    }
)

BY_STATUS: Mapping[int, type[RoutingError]] = MappingProxyType(
    {
        400: BadRequestError,
        401: AuthenticationError,
        403: PermissionDeniedError,
        404: NotFoundError,
        409: ConflictError,
        422: UnprocessableEntityError,
        429: RateLimitError,
    }
)


def routing_error(failure: Failure, trace: Trace) -> RoutingError:
    """Return the narrowest error for a failure: by its kind, else by its status."""
    known = BY_KIND.get(failure.kind) or BY_STATUS.get(failure.status)
    if known is not None:
        return known(failure, trace)
    if failure.status >= 500:
        return InternalServerError(failure, trace)
    return (BadRequestError if failure.kind is Kind.BAD_REQUEST else RoutingError)(failure, trace)
