"""Google: a stand-in for the Gemini API, as far as its image models go."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from router.core.http import HttpRequest, HttpResponse
from router.core.skeleton import as_object
from router.emulators import google_answer, shape
from router.emulators.emulator import World
from router.emulators.google_errors import (
    BAD_KEY,
    GoogleRejection,
    because,
    error,
    failing,
)
from router.emulators.google_models import MODELS, Model
from router.emulators.google_order import read_order

# The official package asks v1; for years it was v1beta.
PATH = re.compile(r"/(v1|v1beta|v1alpha)/models/([A-Za-z0-9][A-Za-z0-9_.-]*):([A-Za-z]+)")

HEADERS: Mapping[str, str] = {"vary": "Origin", "x-content-type-options": "nosniff"}
"""There is no number of the request among them, and nothing of any limit."""


@dataclass(frozen=True, slots=True)
class Google:
    """Text and pictures to a picture by generateContent. Imagen's `predict` is gone."""

    provider: str = "google"
    roots: tuple[str, ...] = ("/v1/models/", "/v1beta/", "/v1alpha/")

    def serves(self, host: str) -> bool:
        return host == "generativelanguage.googleapis.com"

    def model(self, request: HttpRequest) -> str | None:
        found = PATH.fullmatch(shape.path(request))
        return found[2] if found else None

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            _check_key(request, world)
            order = read_order(request, _model(request, world))
            if shape.REFUSE in order.prompt:
                value = google_answer.blocked(order.model.name, world, order.prompt)
            elif shape.FILTER in order.prompt:
                value = google_answer.held_back(order, world)
            else:
                value = google_answer.answer(order, world)
        except GoogleRejection as rejection:
            return error(rejection, HEADERS)
        return shape.json_response(200, value, HEADERS)

    def failure(
        self,
        status: int,
        code: str | None,
        request: HttpRequest,
        world: World,  # noqa: ARG002  it is worded alike at all times
    ) -> HttpResponse:
        return error(failing(status, code, self.model(request) or ""), HEADERS)

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        value = google_answer.blocked(self.model(request) or "", world)
        return shape.json_response(200, value, HEADERS)

    def emptied(self, response: HttpResponse) -> HttpResponse:
        value = shape.json_object(response.body) or {}
        candidates = value.get("candidates")
        if response.status != 200 or not isinstance(candidates, list):
            return response
        told = [google_answer.emptied(as_object(one)) for one in candidates]
        return shape.json_response(200, {**value, "candidates": told}, HEADERS)


def _check_key(request: HttpRequest, world: World) -> None:
    """Take a key by its header or in the query; a bearer is an OAuth token."""
    key = request.headers.get("x-goog-api-key", "").strip() or shape.query(request).get("key", "")
    token = shape.bearer(request)
    if not key and not token:
        raise GoogleRejection(
            403, "Unregistered callers may not use this API: send an API key with the request."
        )
    if key and not world.accepts(key):
        raise because(400, "The API key is not valid.", BAD_KEY)
    if not key and not world.accepts(token):
        raise GoogleRejection(401, "The request has no valid authentication credentials.")


def _model(request: HttpRequest, world: World) -> Model:
    found = PATH.fullmatch(shape.path(request))
    if found is None or request.method != "POST":
        raise GoogleRejection(404, f"There is nothing at {shape.path(request)[:200]}.")
    version, name, method = found.groups()
    model = MODELS.get(name)
    if model is None or method != "generateContent" or (model.retired and world.retired):
        raise GoogleRejection(
            404, f"models/{name[:80]} is not found for {version}, or has no {method[:40]}."
        )
    if shape.media_type(request) != "application/json":
        raise GoogleRejection(400, "The payload has to be application/json.")
    return model
