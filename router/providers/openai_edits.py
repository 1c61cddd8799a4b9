"""OpenAI's edits and variations: forms with files, or JSON with references to them.

openai-openapi openapi.yaml, CreateImageEditRequest, EditImageBodyJsonParam and
CreateImageVariationRequest; and the package openai 3.54.0, types/image_edit_params.py.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from router.core.adapter import Rule
from router.core.catalog import ModelFacts
from router.core.files import Upload
from router.core.http import Auth, HttpRequest, Part
from router.core.images import PATHNAMES, ImageRequest
from router.core.jsontypes import JSON
from router.providers.abilities import Limits
from router.providers.catalog_rules import rules_of
from router.providers.rules import NO_RULES, drop, drop_unshown
from router.providers.wire import FORM_HEADERS, file_part, form_text, json_body

GPT_LIMITS = Limits(formats=("png", "jpeg", "webp"), largest=50 * 1024 * 1024)
DALL_E_2_LIMITS = Limits(formats=("png",), largest=4 * 1024 * 1024, square=True)

NO_FIDELITY = drop("input_fidelity", "there is no picture to keep to", harmless=("low",))

NO_MODERATION = drop("moderation", "a form for edits has none", harmless=("auto",))
"""It is in the JSON form alone."""

OF_VARIATIONS: Mapping[str, Rule] = MappingProxyType(
    {
        "prompt": drop_unshown("prompt", "a variation has none"),
        "quality": drop("quality", "a variation has none", harmless=("auto", "standard")),
    }
)

# Clients that know the model send none, and `standard` is what comes anyway.
OF_DALL_E_2_EDITS: Mapping[str, Rule] = MappingProxyType(
    {"quality": drop("quality", "an edit by dall-e-2 has none", harmless=("auto", "standard"))}
)


def limits_of(facts: ModelFacts | None) -> Limits:
    """Return what pictures a model takes; DALL-E 2 takes the fewest."""
    return DALL_E_2_LIMITS if facts is not None and facts.name == "dall-e-2" else GPT_LIMITS


def rules_for(facts: ModelFacts, request: ImageRequest) -> Mapping[str, Rule]:
    """Return a model's rules as they are for the request's operation."""
    rules = rules_of(facts)
    if request.operation == "variation":
        return {**rules, **OF_VARIATIONS}
    if request.operation == "edit" and not request.has_references:
        own = OF_DALL_E_2_EDITS if facts.name == "dall-e-2" else NO_RULES
        return {**rules, "moderation": NO_MODERATION, **own}
    if request.operation == "generate" and "input_fidelity" in request.params:
        return {**rules, "input_fidelity": NO_FIDELITY}
    return rules


def write(
    request: ImageRequest,
    url: str,
    auth: Auth,
    headers: Mapping[str, str],
    params: Mapping[str, JSON],
) -> HttpRequest:
    """Write JSON, or a form where there are files; `headers` are those of JSON."""
    if not request.files:
        return HttpRequest(
            method="POST", url=url, headers=headers, body=json_body(params), auth=auth
        )
    own = {name: value for name, value in headers.items() if name != "content-type"}
    return HttpRequest(
        method="POST",
        url=url,
        headers={**own, **FORM_HEADERS},
        parts=(*fields(params), *file_parts(request.files)),
        auth=auth,
    )


def path_of(request: ImageRequest) -> str:
    """Return where the operation is asked for, below `/v1`."""
    return PATHNAMES[request.operation].removeprefix("/v1/")


def fields(params: Mapping[str, JSON]) -> Iterator[Part]:
    """Yield the texts of a form; what is nested is named as the openai package names it."""
    for name, value in params.items():
        for key, text in _flat(name, value):
            yield Part(name=key, content=text.encode("utf-8", "replace"))


def _flat(name: str, value: JSON) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(f"{name}[{key}]", item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _flat(f"{name}[]", item)
    elif value is not None:
        yield name, form_text(value)


def file_parts(files: Mapping[str, tuple[Upload, ...]]) -> Iterator[Part]:
    """Yield the files: one under its field's name, several under the name and brackets."""
    for field, uploads in files.items():
        name = field if len(uploads) == 1 else f"{field}[]"
        for upload in uploads:
            yield file_part(name, upload)
