"""OpenAI: POST {base}/images/generations, edits or variations, and servers that speak like it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from router.core.adapter import ABLE, Ability, Adapter, Flow, Rule
from router.core.catalog import Catalog, ModelFacts
from router.core.http import BEARER, origin
from router.core.images import ImageRequest
from router.core.target import Target
from router.providers.abilities import why_not
from router.providers.catalog import catalog_of
from router.providers.openai_edits import limits_of, path_of, rules_for, write
from router.providers.openai_streams import answered
from router.providers.rules import NO_RULES
from router.providers.wire import JSON_HEADERS

BASE_URL = "https://api.openai.com/v1"

MOST_PER_CALL = 10
"""OpenAI's own bound on `n`, for models that nothing is known of."""


@dataclass(frozen=True, slots=True)
class OpenAI(Adapter):
    """A `custom_host` stands in for `https://api.openai.com/v1`, so it has the `/v1` if any."""

    provider: str = "openai"
    catalog: Catalog = field(default_factory=lambda: catalog_of("openai"))

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(target.base_url or BASE_URL)})

    def model(self, request: ImageRequest, target: Target) -> str | None:  # noqa: ARG002
        return request.model

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        return self.catalog.find(request.model)

    def ability(self, request: ImageRequest, target: Target) -> Ability:
        facts = self.facts(request, target)
        reason = why_not(request, facts, self.provider, limits_of(facts))
        return Ability(why_not=reason) if reason else ABLE

    def takes_references(self, request: ImageRequest, target: Target) -> bool:
        """As all models do but DALL-E 2, which edits in the form with files alone."""
        facts = self.facts(request, target)
        return facts is None or facts.name != "dall-e-2"

    def streams(self, request: ImageRequest, target: Target) -> bool:
        """A model that is not known is asked as the caller says."""
        facts = self.facts(request, target)
        return facts is None or facts.streams

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        facts = self.facts(request, target)
        return facts.per_call if facts else MOST_PER_CALL

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        facts = self.facts(request, target)
        return rules_for(facts, request) if facts else NO_RULES

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """Nothing is: a parameter may be newer than this file, and an error names it."""
        return False

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        base = (target.base_url or BASE_URL).rstrip("/")
        url = f"{base}/{path_of(request)}"
        asked = write(request, url, BEARER, _headers(target), request.params)
        return (yield from answered(request, asked))


def _headers(target: Target) -> Mapping[str, str]:
    if not target.options:
        return JSON_HEADERS
    named = {
        "openai-organization": target.options.get("organization"),
        "openai-project": target.options.get("project"),
    }
    return {**JSON_HEADERS, **{name: value for name, value in named.items() if value}}
