"""Stability AI: two unrelated contracts behind one host; the model's name tells which."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from router.core.adapter import Adapter, Flow, Rule, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.http import origin
from router.core.images import ImageRequest
from router.core.target import Target
from router.providers.catalog import catalog_of
from router.providers.failures import unfit
from router.providers.rules import NO_RULES, shown
from router.providers.stability_rules import SPOKEN
from router.providers.stability_v1 import Engine, find_engine
from router.providers.stability_v2 import Generation, find_generation
from router.providers.wire import unsupported

BASE_URL = "https://api.stability.ai"
LONGEST_NAME = 64  # characters of a model's name

DEFAULT_MODEL = "stable-image-core"
"""Asked where a request names no model: the endpoint that takes nothing but text."""


@dataclass(frozen=True, slots=True)
class StabilityAI(Adapter):
    """A model it does not know is asked for as an endpoint of v2beta of that name.

    A `custom_host` stands in for `https://api.stability.ai`.
    """

    provider: str = "stability-ai"
    catalog: Catalog = field(default_factory=lambda: catalog_of("stability-ai"))

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(target.base_url or BASE_URL)})

    def model(self, request: ImageRequest, target: Target) -> str | None:  # noqa: ARG002
        return request.model or DEFAULT_MODEL

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        return self.catalog.find(request.model or DEFAULT_MODEL)

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        endpoint = self._endpoint(request, target)
        return endpoint.pictures_per_call if endpoint else 1

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        endpoint = self._endpoint(request, target)
        return endpoint.rules if endpoint else NO_RULES

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:
        endpoint = self._endpoint(request, target)
        return endpoint is not None and name not in SPOKEN and name not in endpoint.own

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        refusal = unsupported(request)
        if refusal is not None:
            return refusal
        endpoint = self._endpoint(request, target)
        if endpoint is None:
            return unfit(f"the model {shown(request.model)!r} cannot be one of Stability's")
        base = (target.base_url or BASE_URL).rstrip("/")
        response = yield from exchange(endpoint.write(request, base))
        return endpoint.read(response)

    def _endpoint(self, request: ImageRequest, target: Target) -> Engine | Generation | None:
        model = request.model or DEFAULT_MODEL
        return _find(model, self.facts(request, target)) if len(model) <= LONGEST_NAME else None


@lru_cache(maxsize=256)
def _find(model: str, facts: ModelFacts | None) -> Engine | Generation | None:
    return find_engine(model, facts) or find_generation(model, facts)
