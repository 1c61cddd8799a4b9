"""Stability AI: two unrelated contracts behind one host; the model's name tells which."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from router.core.adapter import Ability, Adapter, Flow, Rule, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.http import origin
from router.core.images import ImageRequest
from router.core.outcome import Kind
from router.core.target import Target
from router.providers import stability_v1_edits, stability_v2_edits
from router.providers.catalog import catalog_of
from router.providers.failures import unfit
from router.providers.rules import NO_RULES, shown
from router.providers.stability_edit import Edit, why_not_pictures
from router.providers.stability_rules import SPOKEN
from router.providers.stability_v1 import Engine, find_engine
from router.providers.stability_v2 import Generation, find_generation
from router.providers.stability_v2_edits import SERVICES
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

    def model(self, request: ImageRequest, target: Target) -> str | None:
        """Return the endpoint's name where it is not the model's that edits."""
        if request.operation == "generate":
            return request.model or DEFAULT_MODEL
        edit = self._endpoint(request, target)
        return edit.model if edit else request.model

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:
        return self.catalog.find(self.model(request, target))

    def ability(self, request: ImageRequest, target: Target) -> Ability:  # noqa: ARG002
        if request.operation == "generate":
            service = request.model in SERVICES
            why_not = f"{request.model} needs a picture; use images.edit" if service else ""
            return Ability(why_not=why_not)
        edit = self._edit(request)
        if isinstance(edit, str):
            return Ability(why_not=edit)
        return Ability(why_not=why_not_pictures(request, edit.limits), note=edit.note)

    def count_words(self, request: ImageRequest, target: Target) -> Sequence[str]:  # noqa: ARG002
        return ("samples",)

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
        try:
            asked = endpoint.write(request, base)
        except ValueError as broken:
            return unfit(f"the request cannot be written: {broken}")
        except stability_v2_edits.TooLargeError as large:
            return unfit(str(large), Kind.UNSUPPORTED, 501)
        return endpoint.read((yield from exchange(asked)))

    def _endpoint(self, request: ImageRequest, target: Target) -> Engine | Generation | Edit | None:
        model = request.model or DEFAULT_MODEL
        if len(model) > LONGEST_NAME:
            return None
        if request.operation == "generate":
            return _find(model, self.facts(request, target))
        edit = self._edit(request)
        return None if isinstance(edit, str) else edit

    def _edit(self, request: ImageRequest) -> Edit | str:
        """Return what makes an edit or a variation; the reason where nothing does."""
        facts = self.catalog.find(request.model)
        if facts is not None and facts.options.get("contract") == "v1":
            return stability_v1_edits.find_edit(request, facts)
        return stability_v2_edits.find_edit(request, self.catalog)


@lru_cache(maxsize=256)
def _find(model: str, facts: ModelFacts | None) -> Engine | Generation | None:
    return find_engine(model, facts) or find_generation(model, facts)
