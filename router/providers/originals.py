"""Originals: the pictures that an edit begins with, as files or as addresses of the caller's."""

from collections.abc import Sequence
from typing import TypeAlias

from router.core.files import Upload
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.skeleton import as_object

Original: TypeAlias = Upload | str
"""A file, or a URL that the provider fetches."""


def originals_of(request: ImageRequest) -> Sequence[Original]:
    """Return the pictures to begin with, the main one first."""
    return request.images or tuple(filter(None, map(_address, _references(request))))


def are_addresses(request: ImageRequest) -> bool:
    """Tell whether all pictures are given by URLs on the web, so that they need no upload.

    A mask has to be at hand, since it is changed before it is sent.
    """
    references = _references(request)
    by_url = bool(references) and all(map(_address, references))
    return by_url and request.params.get("mask") is None


def _references(request: ImageRequest) -> Sequence[JSON]:
    listed = request.params.get("images")
    return listed if isinstance(listed, list | tuple) else ()


def _address(reference: JSON) -> str:
    url = as_object(reference).get("image_url")
    return url if isinstance(url, str) and url.startswith(("https://", "http://")) else ""
