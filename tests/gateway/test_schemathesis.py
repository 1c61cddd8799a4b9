"""Schemathesis: requests made from the OpenAPI document, valid and not, are answered as it says."""

import json
from datetime import timedelta

import httpx
import pytest
import requests
import schemathesis
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from router.gateway.openapi.replies import document_reply
from router.testing import simulate
from tests.gateway.drive import ask, opened, written
from tests.originals.pictures import PNG

load_all_checks()
PROMISES = CHECKS.get_by_names(
    [
        "status_code_conformance",
        "content_type_conformance",
        "response_headers_conformance",
        "response_schema_conformance",
    ]
)
BASE = "http://gateway.test"
DOCUMENT = json.loads(document_reply().body)
OPERATIONS = {
    operation.ok().label: operation.ok()
    for operation in schemathesis.openapi.from_dict(DOCUMENT).get_all_operations()
}
EXAMPLES = 8  # of each
BUG = 500


def both():
    """Yield every operation with the ways to ask: what takes nothing cannot be asked wrongly."""
    for label, operation in OPERATIONS.items():
        yield pytest.param(label, GenerationMode.POSITIVE, id=f"{label}, as it should be")
        if operation.body or operation.query:
            yield pytest.param(label, GenerationMode.NEGATIVE, id=f"{label}, as it should not be")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A workspace whose config asks a provider that always gives a picture."""
    folder = tmp_path_factory.mktemp("gateway")
    return written(folder, main={"provider": "openai"}, gateway={"config": "main"})


def answered(folder, request):
    """Answer a request that is ready to be sent, as httpx would give it to its caller."""

    async def main():
        return await ask(
            opened(folder),
            request.url.removeprefix(BASE),
            method=request.method,
            body=_bytes(request.body),
            headers=dict(request.headers),
        )

    seen = simulate(main)
    asked = httpx.Request(request.method, request.url)
    response = httpx.Response(seen.status, headers=seen.headers, content=seen.body, request=asked)
    response.elapsed = timedelta(0)
    return response


def make_servable(case):
    """Let a request reach the provider: nothing is a config's name, or a picture, by chance."""
    case.headers = {}
    if case.media_type == "multipart/form-data":
        case.body = {**case.body, "image": PNG}
        case.body.pop("mask", None)


@pytest.mark.parametrize(("label", "mode"), [*both()])
@settings(max_examples=EXAMPLES, phases=[Phase.generate])
@given(data=st.data())
def test_answers_are_as_the_document_says(folder, label, mode, data):
    case = data.draw(OPERATIONS[label].as_strategy(generation_mode=mode))
    if mode is GenerationMode.POSITIVE and data.draw(st.booleans()):
        make_servable(case)
    request = requests.Request(**case.as_transport_kwargs(BASE)).prepare()

    response = answered(folder, request)

    assert response.status_code != BUG
    case.validate_response(response, checks=PROMISES)


def _bytes(body):
    return (body or "").encode() if isinstance(body, str | None) else body
