"""Beside: work that would hold the event loop up, done in a thread."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def beside(work: Callable[P, T], *args: P.args, **keywords: P.kwargs) -> T:
    """Do it beside the loop; in virtual time, which has no threads, on the spot."""
    if getattr(asyncio.get_running_loop(), "is_virtual", False):
        return work(*args, **keywords)
    return await asyncio.to_thread(work, *args, **keywords)
