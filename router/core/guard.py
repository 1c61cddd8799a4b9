"""Guard: an adapter's bug, or a port's, costs its caller this target, and nothing more."""

import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar, TypeVarTuple

from router.core.outcome import Failure, Kind

Given = TypeVarTuple("Given")
T = TypeVar("T")

log = logging.getLogger("router")


class AdapterError(Exception):
    """An adapter has a bug."""

    def failure(self, *, sent: bool) -> Failure:
        """Return what it means for the request; `sent` tells whether anything may be billed."""
        return Failure(
            kind=Kind.INVALID_OUTPUT,
            status=502,
            message=f"the adapter failed ({self})",
            billed=None if sent else False,
            local=not sent,
        )


def guard(ask: Callable[[*Given], T], *given: *Given) -> T:
    """Ask an adapter. Raises AdapterError where it raises anything; the traceback is at DEBUG."""
    try:
        return ask(*given)
    except Exception as bug:
        log.debug("an adapter failed", exc_info=True)
        raise AdapterError(type(bug).__name__) from bug


class PortError(Exception):
    """A port has a bug."""


async def attend(work: Awaitable[T], *told: type[Exception]) -> T:
    """Wait for a port, which may raise what is `told`. Raises PortError where it raises others."""
    try:
        return await work
    except told:
        raise
    except Exception as bug:
        log.debug("a port failed", exc_info=True)
        raise PortError(f"it failed ({type(bug).__name__})") from bug
