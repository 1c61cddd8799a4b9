"""Masks: transparency made a colour, for models whose masks are black and white.

A PNG is taken apart as far as its alpha channel goes: www.w3.org/TR/png-3.
"""

import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise

from router.core.files import Upload
from router.core.png import GREY, GREY_ALPHA, RGBA, SIGNATURE, write_png

MOST_PIXELS = 4096 * 4096
# More than a telephone's photograph has, and than any model makes; painting them takes ten seconds
# at worst. A small file that unpacks to more is meant to do harm.

CHANNELS = {GREY_ALPHA: 2, RGBA: 4}
"""Bytes of a pixel by colour type; alpha is the last of them. Both have eight bits a channel."""

HEAD = 33  # bytes of a PNG's signature and first chunk

INVERTED = bytes(range(255, -1, -1))


@dataclass(frozen=True, slots=True)
class Header:
    """What the first chunk says."""

    width: int
    height: int
    channels: int


def head_of(mask: Upload) -> bytes:
    """Return what `why_not` looks at."""
    with mask.open() as stream:
        return stream.read(HEAD)


def why_not(head: bytes, name: str) -> str:
    """Say why a mask that begins so cannot be painted for a model; empty if it can."""
    if read_header(head) is not None:
        return ""
    why = f"{name} takes a mask in black and white, and only a plain PNG becomes one"
    return f"{why} (8 bits with alpha, not interlaced, given as a file)"


def read_header(png: bytes) -> Header | None:
    """Read the beginning of a PNG; None where its alpha channel cannot be taken out here."""
    if len(png) < HEAD or png[:8] != SIGNATURE or png[12:16] != b"IHDR":
        return None
    width, height, depth, kind, _, _, interlaced = struct.unpack(">IIBBBBB", png[16:29])
    if depth != 8 or interlaced or kind not in CHANNELS or not 0 < width * height <= MOST_PIXELS:
        return None
    return Header(width, height, CHANNELS[kind])


def painted(mask: Upload, *, white: bool) -> bytes:
    """Return what `paint` makes of a file; it is made once for all attempts and targets."""
    name = "mask, white" if white else "mask, black"
    return mask.once(name, lambda: paint(mask.read(), white=white))


def paint(png: bytes, *, white: bool) -> bytes:
    """Return a grey mask that is white (else black) where this one is transparent.

    Raises ValueError where it is no PNG that `read_header` can read, or is cut off.
    """
    header = read_header(png)
    if header is None:
        raise ValueError("no PNG with an alpha channel of eight bits")
    rows = _alpha_rows(_unpacked(png, header), header)
    grey = b"".join(b"\0" + (row.translate(INVERTED) if white else row) for row in rows)
    return write_png(header.width, header.height, zlib.compress(grey), colour=GREY)


def _unpacked(png: bytes, header: Header) -> bytes:
    expected = header.height * (1 + header.width * header.channels)
    unpacking = zlib.decompressobj()
    try:
        unpacked = unpacking.decompress(b"".join(_pixel_data(png)), expected + 1)
    except zlib.error as broken:
        raise ValueError(f"the mask cannot be unpacked: {broken}") from broken
    if len(unpacked) != expected or not unpacking.eof:
        raise ValueError("the mask is cut off, or has more in it than its size says")
    return unpacked


def _pixel_data(png: bytes) -> Iterator[bytes]:
    at = len(SIGNATURE)
    while at + 8 <= len(png):
        length = int.from_bytes(png[at : at + 4], "big")
        if png[at + 4 : at + 8] == b"IDAT":
            yield png[at + 8 : at + 8 + length]
        at += 12 + length


def _alpha_rows(unpacked: bytes, header: Header) -> Iterator[bytes]:
    stride = 1 + header.width * header.channels
    above = bytes(header.width)
    for start in range(0, len(unpacked), stride):
        filtered = unpacked[start + header.channels : start + stride : header.channels]
        above = _unfiltered(unpacked[start], filtered, above)
        yield above


def _unfiltered(kind: int, row: bytes, above: bytes) -> bytes:
    """Undo one row's filter. A filter works on each channel by itself, so alpha alone will do."""
    match kind:
        case 0:
            return row
        case 1:
            return bytes(value & 255 for value in accumulate(row))
        case 2 | 4 if not any(row):  # most rows of most masks: just as the one above
            return above
        case 2:
            return bytes(one + up & 255 for one, up in zip(row, above, strict=True))
        case 3:
            return _averaged(row, above)
        case 4:
            return _predicted(row, above)
    raise ValueError(f"the mask has a row with the filter {kind}")


def _averaged(row: bytes, above: bytes) -> bytes:
    done, left = bytearray(), 0
    for one, up in zip(row, above, strict=True):
        left = one + (left + up) // 2 & 255
        done.append(left)
    return bytes(done)


def _predicted(row: bytes, above: bytes) -> bytes:
    """Undo Paeth's filter: each pixel is told from its left, upper and upper left neighbours."""
    done, left = bytearray(), 0
    for one, (corner, up) in zip(row, pairwise(b"\0" + above), strict=True):
        by_left, by_up, by_corner = (
            abs(up - corner),
            abs(left - corner),
            abs(left + up - 2 * corner),
        )
        if by_left <= by_up and by_left <= by_corner:
            nearest = left
        else:
            nearest = up if by_up <= by_corner else corner
        left = one + nearest & 255
        done.append(left)
    return bytes(done)
