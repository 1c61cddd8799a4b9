"""Google: Gemini's image models by generateContent; a picture to edit is a part of the prompt."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from router.core.adapter import ABLE, Ability, Adapter, Flow, Rule, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.http import Auth, HttpRequest, origin
from router.core.images import ImageRequest
from router.core.target import Target
from router.providers.abilities import Limits, why_not
from router.providers.catalog import catalog_of
from router.providers.failures import unfit
from router.providers.google_answers import read_answer
from router.providers.google_body import write_body
from router.providers.google_rules import rules_for
from router.providers.google_words import HOMES, camel, lifted
from router.providers.rules import shown
from router.providers.wire import JSON_HEADERS, SEGMENT, json_body, unsupported

BASE_URL = "https://generativelanguage.googleapis.com/v1beta"
API_KEY = Auth("x-goog-api-key")

DEFAULT_MODEL = "gemini-nano-banana-2.1"
"""Asked where a request names no model: the newest one, and what Google replaces others by."""

LONGEST_NAME = 128  # characters of a model's name
PREFIX = "models/"  # Google's own pages write a model's name with it and without

SPOKEN = frozenset({"model", "n", "prompt"})

PICTURES = Limits(formats=("png", "jpeg", "webp"))


@dataclass(frozen=True, slots=True)
class Google(Adapter):
    """One picture a call; more are asked for in several calls.

    A `custom_host` stands in for `https://generativelanguage.googleapis.com/v1beta`.
    """

    provider: str = "google"
    catalog: Catalog = field(default_factory=lambda: catalog_of("google"))

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(target.base_url or BASE_URL)})

    def model(self, request: ImageRequest, target: Target) -> str | None:  # noqa: ARG002
        return _model(request)

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        return self.catalog.find(_model(request))

    def ability(self, request: ImageRequest, target: Target) -> Ability:
        if request.operation == "generate":
            return ABLE
        if request.operation == "variation":
            return Ability(
                why_not="google makes no variations; edit the picture, and say what may change"
            )
        if request.mask is not None:
            return Ability(why_not="google takes no mask; say in the prompt where to edit")
        if "markup" in request.files:
            return Ability(why_not="google takes no markup")
        facts = self.facts(request, target)
        return Ability(why_not=why_not(request, facts, "google", PICTURES))

    def unfolded(self, request: ImageRequest, target: Target) -> ImageRequest:  # noqa: ARG002
        return lifted(request)

    def count_words(self, request: ImageRequest, target: Target) -> Sequence[str]:  # noqa: ARG002
        return ("candidateCount",)

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:  # noqa: ARG002
        return 1

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        return rules_for(_model(request), self.facts(request, target))

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """Tell all that are none of Gemini's words: it refuses a request that has any other."""
        return name not in SPOKEN and camel(name) not in HOMES

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        refusal = unsupported(request)
        if refusal is not None:
            return refusal
        model = _model(request)
        if len(model) > LONGEST_NAME or not SEGMENT.fullmatch(model):
            return unfit(f"the model {shown(model)!r} cannot be one of Google's")
        base = (target.base_url or BASE_URL).rstrip("/")
        response = yield from exchange(
            HttpRequest(
                method="POST",
                url=f"{base}/{PREFIX}{model}:generateContent",
                headers=JSON_HEADERS,
                body=json_body(write_body(request, target)),
                auth=API_KEY,
            )
        )
        return read_answer(response)


def _model(request: ImageRequest) -> str:
    return (request.model or DEFAULT_MODEL).removeprefix(PREFIX)
