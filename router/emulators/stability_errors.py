"""Errors as Stability writes them: v1 with one message, v2beta with a list."""

from collections.abc import Mapping, Sequence

from router.core.http import HttpResponse
from router.emulators import shape
from router.emulators.brief import Brief, UnreadableError
from router.emulators.chance import Chance
from router.emulators.emulator import World


class StabilityRejection(Exception):
    """Raised by checks; `errors` has one entry for v1."""

    def __init__(self, status: int, name: str, errors: Sequence[str]) -> None:
        super().__init__(errors[0] if errors else name)
        self.status = status
        self.name = name
        self.errors = tuple(errors)


def bad(*errors: str) -> StabilityRejection:
    """What all validation comes to."""
    return StabilityRejection(400, "bad_request", errors)


# v2beta documents `bad_request` for most of these statuses alike, so clients go by the status.
NAMES: Mapping[int, str] = {
    400: "bad_request",
    401: "unauthorized",
    402: "payment_required",
    403: "content_moderation",
    404: "not_found",
    500: "server_error",
}

MESSAGES: Mapping[int, str] = {
    401: "authorization: the API key is missing or wrong",
    402: "this account has no credits left",
    403: "the request was stopped by the moderation system",
    404: "there is nothing at this address",
    413: "the request is larger than 10 MiB",
    429: "more than 150 requests in 10 seconds; wait for 60 seconds",
    500: "the server had an error with this request",
    503: "the server cannot answer now",
}


def failing(status: int, code: str | None) -> StabilityRejection:
    """A failure by its status."""
    name = code or NAMES.get(status, "server_error" if status >= 500 else "bad_request")
    return StabilityRejection(status, name, [MESSAGES.get(status, f"failed with {status}")])


def error(rejection: StabilityRejection, world: World, *, v1: bool) -> HttpResponse:
    """Write it: data: {"id": str, "name": str, "message": str} or {..., "errors": [str]}."""
    identity = request_id(world)
    said = {"message": str(rejection)} if v1 else {"errors": list(rejection.errors)}
    return shape.json_response(
        rejection.status,
        {"id": identity, "name": rejection.name, **said},
        {"x-request-id": identity},
    )


def request_id(world: World) -> str:
    return Chance("stability", world.serial, world.now()).hexadecimal(32)


def drawn(brief: Brief, world: World) -> bytes:
    """Draw a picture. Raises StabilityRejection where a given one cannot be opened."""
    try:
        return world.draw(brief)
    except UnreadableError:
        raise bad("image: cannot be opened") from None
