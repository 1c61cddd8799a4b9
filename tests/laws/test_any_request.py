"""Whatever a caller or a provider says, there is an outcome and never a traceback."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router import AsyncRouter, RoutingError
from router.core.http import HttpResponse
from router.testing import Scripted, simulate

CONFIGS = {
    "openai": {"provider": "openai", "api_key": "sk-1234567890"},
    "azure": {
        "provider": "azure-openai",
        "api_key": "sk-1234567890",
        "resource_name": "cats",
        "deployment_id": "cat",
        "api_version": "2024-10-21",
    },
    "stability": {"provider": "stability-ai", "api_key": "sk-1234567890"},
}
MODELS = ["gpt-image-2", "dall-e-2", "dall-e-3", "core", "ultra", "sd3", "sd3.5-large", "unknown"]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-5, 5000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
    | st.sampled_from(["1024x1024", "0x0", "999999x1", "auto", "high", "vivid", "16:9", "png"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
NAMES = [
    "size",
    "quality",
    "style",
    "response_format",
    "output_format",
    "output_compression",
    "background",
    "moderation",
    "user",
    "seed",
    "negative_prompt",
    "n",
    "aspect_ratio",
    "mood",
]


@pytest.mark.parametrize("mode", ["adapt", "drop", "skip", "error"])
@pytest.mark.parametrize("provider", CONFIGS)
@settings(max_examples=80)
@given(st.sampled_from(MODELS), st.dictionaries(st.sampled_from(NAMES), VALUES, max_size=4))
def test_any_parameters_are_answered_or_refused(provider, mode, model, params):
    async def main():
        config = {**CONFIGS[provider], "on_unsupported": mode}
        async with AsyncRouter(config, sender=Scripted(400, repeat=True)) as router:
            with pytest.raises(RoutingError) as caught:
                await router.images.generate(prompt="a cat", model=model, **params)
        return caught.value

    error = simulate(main)
    assert 400 <= error.status_code <= 599
    assert all(attempt.status == 400 for attempt in error.trace.attempts)


ITEMS = st.fixed_dictionaries(
    {},
    optional={
        "b64_json": VALUES | st.binary(max_size=20).map(bytes.hex),
        "base64": VALUES,
        "url": VALUES,
        "revised_prompt": VALUES,
        "finishReason": VALUES,
        "seed": VALUES,
    },
)
ANSWERS = st.fixed_dictionaries(
    {},
    optional={
        "created": VALUES,
        "data": VALUES | st.lists(ITEMS | VALUES, max_size=2),
        "artifacts": VALUES | st.lists(ITEMS | VALUES, max_size=2),
        "error": VALUES
        | st.fixed_dictionaries({}, optional={"message": VALUES, "code": VALUES, "type": VALUES}),
        "errors": VALUES,
        "name": VALUES,
        "usage": VALUES,
        "output_format": VALUES,
    },
)
BODIES = (ANSWERS | VALUES).map(json.dumps).map(str.encode) | st.binary(max_size=40)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "retry-after": st.sampled_from(["5", "-1", "nan", "inf", "soon", "1e999", "", "9" * 400]),
        "retry-after-ms": st.sampled_from(["50", "x", "-1", "nan"]),
        "content-type": st.sampled_from(["application/json", "image/png", "text/html", ";", ""]),
        "finish-reason": st.sampled_from(["SUCCESS", "CONTENT_FILTERED", ""]),
        "seed": st.sampled_from(["7", "x", ""]),
    },
)
STATUSES = st.sampled_from([200, 200, 200, 201, 204, 301, 400, 401, 403, 404, 422, 429, 500, 503])


@pytest.mark.parametrize("model", ["gpt-image-2", "core", "stable-diffusion-xl-1024-v1-0"])
@pytest.mark.parametrize("provider", CONFIGS)
@settings(max_examples=120)
@given(STATUSES, HEADERS, BODIES)
def test_any_answer_of_a_provider_is_an_outcome(provider, model, status, headers, body):
    async def main():
        reply = HttpResponse(status=status, headers=headers, body=body)
        async with AsyncRouter(CONFIGS[provider], sender=Scripted(reply)) as router:
            try:
                answer = await router.images.generate(prompt="a cat", model=model)
            except RoutingError as error:
                return error.trace, str(error)
        return answer.trace, repr(answer)

    trace, _ = simulate(main)
    (attempt,) = trace.attempts
    assert "the adapter failed" not in attempt.message or "ValueError" in attempt.message
    assert status < 400 or attempt.status == status
