"""Gemini's errors, held by hand: a status in words, and details of several types."""

import pytest
from provider_talk import answer, ask, told

from router.core.http import HttpResponse
from router.core.outcome import Kind

RPC = "type.googleapis.com/google.rpc."


def heard(response):
    return told("google", ask("gemini-nano-banana-2.1"), response)


def error(status, word="", message="told why", *details):
    return {"error": {"code": status, "message": message, "status": word, "details": [*details]}}


def detail(name, **fields):
    return {"@type": RPC + name, **fields}


def limits(*names, metric="generate_requests_per_model"):
    violations = [{"quotaId": name, "quotaMetric": f"host/{metric}"} for name in names]
    return detail("QuotaFailure", violations=violations)


INFO = detail("ErrorInfo", reason="API_KEY_INVALID", domain="googleapis.com")
UNPAID = detail("ErrorInfo", reason="BILLING_DISABLED")
BLOCKED = detail("ErrorInfo", reason="API_KEY_SERVICE_BLOCKED")
WAIT = detail("RetryInfo", retryDelay="34.074s")


@pytest.mark.parametrize(
    ("status", "word", "details", "kind"),
    [
        (400, "INVALID_ARGUMENT", [], Kind.BAD_REQUEST),
        (400, "FAILED_PRECONDITION", [], Kind.BAD_REQUEST),
        (400, "INVALID_ARGUMENT", [INFO], Kind.AUTH),
        (400, "FAILED_PRECONDITION", [UNPAID], Kind.QUOTA_EXHAUSTED),
        (401, "UNAUTHENTICATED", [], Kind.AUTH),
        (403, "PERMISSION_DENIED", [], Kind.AUTH),
        (403, "PERMISSION_DENIED", [BLOCKED], Kind.AUTH),
        (403, "PERMISSION_DENIED", [UNPAID], Kind.QUOTA_EXHAUSTED),
        (404, "NOT_FOUND", [], Kind.BAD_REQUEST),
        (429, "RESOURCE_EXHAUSTED", [], Kind.RATE_LIMITED),
        (429, "RESOURCE_EXHAUSTED", [INFO], Kind.RATE_LIMITED),
        (500, "INTERNAL", [INFO], Kind.SERVER_ERROR),
        (503, "UNAVAILABLE", [], Kind.OVERLOADED),
        (504, "DEADLINE_EXCEEDED", [], Kind.SERVER_ERROR),
    ],
)
def test_errors_are_classified_by_status_and_reason(status, word, details, kind):
    failure = heard(answer(error(status, word, "told why", *details), status))

    reason = details[0]["reason"] if details else word
    assert (failure.kind, failure.status, failure.message) == (kind, status, "told why")
    assert (failure.code, failure.type) == (reason, word)
    assert failure.billed is (None if kind is Kind.SERVER_ERROR else False)


@pytest.mark.parametrize(
    ("violations", "kind"),
    [
        (limits("GenerateRequestsPerMinutePerProjectPerModel"), Kind.RATE_LIMITED),
        (limits("GenerateRequestsPerDayPerProjectPerModel"), Kind.QUOTA_EXHAUSTED),
        (limits("TokensPerMinute", "GenerateRequestsPerDay"), Kind.QUOTA_EXHAUSTED),
        (
            limits("PerMinute", metric="generate_content_free_tier_requests"),
            Kind.QUOTA_EXHAUSTED,
        ),
        (limits(), Kind.RATE_LIMITED),
        (detail("QuotaFailure", violations="many"), Kind.RATE_LIMITED),
    ],
    ids=["minute", "day", "both", "free", "unnamed", "malformed"],
)
def test_a_limit_that_does_not_pass_while_one_waits_is_a_quota(violations, kind):
    said = error(429, "RESOURCE_EXHAUSTED", "slow down", violations, WAIT)

    failure = heard(answer(said, 429))

    assert (failure.kind, failure.billed) == (kind, False)


@pytest.mark.parametrize(
    ("details", "headers", "after"),
    [
        ([WAIT], {}, 34.074),
        ([detail("RetryInfo", retryDelay="34s")], {}, 34.0),
        ([limits("PerMinute"), WAIT], {}, 34.074),
        ([WAIT], {"retry_after": "7"}, 7.0),
        ([detail("RetryInfo", retryDelay="soon")], {}, None),
        ([detail("RetryInfo", retryDelay={"seconds": 3})], {}, None),
        ([detail("RetryInfo")], {}, None),
        (["text", {"retryDelay": "3s"}], {}, None),
        ([], {}, None),
    ],
)
def test_when_to_ask_again_is_read_from_the_details(details, headers, after):
    response = answer(error(429, "RESOURCE_EXHAUSTED", "slow down", *details), 429, **headers)

    assert heard(response).retry_after == after


def test_a_date_of_the_header_stands_instead_of_the_wait_in_the_details():
    said = error(429, "RESOURCE_EXHAUSTED", "slow down", WAIT)

    failure = heard(answer(said, 429, retry_after="Thu, 01 Jan 1970 00:01:00 GMT"))

    assert (failure.retry_after, failure.retry_at) == (None, 60.0)


def test_the_field_that_is_wrong_is_named():
    violation = {"field": "generation_config.image_config", "description": "Unknown name"}
    bad = detail("BadRequest", fieldViolations=[violation, {"field": "contents"}])

    failure = heard(answer(error(400, "INVALID_ARGUMENT", "no", bad), 400))

    assert failure.param == "generation_config.image_config"


def test_an_error_may_be_the_only_item_of_a_list():
    failure = heard(answer([error(503, "UNAVAILABLE", "overloaded")], 503))

    assert (failure.kind, failure.message) == (Kind.OVERLOADED, "overloaded")


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"null", b'{"error": "text"}', b"<h1>Bad</h1>", b"[" * 100_000, b" " * 300_000],
)
def test_an_error_in_no_known_shape_is_judged_by_its_status(body):
    failure = heard(HttpResponse(status=503, body=body))

    assert (failure.kind, failure.code) == (Kind.OVERLOADED, None)
    assert failure.message


def test_a_redirect_is_not_followed():
    headers = {"location": "https://elsewhere.example/x"}

    failure = heard(HttpResponse(status=307, headers=headers))

    assert (failure.kind, failure.status) == (Kind.INVALID_OUTPUT, 502)
    assert "elsewhere.example" in failure.message


def test_a_key_that_is_echoed_is_masked():
    said = error(400, "INVALID_ARGUMENT", "API key AIzaSyA-0123456789_abcdef is not valid", INFO)

    assert "AIza" not in heard(answer(said, 400)).message
