import inspect
import re

import pytest

import router
from router import errors
from router.core.outcome import Failure, Kind
from router.core.trace import Attempt, Trace
from router.errors import RoutingError, routing_error


def raised(kind=Kind.SERVER_ERROR, status=500, trace=None, **fields):
    failure = Failure(kind=kind, status=status, message="busy", **fields)
    return routing_error(failure, trace or Trace("t"))


@pytest.mark.parametrize(
    ("kind", "status", "name"),
    [
        (Kind.BAD_REQUEST, 400, "BadRequestError"),
        (Kind.BAD_REQUEST, 404, "NotFoundError"),
        (Kind.BAD_REQUEST, 409, "ConflictError"),
        (Kind.BAD_REQUEST, 413, "BadRequestError"),
        (Kind.BAD_REQUEST, 422, "UnprocessableEntityError"),
        (Kind.AUTH, 401, "AuthenticationError"),
        (Kind.AUTH, 403, "PermissionDeniedError"),
        (Kind.REFUSED, 400, "ContentPolicyError"),
        (Kind.QUOTA_EXHAUSTED, 402, "QuotaExhaustedError"),
        (Kind.QUOTA_EXHAUSTED, 429, "QuotaExhaustedError"),
        (Kind.RATE_LIMITED, 429, "RateLimitError"),
        (Kind.OVERLOADED, 503, "InternalServerError"),
        (Kind.SERVER_ERROR, 500, "InternalServerError"),
        (Kind.UNSUPPORTED, 501, "UnsupportedError"),
        (Kind.CIRCUIT_OPEN, 503, "CircuitOpenError"),
        (Kind.EMPTY, 502, "NoImageError"),
        (Kind.INVALID_OUTPUT, 502, "NoImageError"),
        (Kind.TIMEOUT, 408, "APITimeoutError"),
        (Kind.CONNECTION, 503, "APIConnectionError"),
        (Kind.CONNECTION_LOST, 502, "APIConnectionError"),
        (Kind.OUT_OF_BUDGET, 408, "BudgetExceededError"),
        (Kind.CANCELLED, 499, "RoutingError"),
    ],
)
def test_a_failure_is_raised_as_the_narrowest_class(kind, status, name):
    assert type(raised(kind, status)).__name__ == name


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("status", [400, 418, 499, 500, 599])
def test_every_failure_has_a_class(kind, status):
    error = raised(kind, status)

    assert isinstance(error, RoutingError)
    assert (error.status_code, error.kind) == (status, kind)


def test_an_error_has_the_providers_words():
    error = raised(code="c", type="t", param="p", request_id="r", retry_after=3.0)

    assert (error.message, error.code, error.type, error.param) == ("busy", "c", "t", "p")
    assert (error.request_id, error.retry_after, error.pictures) == ("r", 3.0, ())


def test_an_error_of_several_attempts_shows_each():
    trace = Trace("t")
    for status in (500, 429):
        number = trace.begin(Attempt(path="config", provider="openai"))
        trace.end(
            number,
            Attempt(path="config", provider="openai", status=status, kind=Kind.RATE_LIMITED),
        )

    assert str(raised(trace=trace)).splitlines() == [
        "500 server_error: busy",
        "  config openai 500 rate_limited",
        "  config openai 429 rate_limited",
    ]


def test_an_error_of_one_attempt_is_one_line():
    assert str(raised()) == "500 server_error: busy"


CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, RoutingError)
}


@pytest.mark.parametrize("name", sorted(CLASSES))
def test_every_class_is_public_and_says_what_it_means(name):
    assert name in errors.__all__
    assert getattr(router, name) is CLASSES[name]
    assert CLASSES[name].__doc__


def test_the_tree_that_is_drawn_is_the_tree_that_is():
    drawn, above = {}, {}
    for line in errors.__doc__.splitlines():
        found = re.match(r"( *)[*+-] (\w+)", line)
        if found:
            depth = len(found[1])
            above[depth] = found[2]
            drawn[found[2]] = above.get(depth - 2)

    del drawn["ConfigError"], drawn["FetchError"], drawn["RoutingError"]
    assert drawn == {
        name: value.__base__.__name__ for name, value in CLASSES.items() if name != "RoutingError"
    }
