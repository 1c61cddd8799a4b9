"""Scope: a cancel scope with a deadline, for what every request opens."""

from functools import lru_cache

import anyio


def scope_until(deadline: float) -> anyio.CancelScope:
    """Return a scope that is cancelled at a moment of loop time."""
    return _kind()(deadline=deadline)


@lru_cache(maxsize=1)
def _kind() -> type[anyio.CancelScope]:
    """Return the loop's own kind, which `anyio.CancelScope` looks up and begins twice each time."""
    return type(anyio.CancelScope())
