"""References: pictures that are given as URLs become files, for those who take nothing else."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from router.core.data_url import decode_data_url
from router.core.files import Upload, held
from router.core.images import ImageRequest
from router.core.jsontypes import JSON

FIELDS = {"images": "image", "mask": "mask"}
"""The parameters that hold references, and the fields of the files in their place."""


class UnreachableError(Exception):
    """A reference does not hold the picture itself."""


def with_files(request: ImageRequest) -> ImageRequest:
    """Return the request with files in place of its references. Raises UnreachableError."""
    files = {
        field: tuple(_file(place, reference) for place, reference in _listed(name, request))
        for name, field in FIELDS.items()
        if name in request.params
    }
    params = {name: value for name, value in request.params.items() if name not in FIELDS}
    return request.with_files(files, params)


def _listed(name: str, request: ImageRequest) -> Sequence[tuple[str, JSON]]:
    given = request.params[name]
    if isinstance(given, Sequence) and not isinstance(given, str):
        return [(f"{name}[{at}]", one) for at, one in enumerate(given)]
    return [(name, given)]


def _file(place: str, reference: JSON) -> Upload:
    url = reference.get("image_url") if isinstance(reference, Mapping) else None
    if not isinstance(url, str):
        raise UnreachableError(f"{place} is a file ID")
    if not url.startswith("data:"):
        raise UnreachableError(f"{place} is a URL")
    upload = held(decode_data_url(url) or b"", "")
    if upload.media is None:
        raise UnreachableError(f"{place} holds no picture")
    return replace(upload, name=f"{place.partition('[')[0]}.{upload.media.format}")
