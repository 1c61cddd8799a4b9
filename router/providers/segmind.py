"""Segmind: every model is a path; v1 answers with the picture, v2 with a job to ask after."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from router.core.adapter import ABLE, Ability, Adapter, Flow, Rule, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.http import Auth, HttpRequest, HttpResponse, origin
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.target import Target
from router.providers.catalog import catalog_of
from router.providers.failures import load_object, text_of, unfit, unreadable
from router.providers.originals import are_addresses
from router.providers.polling import JOB_ID, Pace, fetch, lost, poll
from router.providers.rules import NO_RULES, shown
from router.providers.segmind_answers import (
    read_complaint,
    read_error,
    read_failed_job,
    read_picture,
    read_result,
)
from router.providers.segmind_models import Endpoint, find_endpoint
from router.providers.segmind_pictures import ability_of, picture_words, write_pictures
from router.providers.segmind_rules import rules_for
from router.providers.wire import JSON_HEADERS, as_said, json_body, unsupported

BASE_URL = "https://api.segmind.com"
KEY = Auth("x-api-key")

# The picture's bytes come whatever is accepted; it is said for whoever stands in between.
HEADERS: Mapping[str, str] = {**JSON_HEADERS, "accept": "image/*, application/json"}

PACE = Pace(first=1.0, growth=1.5, longest=5.0)
# The provider's own client asks every second, and its pages advise 5 to 10 for slow models.
# segmind 1.3.0 v2.py, DEFAULT_POLL_INTERVAL_S

SPOKEN = frozenset({"images", "model", "n", "prompt"})
UNWRITTEN = frozenset({"images", "model", "n", "stream"})
COUNTS = ("samples", "batch_size")
"""What models call the number of pictures, also those of which only one comes in an answer."""

ENDED = frozenset({"COMPLETED", "FAILED"})


@dataclass(frozen=True, slots=True)
class Segmind(Adapter):
    """The catalog says which contract a model is asked by; `v1/NAME` or `v2/NAME` chooses it.

    A `custom_host` stands in for `https://api.segmind.com`. A job cannot be cancelled.
    """

    provider: str = "segmind"
    catalog: Catalog = field(default_factory=lambda: catalog_of("segmind"))

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(_base(target))})

    def model(self, request: ImageRequest, target: Target) -> str | None:  # noqa: ARG002
        return request.model

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        endpoint = self._endpoint(request)
        return endpoint.facts if endpoint is not None else None

    def ability(self, request: ImageRequest, target: Target) -> Ability:  # noqa: ARG002
        endpoint = self._endpoint(request)
        if endpoint is None:
            return ABLE  # the flow says what is wrong with the name
        return ability_of(request, endpoint)

    def takes_references(self, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """By their URLs, which Segmind opens itself."""
        return are_addresses(request)

    def count_words(self, request: ImageRequest, target: Target) -> Sequence[str]:  # noqa: ARG002
        endpoint = self._endpoint(request)
        if endpoint is None or endpoint.facts is None:
            return ()
        return tuple(dict.fromkeys((*COUNTS, endpoint.word("count"))))

    def picture_words(self, request: ImageRequest, target: Target) -> Sequence[str]:  # noqa: ARG002
        endpoint = self._endpoint(request)
        return () if endpoint is None else picture_words(request, endpoint)

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:  # noqa: ARG002
        endpoint = self._endpoint(request)
        return endpoint.pictures_per_call if endpoint is not None else 1

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:  # noqa: ARG002
        endpoint = self._endpoint(request)
        return rules_for(endpoint) if endpoint is not None else NO_RULES

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        endpoint = self._endpoint(request)
        if endpoint is None or not endpoint.is_sure or name in SPOKEN:
            return False
        return not endpoint.has(name)

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        refusal = unsupported(request)
        if refusal is not None:
            return refusal
        endpoint = self._endpoint(request)
        if endpoint is None:
            named = shown(request.model)
            return unfit(f"model is {named!r}; expected one of Segmind's, such as sdxl1.0-txt2img")
        try:
            body = json_body(_body(request, endpoint))
        except ValueError as broken:
            return unfit(str(broken))
        base = _base(target)
        url = f"{base}/{endpoint.contract}/{endpoint.slug}"
        response = yield from exchange(
            HttpRequest(method="POST", url=url, headers=HEADERS, body=body, auth=KEY)
        )
        if endpoint.contract == "v1":
            return read_picture(response)
        return (yield from _follow(response, base))

    def _endpoint(self, request: ImageRequest) -> Endpoint | None:
        return find_endpoint(request.model, self.catalog)


def _base(target: Target) -> str:
    """Return where both contracts are; some give the address of one of them."""
    base = (target.base_url or BASE_URL).rstrip("/")
    return base.removesuffix("/v1").removesuffix("/v2")


def _body(request: ImageRequest, endpoint: Endpoint) -> Mapping[str, JSON]:
    """Write what the model is asked; several pictures come inside JSON only."""
    body = {**endpoint.mapping("always"), **as_said(request.params, UNWRITTEN)}
    count = endpoint.word("count")
    if count and request.n > 1:
        body[count] = request.n
    if count and endpoint.contract == "v1" and body.get(count, 1) not in (1, "1"):
        body.setdefault("base64", True)
    body |= write_pictures(request, endpoint)
    return body


def _follow(accepted: HttpResponse, base: str) -> Flow:
    """Ask after the job until it has ended, then for its result.

    The addresses are made of the job's number, not read from the answer: the key goes nowhere
    else.
    """
    if not 200 <= accepted.status < 300:
        return read_error(accepted)
    job_id = text_of(load_object(accepted.body).get("request_id"))
    if not JOB_ID.fullmatch(job_id):
        return unreadable(accepted, read_complaint(accepted))
    job = HttpRequest(
        method="GET", url=f"{base}/v2/requests/{job_id}", headers=JSON_HEADERS, auth=KEY
    )
    status = yield from poll(replace(job, url=f"{job.url}/status"), _is_pending, PACE)
    if _status(status) == "FAILED":
        return replace(read_failed_job(status), request_id=job_id)
    if _status(status) != "COMPLETED":
        return lost(status, read_complaint(status), job_id)
    result = yield from fetch(job, PACE)
    if not 200 <= result.status < 300:
        return lost(result, read_complaint(result), job_id)
    return read_result(result)


def _is_pending(response: HttpResponse) -> bool:
    said = _status(response)
    return 200 <= response.status < 300 and said != "" and said not in ENDED


def _status(response: HttpResponse) -> str:
    return text_of(load_object(response.body).get("status"))
