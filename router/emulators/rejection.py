"""Rejection: why a request is not answered, before a provider's dialect words it."""

from collections.abc import Mapping

from router.core.jsontypes import EMPTY, JSON


class Rejection(Exception):
    """Raised by checks, caught by the emulator that runs them.

    `extra` are fields of the provider's own beside the usual ones.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        kind: str = "invalid_request_error",
        extra: Mapping[str, JSON] = EMPTY,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.code = code
        self.param = param
        self.kind = kind
        self.extra = extra
