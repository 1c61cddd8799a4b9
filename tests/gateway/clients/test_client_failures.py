"""What fails, as clients see it: which error they raise, and how often a provider is asked."""

import pytest

from tests.gateway.clients.client_cases import generate, openai, portkey
from tests.gateway.clients.client_gateway import BOUND

# Each fails in its own way, so that one run of a client shows all of them.
MAYBE_BOUGHT = {
    "gpt-image-1": "500",
    "gpt-image-1.5": "reset",
    "gpt-image-1-mini": "cut",
    "gpt-image-2": "broken_base64",
    "chatgpt-image-latest": "empty",
}


def everyone(served, call, language, **options):
    """Return the same call by every SDK of the language."""
    headers = {"provider": "openai"}
    cases = [
        portkey(served, _named(call, "portkey"), provider="openai"),
        openai(served, _named(call, "openai"), headers=headers, **options),
    ]
    if language == "node":
        newest = openai(served, _named(call, "openai-next"), headers=headers, **options)
        cases.append({**newest, "sdk": "openai-next"})
    return cases


def _named(call, sdk):
    prompt = call["body"]["prompt"]
    return {**call, "body": {**call["body"], "prompt": prompt and f"{prompt} by {sdk}"}}


@pytest.mark.parametrize("model", MAYBE_BOUGHT, ids=MAYBE_BOUGHT.values())
def test_what_may_have_been_bought_is_asked_for_once_by_every_client(
    clients, opened, upstream, language, model
):
    upstream.play(f"openai/{model}: {MAYBE_BOUGHT[model]}")

    cases = everyone(opened, generate(model=model), language)
    results = clients.each(*cases)

    assert len(upstream.orders()) == len(cases)
    assert {result["error"]["class"] for result in results} == {"InternalServerError"}
    for result in results:
        assert result["error"]["headers"]["x-should-retry"] == "false"
        assert result["error"]["headers"]["x-portkey-trace-id"]


def test_a_timeout_of_the_caller_is_asked_for_once(clients, opened, upstream):
    upstream.play("openai: delay=2")

    patient = {"virtual_key": "openai-prod", "request_timeout": 60_000}

    results = clients.each(
        portkey(opened, provider="openai", request_timeout=100),
        portkey(opened, config=patient, request_timeout=100),
        openai(opened, headers={"provider": "openai", "request_timeout": 100}),
    )

    assert len(upstream.orders()) == 3
    assert [result["error"]["status"] for result in results] == [408, 408, 408]


def test_a_limit_of_rate_is_asked_again_as_the_client_is_used_to(
    clients, opened, upstream, language
):
    upstream.play("openai: 429")

    cases = everyone(opened, generate(), language, max_retries=1)
    results = clients.each(*cases)

    assert {result["error"]["class"] for result in results} == {"RateLimitError"}
    by_prompt = [order.body["prompt"] for order in upstream.orders()]
    times = {sdk: by_prompt.count(f"a red kite by {sdk}") for sdk in ("portkey", "openai")}
    assert times == {"portkey": 1, "openai": 2}


@pytest.mark.parametrize(
    ("call", "error", "status"),
    [
        (generate("[refuse] a red kite"), "BadRequestError", 400),
        (generate(model="no-such-model"), "NotFoundError", 404),
        (generate(n="many"), "BadRequestError", 400),
        (generate(""), "BadRequestError", 400),
    ],
    ids=["refused", "no such model", "wrong parameter", "no prompt"],
)
def test_the_class_of_an_error_is_the_one_that_openai_would_cause(
    clients, opened, upstream, language, call, error, status
):
    results = clients.each(*everyone(opened, call, language))

    assert {result["error"]["class"] for result in results} == {error}
    assert {result["error"]["status"] for result in results} == {status}


def test_a_wrong_key_of_the_gateway_is_an_authentication_error(clients, keyed, upstream, language):
    wrong = "pxr-wrong-0123456789"

    results = clients.each(
        portkey(keyed, api_key=wrong, provider="openai"),
        openai(keyed, api_key=wrong),
        portkey(keyed, provider="openai"),
    )

    assert {result["error"]["class"] for result in results} == {"AuthenticationError"}
    assert {result["error"]["code"] for result in results} <= {"invalid_api_key", None}
    assert upstream.orders() == []


def test_a_key_that_is_bound_to_its_config_takes_no_other(clients, keyed, upstream):
    fine, config, provider, virtual_key = clients.each(
        openai(keyed, api_key=BOUND),
        portkey(keyed, api_key=BOUND, config="default"),
        portkey(keyed, api_key=BOUND, provider="openai"),
        portkey(keyed, api_key=BOUND, virtual_key="openai-prod"),
    )

    assert "error" not in fine
    assert {one["error"]["status"] for one in (config, provider, virtual_key)} == {400}
    assert len(upstream.orders()) == 1
