"""Media: what type a picture is and how large, read from its first bytes."""

import binascii
import io
import struct
from typing import BinaryIO, Literal, NamedTuple

Format = Literal["png", "jpeg", "webp", "gif", "svg"]

HEAD = 4096  # base64 characters: a JPEG's size may stand behind an embedded thumbnail


class Media(NamedTuple):
    """A picture's type and, where its header says so, its size in pixels."""

    format: Format
    width: int | None = None
    height: int | None = None

    @property
    def mime(self) -> str:
        return "image/svg+xml" if self.format == "svg" else f"image/{self.format}"


def sniff(b64: memoryview) -> Media | None:
    """Read type and size from the start of base64 text; None where it is no known picture."""
    try:
        head = binascii.a2b_base64(b64[: min(HEAD, len(b64) // 4 * 4)])
    except binascii.Error:
        return None
    return sniff_bytes(head)


def sniff_bytes(head: bytes) -> Media | None:
    """Read type and size from a picture's first bytes; None where it is no known picture."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return Media("png", *(struct.unpack(">II", head[16:24]) if len(head) >= 24 else ()))
    if head.startswith(b"\xff\xd8\xff"):
        return Media("jpeg", *_jpeg_size(head))
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return Media("webp", *_webp_size(head))
    if head.startswith((b"GIF87a", b"GIF89a")):
        return Media("gif", *(struct.unpack("<HH", head[6:10]) if len(head) >= 10 else ()))
    return Media("svg") if _is_svg(head.lstrip().lower()) else None


def has_alpha(png: BinaryIO) -> bool:
    """Tell whether a PNG can have transparent pixels: by its colour type, or by a `tRNS` chunk.

    www.w3.org/TR/png-3, sections 11.2.1 and 11.3.1.1
    """
    head = png.read(26)
    if len(head) == 26 and head[25] in {4, 6}:
        return True
    png.seek(8)
    while len(chunk := png.read(8)) == 8:
        length, kind = int.from_bytes(chunk[:4], "big"), chunk[4:]
        if kind in {b"tRNS", b"IDAT", b"IEND"}:
            return kind == b"tRNS"
        png.seek(length + 4, io.SEEK_CUR)
    return False


def _is_svg(head: bytes) -> bool:
    """Tell a drawing from other XML, such as a file store's error."""
    return head.startswith(b"<svg") or (head.startswith(b"<?xml") and b"<svg" in head)


def _jpeg_size(head: bytes) -> tuple[int, int] | tuple[()]:
    """Width and height from the first frame header, walking the segments before it."""
    at = 2
    while at + 9 < len(head) and head[at] == 0xFF:
        marker = head[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack(">HH", head[at + 5 : at + 9])
            return width, height
        at += 2 + int.from_bytes(head[at + 2 : at + 4], "big")
    return ()


def _webp_size(head: bytes) -> tuple[int, int] | tuple[()]:
    """Width and height of the three WebP chunk kinds.

    developers.google.com/speed/webp/docs/riff_container
    """
    kind = head[12:16]
    if len(head) < 30:
        return ()
    if kind == b"VP8X":
        return (
            int.from_bytes(head[24:27], "little") + 1,
            int.from_bytes(head[27:30], "little") + 1,
        )
    if kind == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack("<HH", head[26:30])
        return width & 0x3FFF, height & 0x3FFF
    return ()
