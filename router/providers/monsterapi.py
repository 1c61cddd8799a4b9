"""Monster API: a model is a path that takes an order, and every order is a job to ask after."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from router.core.adapter import ABLE, Ability, Adapter, Flow, Rule, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.files import Upload
from router.core.http import BEARER, HttpRequest, HttpResponse, origin
from router.core.images import ImageRequest
from router.core.target import Target
from router.providers.catalog import catalog_of
from router.providers.failures import load_object, text_of, unfit, unreadable
from router.providers.monsterapi_answers import (
    read_complaint,
    read_error,
    read_failed_job,
    read_job,
    read_state,
)
from router.providers.monsterapi_rules import rules_for
from router.providers.originals import are_addresses, originals_of
from router.providers.polling import JOB_ID, Pace, lost, poll
from router.providers.rules import shown
from router.providers.wire import (
    FORM_HEADERS,
    JSON_HEADERS,
    as_said,
    file_part,
    json_body,
    text_parts,
    unsupported,
)

BASE_URL = "https://api.monsterapi.ai/v1"

PACE = Pace(first=1.0, growth=1.5, longest=5.0)
# The provider's own client asks a hundred times a second; others every half second to five.
# monsterapi 1.0.9.3 client.py, wait_and_get_result

LARGEST_FILE = 8 * 1024 * 1024  # bytes
# developer.monsterapi.ai/reference/generative-models-api-concepts

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}(\.[A-Za-z0-9_-]{1,63}){0,8}")
"""A name that stays one segment of a path, whatever reads it."""

DEFAULT_MODEL = "sdxl-base"
"""Asked where a request names no model: the best of those that take nothing but text."""

SPOKEN = frozenset({"images", "model", "n", "prompt"})
UNWRITTEN = frozenset({"images", "model", "n", "stream"})


@dataclass(frozen=True, slots=True)
class MonsterAPI(Adapter):
    """Pictures come as URLs. A `custom_host` stands in for `https://api.monsterapi.ai/v1`.

    A job cannot be cancelled.
    """

    provider: str = "monsterapi"
    catalog: Catalog = field(default_factory=lambda: catalog_of("monsterapi"))

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(target.base_url or BASE_URL)})

    def model(self, request: ImageRequest, target: Target) -> str | None:  # noqa: ARG002
        return request.model or DEFAULT_MODEL

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        return self.catalog.find(request.model or DEFAULT_MODEL)

    def ability(self, request: ImageRequest, target: Target) -> Ability:
        if request.operation == "generate":
            facts = self.facts(request, target)
            return _without_picture(facts) if facts is not None else ABLE
        return _with_pictures(request, self.facts(request, target))

    def takes_references(self, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """By their URLs, which Monster API opens itself."""
        return are_addresses(request)

    def count_words(self, request: ImageRequest, target: Target) -> Sequence[str]:
        facts = self.facts(request, target)
        return () if facts is None else (str(facts.options.get("count", "samples")),)

    def picture_words(self, request: ImageRequest, target: Target) -> Sequence[str]:
        return (_field(self.facts(request, target)),)

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        facts = self.facts(request, target)
        return facts.per_call if facts is not None else 1

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        return rules_for(request.model or DEFAULT_MODEL, self.facts(request, target))

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:
        facts = self.facts(request, target)
        if facts is None or "parameters" in facts.uncertain or name in SPOKEN:
            return False
        return name not in facts.parameters

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        refusal = unsupported(request)
        if refusal is not None:
            return refusal
        model = request.model or DEFAULT_MODEL
        if not NAME.fullmatch(model):
            return unfit(f"the model {shown(model)!r} cannot be one of Monster API's")
        base = (target.base_url or BASE_URL).rstrip("/")
        order = _order(f"{base}/generate/{model}", request, self.facts(request, target))
        return (yield from _follow((yield from exchange(order)), base))


def _without_picture(facts: ModelFacts) -> Ability:
    if "generate" in facts.operations:
        return ABLE
    return Ability(why_not=f"{facts.name} begins with a picture; sdxl-base and txt2img do not")


def _with_pictures(request: ImageRequest, facts: ModelFacts | None) -> Ability:
    """Tell whether a model can begin with what is given."""
    if facts is None:
        return Ability(why_not="which field of the model takes a picture is not in the catalog")
    if request.operation not in facts.operations:
        return Ability(why_not=f"{facts.name} takes no picture; img2img and pix2pix do")
    if request.mask is not None:
        return Ability(why_not="monsterapi takes no mask")
    if "markup" in request.files:
        return Ability(why_not="monsterapi takes no markup")
    return _beginning(request, facts.name)


def _beginning(request: ImageRequest, name: str) -> Ability:
    given = originals_of(request)
    if len(given) != 1:
        return Ability(why_not=f"{name} begins with one picture, not with {len(given)}")
    if not request.prompt:
        return Ability(why_not=f"{name} needs a prompt, also for a variation")
    file = given[0]
    if isinstance(file, Upload) and file.size > LARGEST_FILE:
        return Ability(why_not=f"monsterapi takes files of up to 8 MB, not of {file.size} bytes")
    return ABLE


def _order(url: str, request: ImageRequest, facts: ModelFacts | None) -> HttpRequest:
    """Write an order: as JSON, or as a form where a file is part of it; both mean the same."""
    said = as_said(request.params, UNWRITTEN)
    count = facts.options.get("count") if facts is not None else None
    if isinstance(count, str) and request.n > 1:
        said[count] = request.n
    picture = next(iter(originals_of(request)), None)
    if isinstance(picture, str):
        said[_field(facts)] = picture
    if not isinstance(picture, Upload):
        body = json_body(said)
        return HttpRequest(method="POST", url=url, headers=JSON_HEADERS, body=body, auth=BEARER)
    parts = (*text_parts(said), file_part(_field(facts), picture))
    return HttpRequest(method="POST", url=url, headers=FORM_HEADERS, parts=parts, auth=BEARER)


def _field(facts: ModelFacts | None) -> str:
    field_name = facts.options.get("image") if facts is not None else None
    return field_name if isinstance(field_name, str) else "init_image_url"


def _follow(accepted: HttpResponse, base: str) -> Flow:
    """Ask after the job until it has ended."""
    if not 200 <= accepted.status < 300:
        return read_error(accepted)
    job_id = text_of(load_object(accepted.body).get("process_id"))
    if not JOB_ID.fullmatch(job_id):
        return unreadable(accepted, read_complaint(accepted))
    question = HttpRequest(
        method="GET", url=f"{base}/status/{job_id}", headers=JSON_HEADERS, auth=BEARER
    )
    answer = yield from poll(question, _is_pending, PACE)
    match read_state(answer):
        case "completed":
            return read_job(answer)
        case "failed":
            return read_failed_job(answer, job_id)
        case _:
            return lost(answer, read_complaint(answer), job_id)


def _is_pending(response: HttpResponse) -> bool:
    """Tell by what has not ended, as the provider's own client does."""
    return read_state(response) not in {"", "completed", "failed"}
