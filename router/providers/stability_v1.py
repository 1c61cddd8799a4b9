"""Stability v1: JSON to an engine, sizes in pixels, up to ten pictures a call.

Stability-AI/rest-api-support, generated/spec/merged.json, and its later reference pages.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType

from router.core.adapter import Rule
from router.core.catalog import ModelFacts
from router.core.http import BEARER, HttpRequest, HttpResponse
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import EMPTY, JSON
from router.core.outcome import Failure
from router.core.sizes import nearest_size
from router.core.skeleton import as_object, dissect
from router.providers.failures import MALFORMED, unreadable
from router.providers.rules import drop, given_instead
from router.providers.size_rules import size_by_edges
from router.providers.stability_answers import (
    Result,
    judge,
    read_complaint,
    read_error,
    read_result,
)
from router.providers.stability_rules import SPOKEN, common_rules
from router.providers.wire import JSON_HEADERS, as_said, json_body

LARGEST_SEED = 4_294_967_295


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """One engine of v1."""

    model: str
    rules: Mapping[str, Rule]
    own: frozenset[str]
    pictures_per_call: int

    def write(self, request: ImageRequest, base: str) -> HttpRequest:
        body = as_said(request.params, SPOKEN | {"text_prompts"})
        if "n" in request.params:
            body["samples"] = request.n
        return HttpRequest(
            method="POST",
            url=f"{base}/v1/generation/{self.model}/text-to-image",
            headers=JSON_HEADERS,
            body=json_body({"text_prompts": text_prompts(request), **body}),
            auth=BEARER,
        )

    def read(self, response: HttpResponse) -> Pictures | Failure:
        return read_artifacts(response)


def read_artifacts(response: HttpResponse) -> Pictures | Failure:
    """Read what every endpoint of v1 answers."""
    if not 200 <= response.status < 300:
        return read_error(response)
    try:
        return judge(response, _results(response.body), EMPTY)
    except MALFORMED:
        return unreadable(response, read_complaint(response))


def find_engine(model: str, facts: ModelFacts | None) -> Engine | None:
    """Return the engine of that name; None where it is not known to be one of v1's."""
    if facts is None or facts.options.get("contract") != "v1":
        return None
    rules = {
        **common_rules(model, LARGEST_SEED),
        "output_format": drop("output_format", f"{model} gives png", harmless=("png",)),
    }
    fit = facts.grid.nearest if facts.grid else partial(nearest_size, offered=facts.sizes)
    if facts.grid or facts.sizes:
        rules["size"] = given_instead("size", ("width", "height"), size_by_edges(fit))
    return Engine(
        model=model,
        rules=MappingProxyType(rules),
        own=facts.parameters,
        pictures_per_call=facts.per_call,
    )


def text_prompts(request: ImageRequest) -> list[JSON]:
    """Return the prompts with their weights: a negative weight says what not to draw."""
    prompts: list[JSON] = []
    if request.prompt:
        prompts.append({"text": request.prompt, "weight": 1})
    negative = request.params.get("negative_prompt")
    if negative:
        prompts.append({"text": negative, "weight": -1})
    given = request.params.get("text_prompts")
    if isinstance(given, list | tuple):
        prompts += given
    return prompts


def _results(body: bytes) -> list[Result]:
    """Read data: {"artifacts": [{"base64": str, "seed": int, "finishReason": str}]}."""
    skeleton = dissect(body, "base64")
    artifacts = as_object(skeleton.rest).get("artifacts")
    if not isinstance(artifacts, list):
        raise ValueError("no list `artifacts`")
    return [
        read_result(as_object(item), skeleton, image="base64", reason="finishReason")
        for item in artifacts
    ]
