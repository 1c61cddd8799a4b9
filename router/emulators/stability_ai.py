"""Stability AI: a stand-in for its image API: two unrelated contracts behind one host."""

from dataclasses import dataclass, replace

from router.core.http import HttpRequest, HttpResponse
from router.emulators import shape, stability_v1, stability_v2
from router.emulators.emulator import World
from router.emulators.stability_errors import StabilityRejection, error, failing
from router.emulators.stability_words import check_key


@dataclass(frozen=True, slots=True)
class StabilityAI:
    """Text and pictures to pictures, by v1's engines and by v2beta's generate, edit, control."""

    provider: str = "stability-ai"
    roots: tuple[str, ...] = ("/v1/generation/", "/v2beta/")

    def serves(self, host: str) -> bool:
        return host == "api.stability.ai"

    def model(self, request: HttpRequest) -> str | None:
        match = stability_v1.PATH.fullmatch(shape.path(request))
        return match[1] if match else stability_v2.model(request)

    def handle(self, request: HttpRequest, world: World) -> HttpResponse:
        try:
            check_key(request, world)
            if _is_v1(request):
                return stability_v1.handle(request, world)
            return stability_v2.handle(request, world)
        except StabilityRejection as rejection:
            return error(rejection, world, v1=_is_v1(request))

    def failure(
        self, status: int, code: str | None, request: HttpRequest, world: World
    ) -> HttpResponse:
        return error(failing(status, code), world, v1=_is_v1(request))

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        if _is_v1(request):
            return error(failing(400, "invalid_prompts"), world, v1=True)
        return error(failing(403, None), world, v1=False)

    def emptied(self, response: HttpResponse) -> HttpResponse:
        if response.content_type != "application/json":
            return replace(response, body=b"")
        return shape.without(shape.without(response, "artifacts"), "image")


def _is_v1(request: HttpRequest) -> bool:
    return shape.path(request).startswith("/v1/")
