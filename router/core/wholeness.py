"""Wholeness: whether a picture is one, and whether all of it is there, by looking at its ends."""

import binascii
from collections.abc import Callable, Mapping
from types import MappingProxyType

from router.core.data_url import MARK
from router.core.images import Picture
from router.core.media import HEAD, sniff, sniff_bytes

EDGE = 96  # base64 characters looked at on either end: 72 bytes, more than any trailer needs

NOTHING = "neither b64_json nor url is in it"


def find_fault(picture: Picture, claimed: object = None) -> str | None:
    """Say what is wrong with a picture; None if nothing is. Unknown types pass.

    What is behind a URL is not looked at, unless it is inside the URL itself.
    """
    if picture.b64 is not None:
        return _fault_in(picture.b64, claimed)
    if not picture.url:
        return NOTHING
    if picture.url.startswith("data:"):
        text = picture.url.partition(MARK)[2]
        return _fault_in(memoryview(text.encode("ascii", "replace")), claimed)
    return None


def _fault_in(b64: memoryview, claimed: object) -> str | None:
    try:
        end = bytes(b64[-EDGE:])
        size = _decoded_length(len(b64), end)
        tail = binascii.a2b_base64(end, strict_mode=True)
        head = binascii.a2b_base64(b64[:EDGE], strict_mode=True)
    except (binascii.Error, ValueError):
        return "its base64 is broken"
    # The edge tells nearly every type; a drawing's prologue may be longer.
    media = sniff_bytes(head) or sniff(b64)
    if media is None:
        return None if len(head) > 0 and not _is_text(head) else "it is no picture"
    if isinstance(claimed, str) and claimed in TRAILERS and claimed != media.format:
        return f"it claims to be {claimed} and is {media.format}"
    check = TRAILERS.get(media.format)
    return None if check is None or check(head, tail, size) else "it is cut off"


def find_fault_in(content: bytes) -> str | None:
    """Say what is wrong with a picture's file; None if nothing is. Unknown types pass."""
    media = sniff_bytes(content[:HEAD])
    check = TRAILERS.get(media.format) if media is not None else None
    edge = EDGE // 4 * 3
    whole = check is None or check(content[:edge], content[-edge:], len(content))
    return None if whole else "it is cut off"


def _decoded_length(length: int, end: bytes) -> int:
    """Bytes that base64 text stands for. Raises ValueError where its length cannot be."""
    if length == 0 or length % 4:
        raise ValueError("not a multiple of four characters")
    padding = 2 if end.endswith(b"==") else int(end.endswith(b"="))
    return length // 4 * 3 - padding


def _is_text(head: bytes) -> bool:
    """Tell text, such as an error message in base64, from an unknown binary type."""
    return all(32 <= byte < 127 or byte in b"\t\r\n" for byte in head)


def _png_ends(_head: bytes, tail: bytes, _size: int) -> bool:
    return tail[-8:-4] == b"IEND"


def _jpeg_ends(_head: bytes, tail: bytes, _size: int) -> bool:
    # Some encoders pad behind the end marker.
    return b"\xff\xd9" in tail


def _webp_ends(head: bytes, _tail: bytes, size: int) -> bool:
    return size >= int.from_bytes(head[4:8], "little") + 8


def _gif_ends(_head: bytes, tail: bytes, _size: int) -> bool:
    return tail.rstrip(b"\x00").endswith(b";")


TRAILERS: Mapping[str, Callable[[bytes, bytes, int], bool]] = MappingProxyType(
    {"png": _png_ends, "jpeg": _jpeg_ends, "webp": _webp_ends, "gif": _gif_ends}
)
