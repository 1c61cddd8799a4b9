"""Stability v2beta: a multipart form to core, ultra or sd3, shapes by ratio, a picture a call.

platform.stability.ai/docs/api-reference; the fields that each endpoint takes are listed there.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from router.core.adapter import Becomes, Rule
from router.core.catalog import ModelFacts
from router.core.http import BEARER, HttpRequest, HttpResponse
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import JSON
from router.core.outcome import Failure
from router.core.sizes import nearest_ratio, parse_ratio, parse_size, ratios_of
from router.core.skeleton import as_object, dissect
from router.providers.failures import MALFORMED, unreadable
from router.providers.rules import UNSAID, dropped, given_instead, one_of, replaced
from router.providers.size_rules import size_by_ratio
from router.providers.stability_answers import judge, read_complaint, read_error, read_result
from router.providers.stability_rules import common_rules
from router.providers.wire import FORM_HEADERS, SEGMENT, as_said, text_parts

LARGEST_SEED = 4_294_967_294  # one less than v1's

RATIOS = ("21:9", "16:9", "3:2", "5:4", "1:1", "4:5", "2:3", "9:16", "9:21")
FORMATS = ("png", "jpeg", "webp")
OWN = frozenset({"aspect_ratio", "style_preset", "image", "strength", "mode", "cfg_scale"})
"""What the endpoints have of which nothing else is known."""

SD3 = "sd3"
"""The endpoint that serves several models: its form says which."""

SD3_MODEL = re.compile(r"sd3(\.5)?-[a-z0-9.-]+")

UNWRITTEN = frozenset({"n", "model", "prompt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """One endpoint of v2beta. `field` is what its form says as `model`, if anything."""

    model: str
    endpoint: str
    rules: Mapping[str, Rule]
    own: frozenset[str]
    field: str | None = None
    pictures_per_call: int = 1

    def write(self, request: ImageRequest, base: str) -> HttpRequest:
        said: dict[str, JSON] = {"prompt": request.params.get("prompt"), "model": self.field}
        said |= as_said(request.params, UNWRITTEN)
        return HttpRequest(
            method="POST",
            url=f"{base}/v2beta/stable-image/generate/{self.endpoint}",
            headers=FORM_HEADERS,
            parts=tuple(text_parts(said)),
            auth=BEARER,
        )

    def read(self, response: HttpResponse) -> Pictures | Failure:
        return read_picture(response)


def read_picture(response: HttpResponse) -> Pictures | Failure:
    """Read data: {"image": str, "finish_reason": str, "seed": int}, as most of v2beta answers."""
    if not 200 <= response.status < 300:
        return read_error(response)
    try:
        skeleton = dissect(response.body, "image")
        body = as_object(skeleton.rest)
        if not isinstance(body.get("image"), str):
            raise ValueError("no string `image`")
        result = read_result(body, skeleton, image="image", reason="finish_reason")
    except MALFORMED:
        return unreadable(response, read_complaint(response))
    return judge(response, [result], _fields(response))


def find_generation(model: str, facts: ModelFacts | None) -> Generation | None:
    """Return the endpoint for a model; None for a name that could lead to another path."""
    known = facts.options.get("endpoint") if facts else None
    if isinstance(known, str):
        endpoint = known
    elif SD3_MODEL.fullmatch(model):
        endpoint = SD3
    elif SEGMENT.fullmatch(model):
        endpoint = model
    else:
        return None
    return Generation(
        model=model,
        endpoint=endpoint,
        field=model if endpoint == SD3 != model else None,
        own=(facts and facts.parameters) or OWN,
        rules=_rules(model, facts),
        pictures_per_call=facts.per_call if facts else 1,
    )


def _rules(model: str, facts: ModelFacts | None) -> Mapping[str, Rule]:
    rules = {
        **common_rules(model, LARGEST_SEED),
        **shapes(facts),
        "output_format": OUTPUT_FORMAT,
    }
    return MappingProxyType(rules)


def shapes(facts: ModelFacts | None) -> Mapping[str, Rule]:
    """Return the rules for what chooses a picture's shape."""
    names = (facts and facts.ratios) or RATIOS
    ratios = ratios_of(names)
    square = parse_size(facts.options.get("square")) if facts else None
    by_ratio = size_by_ratio("aspect_ratio", ratios, exact=square)
    return {
        "size": given_instead("size", ("aspect_ratio",), by_ratio),
        "aspect_ratio": _aspect_ratio(ratios),
    }


def _aspect_ratio(ratios: Mapping[str, float]) -> Rule:
    def rule(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
        if value is None:
            return UNSAID
        ratio = parse_ratio(value)
        if ratio is None:
            return dropped("aspect_ratio", value, "not WIDTH:HEIGHT")
        if value in ratios:
            return None
        return replaced("aspect_ratio", value, nearest_ratio(ratio, ratios))

    return rule


def _fields(response: HttpResponse) -> Mapping[str, JSON]:
    """Return the type that the answer claims, as in `application/json; type=image/png`."""
    claim = response.headers.get("content-type", "").lower().rpartition("type=image/")[2]
    return {"output_format": claim} if claim in FORMATS else {}


OUTPUT_FORMAT = one_of(
    "output_format",
    FORMATS,
    "Stability has png, jpeg and webp",
    same=MappingProxyType({"jpg": "jpeg"}),
    nearest=MappingProxyType({"gif": "png", "svg": "png"}),
)
