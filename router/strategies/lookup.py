"""Lookup: finding `metadata.a.b`, `params.x[0]` or `url.pathname` in a request."""

import re
from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from router.core.images import ImageRequest
from router.core.jsontypes import JSON, is_list

Path: TypeAlias = tuple[str | int, ...]


class Missing:
    """The value of a path that leads nowhere; unlike None, which JSON can say."""

    def __repr__(self) -> str:
        return "MISSING"


MISSING: Final = Missing()

TOKEN = re.compile(r"\[(\d+)\]|([^.\[\]]+)")


def parse_path(text: str) -> Path:
    """Split `params.a[0].b` into `("params", "a", 0, "b")`."""
    return tuple(int(index) if index else name for index, name in TOKEN.findall(text))


def lookup(request: ImageRequest, path: Path) -> JSON | Missing:
    """Return what the caller sent at a path; MISSING where there is nothing."""
    match path:
        case ("url", "pathname"):
            return request.pathname
        case ("metadata", *rest):
            return descend(request.metadata, rest)
        case ("params", str(name), *rest) if name in request.files:
            return descend(_names(request, name), rest)
        case ("params", *rest):
            return descend(request.params, rest)
    return MISSING


def _names(request: ImageRequest, field: str) -> JSON:
    """Return the names of a field's files: a list of pictures, or the name of the one mask."""
    names = [upload.name for upload in request.files[field]]
    return names if field == "image" else names[0]


def descend(value: JSON, path: Sequence[str | int]) -> JSON | Missing:
    """Follow a path into JSON."""
    for step in path:
        found = _step(value, step)
        if isinstance(found, Missing):
            return MISSING
        value = found
    return value


def _step(value: JSON, step: str | int) -> JSON | Missing:
    if isinstance(step, str):
        return value[step] if isinstance(value, Mapping) and step in value else MISSING
    return value[step] if is_list(value) and step < len(value) else MISSING
