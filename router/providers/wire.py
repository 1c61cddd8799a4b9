"""Wire: bodies and headers that several providers share."""

import json
import re
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from router.core.data_url import data_url
from router.core.files import Upload
from router.core.http import Part
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.outcome import Failure
from router.providers.failures import unfit

# A compressed answer would have to be unpacked before a byte of it could be passed on.
JSON_HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "identity",
    }
)

FORM_HEADERS: Mapping[str, str] = MappingProxyType(
    {"accept": "application/json", "accept-encoding": "identity"}
)
"""The content type of a form names its boundary, so the sender writes it."""

SEGMENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*")
"""A name that stays one segment of a path, whatever reads it."""


def _plain(value: object) -> dict[str, JSON]:
    """Write a read-only mapping, as configs hold them."""
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"{type(value).__name__} is no JSON")


ENCODER = json.JSONEncoder(separators=(",", ":"), default=_plain)


def json_body(params: Mapping[str, JSON]) -> bytes:
    return ENCODER.encode(dict(params)).encode()


def as_said(
    params: Mapping[str, JSON], unwritten: AbstractSet[str] = frozenset()
) -> dict[str, JSON]:
    """Return the parameters that say something, but for those that stand elsewhere or nowhere."""
    return {
        name: value for name, value in params.items() if value is not None and name not in unwritten
    }


def form_text(value: JSON) -> str:
    """Write a value as a form's text: strings as they are, all else as JSON."""
    return value if isinstance(value, str) else ENCODER.encode(value)


def text_parts(said: Mapping[str, JSON]) -> Iterator[Part]:
    """Yield the texts of a form: what says something, each under its name."""
    for name, value in said.items():
        if value is not None:
            yield Part(name=name, content=form_text(value).encode("utf-8", "replace"))


def file_part(name: str, upload: Upload) -> Part:
    return Part(name=name, content=upload, filename=upload.name, content_type=upload.content_type)


def data_uri(upload: Upload) -> str:
    """Write a whole file as a URL, for providers that take pictures inside JSON."""
    return data_url(upload.read(), upload.content_type)


def picture_url(original: Upload | str) -> str:
    """Return a picture's URL, which holds the whole file where there is one."""
    return original if isinstance(original, str) else data_uri(original)


def unsupported(request: ImageRequest) -> Failure | None:
    """Return why a request cannot be sent at all; nothing is bought then."""
    if request.params.get("stream"):
        return unfit("stream is true, and this provider cannot stream; leave it out of the body")
    return None
