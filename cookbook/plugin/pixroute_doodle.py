"""Doodle & Co., who draw what they are told, one square a call: a provider in a package."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from router.core.adapter import Adapter, Flow, Rule, exchange
from router.core.http import Auth, HttpRequest, HttpResponse, origin
from router.core.images import ImageRequest, Picture, Pictures
from router.core.provider import ProviderInfo
from router.core.target import Target
from router.emulators.brief import Brief
from router.emulators.emulator import World
from router.providers.failures import Complaint, fail

HOST = "https://doodle.example"


@dataclass(frozen=True)
class Doodle(Adapter):
    """The entry point: called without arguments it is the adapter; `info` may be left out."""

    info: ClassVar[ProviderInfo] = ProviderInfo(
        name="doodle", aliases=("doodles",), key_variable="DOODLE_KEY"
    )
    provider: str = "doodle"

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(target.base_url or HOST)})

    def model(self, request: ImageRequest, target: Target) -> str | None:
        return request.model

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        return 1

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        return {}

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:
        return name not in {"prompt", "model", "n"}

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        body = json.dumps({"text": request.prompt}).encode()
        url = f"{target.base_url or HOST}/draw"
        response = yield from exchange(
            HttpRequest(method="POST", url=url, body=body, auth=Auth("doodle-key"))
        )
        if response.status != 200:
            return fail(response, Complaint(message=response.excerpt))
        return Pictures(created=0, data=(Picture(b64=memoryview(base64.b64encode(response.body))),))


@dataclass(frozen=True)
class DoodleSandbox:
    """Stands in for Doodle & Co. in the sandbox; a package may go without."""

    provider: str = "doodle"
    roots: tuple[str, ...] = ("/draw",)

    def serves(self, host: str) -> bool:
        return host == "doodle.example"

    def model(self, request: HttpRequest) -> str | None:
        return None

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        if not world.accepts(request.headers.get("doodle-key", "sandbox")):
            return self.failure(401, None, request, world)
        text = json.loads(request.body)["text"]
        brief = Brief(provider="doodle", model="doodle", prompt=text, width=512, height=512)
        return HttpResponse(status=200, body=world.draw(brief))

    def failure(
        self, status: int, code: str | None, request: HttpRequest, world: World
    ) -> HttpResponse:
        return HttpResponse(status=status, body=(code or "no doodle today").encode())

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        return self.failure(400, "we do not draw that", request, world)

    def emptied(self, response: HttpResponse) -> HttpResponse:
        return HttpResponse(status=200)
