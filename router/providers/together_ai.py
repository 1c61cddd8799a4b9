"""Together AI: JSON in OpenAI's shape with words of its own; an edit is a picture inside it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from router.core.adapter import ABLE, Ability, Adapter, Becomes, Flow, Rule, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.http import BEARER, HttpRequest, HttpResponse, origin
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import JSON
from router.core.outcome import Failure, Kind
from router.core.sizes import Grid
from router.core.skeleton import as_object
from router.core.target import Target
from router.providers.catalog import catalog_of
from router.providers.failures import load_object, text_of
from router.providers.openai_answers import read_answer
from router.providers.originals import are_addresses, originals_of
from router.providers.rules import (
    UNSAID,
    absent,
    given_instead,
    one_of,
    replaced,
)
from router.providers.size_rules import size_by_edges
from router.providers.wire import JSON_HEADERS, as_said, json_body, picture_url, unsupported

BASE_URL = "https://api.together.ai/v1"

ANY_SIZE = Grid(step=8, shortest=8, longest=8192)
"""For models that are not in the catalog: only the step is the same for all."""

FORMATS = ("jpeg", "png")

# One value for requests, another in answers. Clients that send the other are understood, too.
# together-py src/together/types/image_generate_params.py, response_format
BASE64 = "base64"

IMAGE = "image_url"
"""The picture to begin with, whichever way it is given."""

ABSENT = (
    "quality",
    "style",
    "background",
    "moderation",
    "input_fidelity",
    "output_compression",
    "user",
)
"""OpenAI's parameters that no model at Together has."""

SAFETY = "content_policy_violation"  # from models that Black Forest Labs hosts

LONGEST_RESET = 3600.0  # seconds; more is a date, or a mistake


@dataclass(frozen=True, slots=True)
class TogetherAI(Adapter):
    """Pictures come as base64 unless a URL is asked for: a URL lives for an hour.

    A `custom_host` stands in for `https://api.together.ai/v1`.
    """

    provider: str = "together-ai"
    catalog: Catalog = field(default_factory=lambda: catalog_of("together-ai"))

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(target.base_url or BASE_URL)})

    def model(self, request: ImageRequest, target: Target) -> str | None:  # noqa: ARG002
        return request.model

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        return self.catalog.find(request.model)

    def ability(self, request: ImageRequest, target: Target) -> Ability:
        if request.operation == "generate":
            return ABLE
        facts = self.facts(request, target)
        if request.operation == "variation":
            return Ability(why_not="together-ai has no variations")
        if facts is not None and "edit" not in facts.operations:
            return Ability(why_not=f"{facts.name} takes no picture to begin with")
        if request.mask is not None or request.params.get("mask") is not None:
            return Ability(why_not="together-ai takes no mask")
        if "markup" in request.files:
            return Ability(why_not="together-ai takes no markup")
        given = len(originals_of(request))
        return (
            ABLE if given == 1 else Ability(why_not=f"together-ai edits one picture, not {given}")
        )

    def takes_references(self, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """By its URL, which Together opens itself."""
        return are_addresses(request)

    def picture_words(self, request: ImageRequest, target: Target) -> Sequence[str]:  # noqa: ARG002
        return (IMAGE,)

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        """One for an unknown model: not every model keeps to `n`."""
        facts = self.facts(request, target)
        return facts.per_call if facts else 1

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        return rules_for(request.model or "together-ai", self.facts(request, target))

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """Nothing is: models have parameters of their own, and an error names what is wrong."""
        return False

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        refusal = unsupported(request)
        if refusal is not None:
            return refusal
        base = (target.base_url or BASE_URL).rstrip("/")
        response = yield from exchange(
            HttpRequest(
                method="POST",
                url=f"{base}/images/generations",
                headers=JSON_HEADERS,
                body=json_body(_body(request, target)),
                auth=BEARER,
            )
        )
        return _read(response)


def rules_for(model: str, facts: ModelFacts | None) -> Mapping[str, Rule]:
    """Return the rules of a model; of one that is unknown, what all of them share."""
    rules: dict[str, Rule] = {
        "size": given_instead(
            "size", ("width", "height", "aspect_ratio"), size_by_edges(_grid(facts).nearest)
        ),
        **absent(ABSENT, model),
        "response_format": _response_format,
        "output_format": OUTPUT_FORMAT,
    }
    if facts is not None and "negative_prompt" in facts.lacks:
        rules |= absent(["negative_prompt"], model)
    return MappingProxyType(rules)


def _grid(facts: ModelFacts | None) -> Grid:
    return facts.grid if facts is not None and facts.grid is not None else ANY_SIZE


def _response_format(value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    if value in {"url", BASE64}:
        return None
    if value is None:
        return UNSAID
    if value == "b64_json":
        return Becomes({"response_format": BASE64}, "", exact=True)
    return replaced("response_format", value, BASE64)


OUTPUT_FORMAT = one_of(
    "output_format",
    FORMATS,
    "Together has jpeg and png",
    same=MappingProxyType({"jpg": "jpeg"}),
    nearest=MappingProxyType(dict.fromkeys(("webp", "gif", "svg"), "png")),
)


def _body(request: ImageRequest, target: Target) -> Mapping[str, JSON]:
    body: dict[str, JSON] = {} if target.passthrough else {"response_format": BASE64}
    body |= as_said(request.params)
    given = originals_of(request)
    if given:
        body[IMAGE] = picture_url(given[0])
    if request.has_references:
        del body["images"]
    return body


def _read(response: HttpResponse) -> Pictures | Failure:
    """Read data: {"id", "model", "data": [{"index", "type", "url" | "b64_json", "timings"}]}."""
    outcome = read_answer(response)
    if isinstance(outcome, Pictures) or 200 <= response.status < 400:
        return outcome
    failure = replace(outcome, type=outcome.type or _limited_by(response))
    if _is_refusal(failure):
        return replace(failure, kind=Kind.REFUSED, billed=None)
    if failure.status == 429 and failure.retry_after is None and failure.retry_at is None:
        return replace(failure, retry_after=_reset(response))
    return failure


def _is_refusal(failure: Failure) -> bool:
    """Tell what the safety checker says; 422 stands for nothing else.

    docs.together.ai/docs/error-codes
    """
    return failure.status == 422 or SAFETY in {failure.code, failure.type}


def _limited_by(response: HttpResponse) -> str | None:
    """Return which limit was hit; sources differ in where they put it."""
    body = load_object(response.body)
    found = body.get("error_type") or as_object(body.get("error")).get("error_type")
    return text_of(found)[:80] or None


def _reset(response: HttpResponse) -> float | None:
    """Return the wait that is suggested, in seconds.

    docs.together.ai/docs/rate-limits
    """
    try:
        seconds = float(response.headers.get("x-ratelimit-reset", ""))
    except ValueError:
        return None
    return seconds if 0 <= seconds <= LONGEST_RESET else None
