"""OpenAI-compatible servers: one stand-in for every row of the table of dialects."""

import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from router.core.http import HttpRequest, HttpResponse
from router.core.images import PATHNAMES, Operation
from router.core.jsontypes import JSON
from router.dialects.dialect import Dialect
from router.emulators import shape
from router.emulators.brief import Brief
from router.emulators.chance import Chance
from router.emulators.compatible_order import Order, read_order
from router.emulators.emulator import World
from router.emulators.openai import failing
from router.emulators.openai_answer import drawn
from router.emulators.rejection import Rejection

# How most of these servers refuse is not documented; this is how OpenAI's older models do.
REFUSED = "content_policy_violation"


@dataclass(frozen=True, slots=True)
class OpenAICompatible:
    """Answers as OpenAI does, but for what the row says."""

    dialect: Dialect

    @property
    def provider(self) -> str:
        return self.dialect.name

    @property
    def roots(self) -> tuple[str, ...]:
        return (f"{self._base_path or '/v1'}/images/",)

    def serves(self, host: str) -> bool:
        return bool(host) and host == urlsplit(self.dialect.base_url).hostname

    def model(self, request: HttpRequest) -> str | None:
        return shape.body_model(request)

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            operation = self._operation(request)
            self._check_key(request, world)
            order = read_order(request, operation, self.dialect)
            if self._is_refused(order):
                raise _refusal()
            value = self._answer(order, world)
        except Rejection as rejection:
            return self._error(rejection, world)
        return shape.json_response(200, value, _headers(world))

    def failure(
        self,
        status: int,
        code: str | None,
        request: HttpRequest,  # noqa: ARG002  it is worded alike for all
        world: World,
    ) -> HttpResponse:
        return self._error(failing(status, code), world)

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        """Refuse; where that is a flag beside no picture, with 200."""
        if not self.dialect.withheld:
            return self._error(_refusal(), world)
        order = Order(
            model=self.model(request) or self.dialect.name,
            prompt=shape.REFUSE,
            n=1,
            width=16,
            height=16,
            seed=None,
            format="png",
            by_url=False,
        )
        return shape.json_response(200, self._answer(order, world), _headers(world))

    def emptied(self, response: HttpResponse) -> HttpResponse:
        return shape.without(response, "data")

    @property
    def _base_path(self) -> str:
        return urlsplit(self.dialect.base_url).path

    def _operation(self, request: HttpRequest) -> Operation:
        """Return what the path asks for, with the base's path before it or without."""
        path = shape.path(request).removeprefix(self._base_path or "/v1")
        for operation in self.dialect.operations:
            if path == PATHNAMES[operation].removeprefix("/v1"):
                if request.method != "POST":
                    raise Rejection(405, "Method Not Allowed")
                return operation
        raise Rejection(404, f"There is nothing at {shape.path(request)[:200]}.")

    def _check_key(self, request: HttpRequest, world: World) -> None:
        """Check the key; where none is needed, only one that is wrong is minded."""
        key = shape.bearer(request)
        if not key and not self.dialect.key_variable:
            return
        if not world.accepts(key):
            raise Rejection(401, "The API key is missing or not valid.", code="invalid_api_key")

    def _is_refused(self, order: Order) -> bool:
        asked = shape.REFUSE in order.prompt or shape.FILTER in order.prompt
        return asked and not self.dialect.withheld

    def _answer(self, order: Order, world: World) -> Mapping[str, JSON]:
        data = [self._picture(order, index, world) for index in range(order.n)]
        return {"created": int(world.now()), "data": data, **self.dialect.server.top}

    def _picture(self, order: Order, index: int, world: World) -> Mapping[str, JSON]:
        beside = self.dialect.server.beside
        if shape.REFUSE in order.prompt or shape.FILTER in order.prompt:
            return {**beside, self.dialect.withheld: False, "url": "", "b64_json": ""}
        brief = self._brief(order, index, world)
        content = drawn(brief, world)
        if order.by_url:
            return {**beside, "url": world.publish(content, brief.mime)}
        text = binascii.b2a_base64(content, newline=False).decode()
        return {**beside, "b64_json": text}

    def _brief(self, order: Order, index: int, world: World) -> Brief:
        return Brief(
            provider=self.provider,
            model=order.model,
            prompt=order.prompt,
            seed=world.repeat if order.seed is None else order.seed,
            width=order.width,
            height=order.height,
            index=index,
            format=order.format,
            source=order.source,
        )

    def _error(self, rejection: Rejection, world: World) -> HttpResponse:
        status, message = rejection.status, rejection.message
        headers = _headers(world)
        body: JSON = {
            "error": {
                "message": message,
                "type": rejection.kind,
                "param": rejection.param,
                "code": rejection.code,
            }
        }
        match "openai" if rejection.code == REFUSED else self.dialect.server.errors:
            case "text":
                plain = {**headers, "content-type": "text/plain; charset=utf-8"}
                return HttpResponse(status=status, headers=plain, body=message.encode())
            case "pair":
                body = {"code": rejection.code or "", "error": message}
            case "plain":
                body = {"error": message}
            case "detail":
                body = {"detail": message}
            case "numbered":
                body = {"error": {"code": status, "message": message, "type": ""}}
        return shape.json_response(status, body, headers)


def _refusal() -> Rejection:
    return Rejection(400, "The safety system refused this prompt.", code=REFUSED)


def _headers(world: World) -> Mapping[str, str]:
    return {"x-request-id": Chance(world.serial).uuid("request")}
