"""OpenAI-compatible servers: one adapter for every row of the table of dialects."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from router.core.adapter import ABLE, Ability, Adapter, Flow, Rule, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.http import BEARER, HttpRequest, Part, origin
from router.core.images import PATHNAMES, ImageRequest
from router.core.jsontypes import JSON
from router.core.target import Target
from router.dialects.dialect import Dialect
from router.providers.compatible_answers import read_answer
from router.providers.compatible_rules import is_known, rules_for
from router.providers.failures import unfit
from router.providers.wire import (
    FORM_HEADERS,
    JSON_HEADERS,
    data_uri,
    form_text,
    json_body,
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
        if request.mask is not None and not self.dialect.takes_mask:
            return Ability(why_not=f"{name} takes no mask as OpenAI means it")
        most = self.dialect.most_images
        if len(request.images) > most:
            return Ability(why_not=f"{name} takes {most} pictures, not {len(request.images)}")
        return ABLE

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
        said = {name: value for name, value in request.params.items() if value is not None}
        response = yield from exchange(self._request(url, request, {**asks, **said}))
        return read_answer(response, self.dialect, url)

    def _base(self, target: Target) -> str:
        return (target.base_url or self.dialect.base_url).rstrip("/")

    def _request(self, url: str, request: ImageRequest, said: Mapping[str, JSON]) -> HttpRequest:
        if request.operation == "generate" or self.dialect.json_edits:
            body = {**said, **_inside(request)}
            return HttpRequest(
                method="POST", url=url, headers=JSON_HEADERS, body=json_body(body), auth=BEARER
            )
        parts = (*_fields(said), *self._files(request))
        return HttpRequest(method="POST", url=url, headers=FORM_HEADERS, parts=parts, auth=BEARER)

    def _files(self, request: ImageRequest) -> Iterator[Part]:
        """Yield the pictures as the openai package sends them, or all in one field."""
        is_one = self.dialect.one_field or len(request.images) == 1
        named = [("image" if is_one else "image[]", upload) for upload in request.images]
        if request.mask is not None:
            named.append(("mask", request.mask))
        for name, upload in named:
            yield Part(
                name=name,
                content=upload,
                filename=upload.name,
                content_type=upload.content_type,
            )


def _inside(request: ImageRequest) -> Mapping[str, JSON]:
    """Return the pictures of an edit that is JSON: one is an object, several are a list."""
    pictures: list[JSON] = [
        {"type": "image_url", "url": data_uri(upload)} for upload in request.images
    ]
    match pictures:
        case []:
            return {}
        case [one]:
            return {"image": one}
    return {"images": pictures}


def _fields(said: Mapping[str, JSON]) -> Iterator[Part]:
    for name, value in said.items():
        yield Part(name=name, content=form_text(value).encode("utf-8", "replace"))
