"""OpenAI-compatible servers: one adapter for every row of the table of dialects."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from router.core.adapter import ABLE, Ability, Adapter, Flow, Rule, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.http import BEARER, HttpRequest, Part, origin
from router.core.images import PATHNAMES, ImageRequest
from router.core.jsontypes import JSON
from router.core.target import Target
from router.dialects.dialect import Dialect
from router.providers.abilities import count_given, pictures
from router.providers.compatible_answers import read_answer
from router.providers.compatible_rules import is_known, rules_for
from router.providers.failures import unfit
from router.providers.openai_edits import fields, file_parts
from router.providers.originals import are_addresses, originals_of
from router.providers.wire import (
    FORM_HEADERS,
    JSON_HEADERS,
    as_said,
    json_body,
    picture_url,
    unsupported,
)


@dataclass(frozen=True, slots=True)
class OpenAICompatible(Adapter):
    """A `custom_host` is where the server's paths begin, so it has the `/v1` if there is one.

    Models that the catalog does not know are asked by what the row says alone.
    """

    dialect: Dialect
    catalog: Catalog

    @property
    def provider(self) -> str:
        return self.dialect.name

    def origins(self, target: Target) -> frozenset[str]:
        base = self._base(target)
        return frozenset({origin(base)} if base else ())

    def model(self, request: ImageRequest, target: Target) -> str | None:  # noqa: ARG002
        return request.model

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        return self.catalog.find(request.model)

    def ability(self, request: ImageRequest, target: Target) -> Ability:  # noqa: ARG002
        name, operation = self.provider, request.operation
        if operation not in self.dialect.operations:
            return Ability(why_not=f"{name} cannot do the operation {operation!r}")
        has_mask = request.mask is not None or request.params.get("mask") is not None
        if has_mask and not self.dialect.takes_mask:
            return Ability(why_not=f"{name} takes no mask as OpenAI means it")
        if "markup" in request.files and self.dialect.takes is not None:
            return Ability(why_not=f"{name} takes no markup")
        given, most = count_given(request), self.dialect.most_images
        if given > most:
            return Ability(why_not=f"{name} takes {pictures(most)}, not {given}")
        return ABLE

    def takes_references(self, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """By their URLs, where edits are JSON."""
        return self.dialect.json_edits and are_addresses(request)

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        facts = self.facts(request, target)
        return facts.per_call if facts else self.dialect.per_call

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        return rules_for(self.dialect, self.facts(request, target))

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        return not is_known(name, self.dialect)

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        refusal = unsupported(request)
        if refusal is not None:
            return refusal
        base = self._base(target)
        if not base:
            return unfit(f"{self.provider} needs a custom_host: where it is, with the /v1 if any")
        url = base + PATHNAMES[request.operation].removeprefix("/v1")
        asks = {} if target.passthrough else self.dialect.asks
        said = {**asks, **as_said(request.params)}
        response = yield from exchange(self._request(url, request, said))
        return read_answer(response, self.dialect, url)

    def _base(self, target: Target) -> str:
        return (target.base_url or self.dialect.base_url).rstrip("/")

    def _request(self, url: str, request: ImageRequest, said: Mapping[str, JSON]) -> HttpRequest:
        if request.operation == "generate" or self.dialect.json_edits:
            body = json_body(_with_pictures(request, said))
            return HttpRequest(method="POST", url=url, headers=JSON_HEADERS, body=body, auth=BEARER)
        parts = (*fields(said), *map(self._named, file_parts(request.files)))
        return HttpRequest(method="POST", url=url, headers=FORM_HEADERS, parts=parts, auth=BEARER)

    def _named(self, part: Part) -> Part:
        """Name a file as this server does: several may be in one field."""
        return replace(part, name=part.name.removesuffix("[]")) if self.dialect.one_field else part


def _with_pictures(request: ImageRequest, said: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Put the pictures of an edit into its JSON: one is an object, several are a list."""
    given = originals_of(request)
    if not given:
        return said
    urls: list[JSON] = [{"type": "image_url", "url": picture_url(original)} for original in given]
    rest = {name: value for name, value in said.items() if name != "images"}
    return {**rest, "images": urls} if len(urls) > 1 else {**rest, "image": urls[0]}
