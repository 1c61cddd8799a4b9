"""Replicate: thousands of models behind one contract; a prediction is begun, then asked for."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from router.core.adapter import Ability, Adapter, Flow, Rule, Send, exchange
from router.core.catalog import Catalog, ModelFacts
from router.core.http import BEARER, HttpRequest, HttpResponse, origin
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.outcome import Failure
from router.core.target import Target
from router.providers.catalog import catalog_of
from router.providers.failures import unfit
from router.providers.polling import JOB_ID, Pace, lost, poll
from router.providers.replicate_answers import (
    Prediction,
    read_complaint,
    read_error,
    read_prediction,
)
from router.providers.replicate_input import count_word, lifted, write_input
from router.providers.replicate_pictures import REFERENCES, ability_of, picture_words
from router.providers.replicate_places import Place, find_place
from router.providers.replicate_rules import SPOKEN, rules_of
from router.providers.rules import shown
from router.providers.wire import JSON_HEADERS, json_body, unsupported

BASE_URL = "https://api.replicate.com"

DEFAULT_MODEL = "black-forest-labs/flux-schnell"
"""Asked where a request names no model: always warm, and the cheapest of the official ones."""

PACE = Pace(first=0.5, growth=1.2, longest=2.0)
# What the official client keeps to, and slower from there: a fifth of the time at most is lost.
# replicate-python replicate/client.py, poll_interval
# The API would hold the first answer back for up to a minute, which spares the questions. But until
# it comes the prediction has no name, so nobody could cancel it, and it would be billed.


@dataclass(frozen=True, slots=True)
class Replicate(Adapter):
    """A model is `owner/name`, `owner/name:version`, a version, or `deployments/owner/name`.

    A `custom_host` stands in for `https://api.replicate.com`; it may end with `/v1`.
    """

    provider: str = "replicate"
    catalog: Catalog = field(default_factory=lambda: catalog_of("replicate"))

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(_base(target))})

    def model(self, request: ImageRequest, target: Target) -> str | None:  # noqa: ARG002
        return request.model or DEFAULT_MODEL

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        model = request.model or DEFAULT_MODEL
        place = find_place(model)
        return self.catalog.find(model) or (self.catalog.find(place.name) if place else None)

    def ability(self, request: ImageRequest, target: Target) -> Ability:
        facts = self.facts(request, target)
        return ability_of(request, facts.name if facts else shown(request.model), facts)

    def takes_references(self, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """Pictures go by their URL, which spares them the way through here."""
        return True

    def unfolded(self, request: ImageRequest, target: Target) -> ImageRequest:
        return lifted(request, self.facts(request, target))

    def picture_words(self, request: ImageRequest, target: Target) -> Sequence[str]:
        words = picture_words(self.facts(request, target))
        return words if request.mask is not None else words[:1]

    def count_words(self, request: ImageRequest, target: Target) -> Sequence[str]:
        facts = self.facts(request, target)
        return () if facts is None else (count_word(facts),)

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        facts = self.facts(request, target)
        return facts.per_call if facts else 1

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        facts = self.facts(request, target)
        return rules_of(facts.name if facts else shown(request.model), facts)

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:
        """A model that is not in the catalog may have any parameter."""
        facts = self.facts(request, target)
        if facts is None or name in SPOKEN or name in facts.parameters:
            return False
        return request.operation == "generate" or name not in REFERENCES

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        creation = unsupported(request) or self._creation(request, target)
        if isinstance(creation, Failure):
            return creation
        created = yield from exchange(creation)
        first = read_prediction(created)
        if first is None:
            return read_error(created, official="/v1/models/" in creation.url)
        filters = self._filters(request, target)
        outcome = first.settle(request.n, filters=filters)
        if outcome is not None:
            return outcome
        if not JOB_ID.fullmatch(first.id):
            return lost(created, read_complaint(created), "without a name")
        return (yield from _follow(first, _base(target), request.n, filters=filters))

    def _creation(self, request: ImageRequest, target: Target) -> HttpRequest | Failure:
        """Return the request that begins a prediction, or why it cannot be made."""
        place = self._place(request, target)
        if place is None:
            return unfit(
                f"the model {shown(request.model)!r} is none of Replicate's; expected owner/name,"
                " owner/name:version, a version, or deployments/owner/name"
            )
        try:
            said: dict[str, JSON] = {"input": write_input(request, self.facts(request, target))}
        except ValueError as broken:
            return unfit(str(broken))
        if place.version is not None:
            said["version"] = place.version
        return HttpRequest(
            method="POST",
            url=f"{_base(target)}/v1/{place.path}",
            headers=JSON_HEADERS,
            body=json_body(said),
            auth=BEARER,
        )

    def _filters(self, request: ImageRequest, target: Target) -> bool:
        """Tell whether the model leaves out, without a word, what its safety filter holds back."""
        facts = self.facts(request, target)
        is_off = request.params.get("disable_safety_checker") is True
        return facts is not None and facts.options.get("filters") is True and not is_off

    def _place(self, request: ImageRequest, target: Target) -> Place | None:
        """Return where the model is asked; one that is not official goes by a known version."""
        place = find_place(request.model or DEFAULT_MODEL)
        facts = self.facts(request, target)
        version = facts.options.get("version") if facts else None
        if place is None or place.version is not None or not isinstance(version, str):
            return place
        return Place(path="predictions", version=version, name=place.name)


def _follow(first: Prediction, base: str, wanted: int, *, filters: bool) -> Flow:
    """Ask for a prediction until it has ended; one that cannot be asked for is given up."""
    undo = HttpRequest(
        method="POST", url=_own(first, "cancel", base), headers=JSON_HEADERS, auth=BEARER
    )
    question = HttpRequest(
        method="GET", url=_own(first, "get", base), headers=JSON_HEADERS, auth=BEARER
    )
    answer = yield from poll(question, partial(_is_pending, wanted=wanted), PACE, undo=undo)
    last = read_prediction(answer)
    outcome = last.settle(wanted, filters=filters) if last else None
    if outcome is not None:
        return outcome
    yield Send(request=undo, lenient=True)
    return lost(answer, read_complaint(answer), first.id)


def _is_pending(response: HttpResponse, *, wanted: int) -> bool:
    prediction = read_prediction(response)
    return prediction is not None and prediction.settle(wanted) is None


def _own(prediction: Prediction, name: str, base: str) -> str:
    """Return the address that a prediction gives, if it is the target's own.

    Any other host's is not followed: the credential is not meant for it. The prediction is then
    asked for by its id, where it was ordered.
    """
    given = prediction.urls.get(name)
    if isinstance(given, str) and given.startswith(f"{base}/") and given.isprintable():
        return given
    ending = "/cancel" if name == "cancel" else ""
    return f"{base}/v1/predictions/{prediction.id}{ending}"


def _base(target: Target) -> str:
    return (target.base_url or BASE_URL).rstrip("/").removesuffix("/v1")
