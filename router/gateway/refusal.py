"""Refusal: the gateway itself says no, in the shape of OpenAI's errors."""

from collections.abc import Mapping
from types import MappingProxyType

from router.core.http import NO_HEADERS

TYPES: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid_request_error",
        401: "authentication_error",
        402: "insufficient_quota",
        403: "permission_error",
        404: "not_found_error",
        405: "invalid_request_error",
        408: "timeout_error",
        409: "conflict_error",
        413: "request_too_large",
        422: "invalid_request_error",
        415: "invalid_request_error",
        429: "rate_limit_error",
        431: "invalid_request_error",
    }
)
"""What OpenAI calls an error of this status; every other one is a `server_error`."""


class Refusal(Exception):
    """A request that goes no further. `headers` are sent beside the message."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        headers: Mapping[str, str] = NO_HEADERS,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.headers = headers


def type_of(status: int) -> str:
    """Return the `type` of an error whose provider named none."""
    return TYPES.get(status, "server_error")
