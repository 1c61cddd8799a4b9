"""Painted masks: OpenAI edits where a mask is transparent, many models where theirs is white.

A PNG is read here without an imaging library: a mask's alpha channel is all that is needed of it,
and PNG filters each channel by itself.
www.w3.org/TR/png-3, sections 9 and 11
"""

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from types import MappingProxyType

from router.core.files import Upload

SIGNATURE = b"\x89PNG\r\n\x1a\n"
HEADER = struct.Struct(">IIBBBBB")
HEADER_END = len(SIGNATURE) + 8 + HEADER.size

CHANNELS: Mapping[int, int] = MappingProxyType({4: 2, 6: 4})
"""How many channels the colour types with alpha have; alpha is the last."""

MOST_PIXELS = 16_777_216  # 4096 x 4096, more than any model edits
COMPRESSION = 6  # zlib's own choice

WHITE_WHERE_CLEAR = bytes(range(255, -1, -1))


@dataclass(frozen=True, slots=True)
class Header:
    """What a PNG says of itself; `depth` is in bits a channel."""

    width: int
    height: int
    depth: int
    kind: int
    interlaced: bool

    @property
    def why_not(self) -> str:
        """Why its mask cannot be painted; empty where it can."""
        if self.kind not in CHANNELS or self.depth not in {8, 16}:
            return "the mask is no png with an alpha channel"
        if self.interlaced:
            return "the mask is an interlaced png"
        if not 0 < self.width * self.height <= MOST_PIXELS:
            return f"the mask has more than {MOST_PIXELS} pixels"
        return ""


def why_unpaintable(mask: Upload) -> str:
    """Tell, by a mask's first bytes, why it cannot be painted; empty where it can."""
    with mask.open() as stream:
        header = _header(stream.read(HEADER_END))
    return "the mask is no png" if header is None else header.why_not


def painted(mask: Upload) -> bytes:
    """Return a grey PNG, white where the mask is transparent and black where it is not.

    Raises ValueError for a file that breaks off, or that `why_unpaintable` has named.
    """
    content = mask.read()
    header = _header(content)
    if header is None or header.why_not:
        raise ValueError("this mask cannot be painted")
    rows = (row.translate(WHITE_WHERE_CLEAR) for row in _alpha(content, header))
    return _grey_png(header.width, header.height, b"".join(b"\0" + row for row in rows))


def _header(content: bytes) -> Header | None:
    if not content.startswith(SIGNATURE) or content[12:16] != b"IHDR" or len(content) < HEADER_END:
        return None
    width, height, depth, kind, _, _, interlaced = HEADER.unpack_from(content, 16)
    return Header(width, height, depth, kind, bool(interlaced))


def _alpha(content: bytes, header: Header) -> Iterator[bytes]:
    """Yield the alpha channel row by row, its higher byte where it has two."""
    each = CHANNELS[header.kind] * header.depth // 8
    length = 1 + header.width * each
    pixels = _inflated(content, length * header.height)
    skipped = each - header.depth // 8  # the channels before alpha
    before = bytes(header.width)
    for start in range(0, len(pixels), length):
        unfilter = FILTERS.get(pixels[start])
        if unfilter is None:
            raise ValueError("a row of the mask has an unknown filter")
        before = unfilter(pixels[start + 1 + skipped : start + length : each], before)
        yield before


def _inflated(content: bytes, size: int) -> bytes:
    """Return the filtered pixels, and no more of them than there may be."""
    packed = b"".join(data for kind, data in _chunks(content) if kind == b"IDAT")
    try:
        pixels = zlib.decompressobj().decompress(packed, size)
    except zlib.error as broken:
        raise ValueError("the mask's pixels cannot be unpacked") from broken
    if len(pixels) != size:
        raise ValueError("the mask's pixels break off")
    return pixels


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 8 <= len(content):
        length = int.from_bytes(content[at : at + 4], "big")
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def _plain(row: bytes, _before: bytes) -> bytes:
    return row


def _sub(row: bytes, _before: bytes) -> bytes:
    sums: Iterator[int] = accumulate(row, _added)
    return bytes(sums)


def _added(left: int, byte: int) -> int:
    return (left + byte) & 255


def _up(row: bytes, before: bytes) -> bytes:
    if not any(row):
        return before
    return bytes((byte + above) & 255 for byte, above in zip(row, before, strict=True))


def _average(row: bytes, before: bytes) -> bytes:
    left, out = 0, bytearray()
    for byte, above in zip(row, before, strict=True):
        left = (byte + (left + above) // 2) & 255
        out.append(left)
    return bytes(out)


def _paeth(row: bytes, before: bytes) -> bytes:
    if not any(row) and before.count(before[:1]) == len(before):
        return before  # nothing changes in a row that is all of one value
    left = corner = 0
    out = bytearray()
    for byte, above in zip(row, before, strict=True):
        left = (byte + _predicted(left, above, corner)) & 255
        corner = above
        out.append(left)
    return bytes(out)


def _predicted(left: int, above: int, corner: int) -> int:
    """Return whichever is nearest to left + above - corner; of equals the first."""
    of_left, of_above = abs(above - corner), abs(left - corner)
    of_corner = abs(left + above - 2 * corner)
    if of_left <= of_above and of_left <= of_corner:
        return left
    return above if of_above <= of_corner else corner


FILTERS: Mapping[int, Callable[[bytes, bytes], bytes]] = MappingProxyType(
    {0: _plain, 1: _sub, 2: _up, 3: _average, 4: _paeth}
)


def _grey_png(width: int, height: int, rows: bytes) -> bytes:
    header = HEADER.pack(width, height, 8, 0, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows, COMPRESSION)), (b"IEND", b""))
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in parts)


def _chunk(kind: bytes, data: bytes) -> bytes:
    check = zlib.crc32(kind + data).to_bytes(4, "big")
    return len(data).to_bytes(4, "big") + kind + data + check
