"""Gemini's request: the pictures and the prompt as parts of one content, the rest as settings."""

import binascii
from collections.abc import Mapping, Sequence

from router.core.files import Upload
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.target import Target
from router.providers.google_words import HOMES, camel, find, merged, nested

UNWRITTEN = frozenset({"contents", "model", "n", "prompt"})
"""Parameters that stand elsewhere: in the address, in the content, or in the number of calls."""

PICTURES_ALONE: Mapping[str, JSON] = {"generationConfig": {"responseModalities": ["IMAGE"]}}
"""Unless it is told otherwise, a model may answer with words beside the picture, or instead."""


def write_body(request: ImageRequest, target: Target) -> Mapping[str, JSON]:
    """Write the body. Names that Gemini has not stand at the top, as the caller wrote them."""
    body: dict[str, JSON] = {"contents": [*_earlier(request), _content(request)]}
    if not target.passthrough:
        body |= PICTURES_ALONE
    for name, value in request.params.items():
        if camel(name) in UNWRITTEN or value is None:
            continue
        word = camel(name)
        said = nested(word, _instruction(word, value)) if word in HOMES else {name: value}
        body = merged(body, said)
    return body


def _earlier(request: ImageRequest) -> Sequence[JSON]:
    """Return the conversation that the caller goes on with, if any."""
    given = find(request.params, "contents")
    if isinstance(given, list | tuple):
        return given
    return () if given is None else (given,)


def _content(request: ImageRequest) -> Mapping[str, JSON]:
    pictures = [_part(upload) for upload in request.images]
    return {"role": "user", "parts": [*pictures, {"text": request.prompt}]}


def _part(upload: Upload) -> Mapping[str, JSON]:
    text = binascii.b2a_base64(upload.read(), newline=False).decode("ascii")
    return {"inlineData": {"mimeType": upload.content_type, "data": text}}


def _instruction(word: str, value: JSON) -> JSON:
    """Write a plain text as the content that a system instruction has to be."""
    if word == "systemInstruction" and isinstance(value, str):
        return {"parts": [{"text": value}]}
    return value
