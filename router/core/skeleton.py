"""Skeleton: an answer's JSON with its pictures cut out, so that megabytes are never parsed."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from router.core.jsontypes import JSON, OBJECTS

MARK = "\x00picture:"
"""Begins the string that stands where a picture was; no JSON body can hold a raw NUL."""

SHORT = 256  # characters: not worth cutting out
SMALL = 16_384  # bytes: parsing all of a small body costs less than looking for pictures in it

SPACE = b" \t\r\n"

DECODER = json.JSONDecoder()


class Skeleton(NamedTuple):
    """The parsed rest, and the pictures' base64 text as views into the body."""

    rest: JSON
    pictures: tuple[memoryview, ...]

    def picture(self, value: JSON) -> memoryview | None:
        """Return the picture that `value` stands for: cut out, or a plain string; else None."""
        if not isinstance(value, str):
            return None
        if value.startswith(MARK):
            return self._cut_out(value.removeprefix(MARK))
        return memoryview(value.encode("utf-8", "replace"))

    def _cut_out(self, number: str) -> memoryview:
        """Return a picture by its number. Raises ValueError for a mark that somebody forged."""
        if number.isdecimal() and int(number) < len(self.pictures):
            return self.pictures[int(number)]
        raise ValueError(f"there is no picture {number[:20]}")


def dissect(body: bytes, key: str = "b64_json") -> Skeleton:
    """Parse `body` without the long strings under `key`. Raises ValueError if it is no JSON."""
    if len(body) < SMALL:
        return Skeleton(_parse(body), ())
    needle = b'"' + key.encode() + b'"'
    view = memoryview(body)
    kept: list[bytes] = []
    pictures: list[memoryview] = []
    done = at = 0
    while (at := body.find(needle, at)) != -1:
        at += len(needle)
        start = _string_after_colon(body, at)
        if start is None:
            continue
        end = body.find(b'"', start)
        if end == -1:
            break
        if end - start < SHORT:
            at = end
            continue
        if body.find(b"\\", start, end) != -1:
            return Skeleton(_parse(body), ())
        kept += (body[done:start], f"\\u0000picture:{len(pictures)}".encode())
        pictures.append(view[start:end])
        done = at = end
    kept.append(body[done:])
    return Skeleton(_parse(b"".join(kept)), tuple(pictures))


def _parse(body: bytes) -> JSON:
    """Read UTF-8, as JSON between systems is (RFC 8259, 8.1); to guess an encoding takes time."""
    parsed: JSON = DECODER.decode(body.decode("utf-8", "surrogatepass").removeprefix("\ufeff"))
    return parsed


def _string_after_colon(body: bytes, at: int) -> int | None:
    """Where the string begins that follows `:`; None where no string follows."""
    at = _skip_space(body, at)
    if body[at : at + 1] != b":":
        return None
    at = _skip_space(body, at + 1)
    return at + 1 if body[at : at + 1] == b'"' else None


def _skip_space(body: bytes, at: int) -> int:
    while at < len(body) and body[at] in SPACE:
        at += 1
    return at


def as_object(value: JSON) -> Mapping[str, JSON]:
    """Return `value` if it is an object, else an empty one."""
    return value if isinstance(value, OBJECTS) else {}
