"""Default: the sender of a router that was given none."""

from router.core.ports import Sender
from router.senders.httpx_sender import HttpxSender


def default_sender() -> Sender:
    """Return a sender on httpx2 or httpx; aiohttp, though faster, is used only when asked for."""
    return HttpxSender()
