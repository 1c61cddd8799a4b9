"""Taking: the files and references of a request, checked before anything is sent.

Limits are OpenAI's; a provider whose own are narrower says so where it is asked.
openai-openapi openapi.yaml, CreateImageEditRequest, EditImageBodyJsonParam
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urlsplit

from router.answer import Fetch
from router.asking import Unaskable
from router.config.hosts import why_not_public
from router.core.data_url import decode_data_url
from router.core.files import FILE_HEAD, Upload, held
from router.core.http import origin
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.media import has_alpha, sniff_bytes
from router.core.skeleton import as_object
from router.originals.given import Given
from router.originals.uploads import MOST_FILES, take_in

LARGEST_MASK = 4 * 1024 * 1024  # bytes
LONGEST_URL = 20_971_520  # characters of an `image_url`
KINDS = frozenset({"image_url", "file_id"})
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
EXPECTED_URL = (
    "expected https://... at a public host, data:image/..., or the origin of a custom_host"
)


async def take_originals(
    request: ImageRequest, given: Given, fetch: Fetch, own: AbstractSet[str] = frozenset()
) -> ImageRequest:
    """Return the request with its files, which are read and checked. Raises Unaskable.

    A reference that is a URL is https, at a public host; `own` are the origins of servers of
    one's own, which may be anywhere.
    """
    if request.operation == "generate":
        return request
    _check_fields(request, given, own)
    files = {
        field: await take_in(field, one, fetch) for field, one in given.items() if one is not None
    }
    if request.operation == "variation" and len(files["image"]) != 1:
        raise Unaskable("image", f"image has {len(files['image'])} files; a variation has one")
    for field in ("mask", "markup"):
        if field in files:
            _check_overlay(field, files[field], files["image"][0])
    return replace(request, files=MappingProxyType(files))


def _check_fields(request: ImageRequest, given: Given, own: AbstractSet[str]) -> None:
    """Check that there is something to begin with, said in one way."""
    files = {field for field, one in given.items() if one is not None}
    references = request.params.get("images") if request.operation == "edit" else None
    if "image" not in files and references is None:
        raise Unaskable("image", "image is missing; expected a picture to begin with")
    if references is not None:
        if files:
            field = min(files)
            raise Unaskable(
                field, f"{field} is a file and images are references; expected one form"
            )
        _check_references(references, own)
    mask = request.params.get("mask")
    if mask is not None:
        if references is None:
            raise Unaskable("mask", "mask is a reference and image is a file; expected one form")
        _check_reference("mask", mask, own)
        overlay = _inside(mask)
        if overlay is not None:
            _check_overlay("mask", (overlay,), _first_inside(references))
    if {"mask", "markup"} <= files:
        raise Unaskable("markup", "markup and mask are both given; expected one of them")


def _first_inside(references: JSON) -> Upload | None:
    if not isinstance(references, Sequence) or isinstance(references, str):
        return None
    return _inside(references[0])


def _inside(reference: JSON) -> Upload | None:
    """Return the picture that a reference holds itself; None where it is somewhere else."""
    url = as_object(reference).get("image_url")
    if not isinstance(url, str) or not url.startswith("data:"):
        return None
    return held(decode_data_url(url) or b"", "")


def _check_overlay(field: str, given: tuple[Upload, ...], image: Upload | None) -> None:
    """Check what is laid over the first picture: transparent pixels say where."""
    if len(given) != 1:
        raise Unaskable(field, f"{field} has {len(given)} files; expected one")
    media = given[0].media
    if media is None or media.format != "png":
        kind = media.format if media else "no picture"
        raise Unaskable(field, f"{field} is {kind}; expected a png with transparent pixels")
    with given[0].open() as stream:
        if not has_alpha(stream):
            raise Unaskable(
                field,
                f"{field} has no transparency; expected a png whose transparent pixels say "
                "where to edit",
            )
    if field == "mask" and given[0].size >= LARGEST_MASK:
        raise Unaskable(field, f"mask has {given[0].size} bytes; expected fewer than 4 MB")
    _check_size(field, given[0], image)


def _check_size(field: str, overlay: Upload, image: Upload | None) -> None:
    of_overlay, of_image = _size(overlay), _size(image)
    if None not in {of_overlay, of_image} and of_overlay != of_image:
        raise Unaskable(
            field, f"{field} is {of_overlay} and the first image {of_image}; expected equal sizes"
        )


def _size(upload: Upload | None) -> str | None:
    media = upload.media if upload else None
    return f"{media.width}x{media.height}" if media and media.width and media.height else None


def _check_references(references: JSON, own: AbstractSet[str]) -> None:
    if not isinstance(references, Sequence) or isinstance(references, str):
        message = 'images is no list; expected [{"image_url": "https://..."}]'
        raise Unaskable("images", message)
    if not 1 <= len(references) <= MOST_FILES:
        message = f"images has {len(references)} entries; expected 1 to {MOST_FILES}"
        raise Unaskable("images", message)
    for at, reference in enumerate(references):
        _check_reference(f"images[{at}]", reference, own)


def _check_reference(place: str, reference: JSON, own: AbstractSet[str]) -> None:
    keys = set(reference) if isinstance(reference, Mapping) else set()
    text = next(iter(reference.values()), None) if isinstance(reference, Mapping) else None
    if len(keys) != 1 or not keys <= KINDS or not isinstance(text, str) or not text:
        message = f'{place} is no reference; expected {{"image_url": URL}} or {{"file_id": ID}}'
        raise Unaskable(place, message)
    if keys == {"image_url"}:
        _check_url(f"{place}.image_url", text, own)


def _check_url(place: str, url: str, own: AbstractSet[str]) -> None:
    if len(url) > LONGEST_URL:
        raise Unaskable(place, f"{place} has {len(url)} characters; at most {LONGEST_URL}")
    if url.startswith("data:"):
        content = decode_data_url(url)
        if content is None or sniff_bytes(content[:FILE_HEAD]) is None:
            raise Unaskable(place, f"{place} is a data: URL that holds no picture in base64")
        return
    reason = _why_not(url, own)
    if reason is not None:
        raise Unaskable(place, f"{place} {reason}; {EXPECTED_URL}")


def _why_not(url: str, own: AbstractSet[str]) -> str | None:
    """Say what is wrong with a URL, without showing it: whoever is asked will fetch it.

    A control character is read in one way here, and in another there.
    """
    if not url.startswith(("https://", "http://")) or CONTROL.search(url):
        return "is no URL"
    try:
        where, host = origin(url), urlsplit(url).hostname or ""
    except ValueError:
        return "is no URL"
    if where in own:
        return None
    return "is an http URL" if url.startswith("http:") else why_not_public(host)
