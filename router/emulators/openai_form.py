"""Form: what an edit or a variation comes with: texts and files, or JSON with references."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from router.core.data_url import decode_data_url
from router.core.files import Upload, held
from router.core.http import HttpRequest, Part, bare_type
from router.core.jsontypes import JSON
from router.emulators import shape
from router.emulators.rejection import Rejection

NUMBERS = frozenset({"frame_count", "frame_duration_ms", "n", "output_compression"})
NUMBERS |= {"partial_images"}
TRUTH: Mapping[str, bool] = {"true": True, "false": False}

FILES: Mapping[str, str] = {
    "image": "image",
    "image[]": "image",
    "mask": "mask",
    "markup": "markup",
}
"""The parts that are files, and the field that each belongs to."""

MOST_IMAGES = 16
LONGEST_URL = 20_971_520  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What came. A picture that is somewhere else is None: nobody here can fetch it."""

    params: Mapping[str, JSON]
    images: tuple[Upload | None, ...] = ()
    mask: Upload | None = None
    markup: Upload | None = None
    has_mask: bool = False


def read_form(request: HttpRequest, types: Sequence[str]) -> Given:
    """Read a multipart form with files of these media types. Raises Rejection."""
    if shape.media_type(request) != "multipart/form-data":
        raise unsupported_type(request, "multipart/form-data")
    params: dict[str, JSON] = {}
    files: dict[str, list[Upload]] = {}
    for part in request.parts:
        if part.name in FILES:
            files.setdefault(FILES[part.name], []).append(_file(part, types))
        elif part.filename is not None:
            raise _invalid(part.name, f"'{part.name[:60]}' is a file; expected text.")
        else:
            _take(params, part)
    for name in ("mask", "markup"):
        if len(files.get(name, ())) > 1:
            raise _invalid(name, f"'{name}' came more than once.")
    return Given(
        params=params,
        images=tuple(files.get("image", ())),
        mask=next(iter(files.get("mask", ())), None),
        markup=next(iter(files.get("markup", ())), None),
        has_mask="mask" in files,
    )


def unsupported_type(request: HttpRequest, expected: str) -> Rejection:
    # The status is a guess: that other content types do not work is documented.
    return Rejection(
        400,
        f"Content type '{shape.media_type(request)[:80]}' does not work here; send {expected}.",
        code="unsupported_content_type",
    )


def _file(part: Part, types: Sequence[str]) -> Upload:
    """Take a file by the type that its part claims, as the real API does. The code is a guess."""
    field = FILES[part.name]
    if part.filename is None:
        raise _invalid(field, f"'{field}' is text; expected a file.")
    claimed = bare_type(part.content_type or "application/octet-stream")
    upload = held(part.read(), part.filename)
    if claimed not in types or upload.media is None or upload.media.mime not in types:
        given = claimed if claimed not in types else "a file that is none"
        message = f"Invalid file '{field}': type '{given[:60]}' is not supported;"
        supported = ", ".join(f"'{name}'" for name in types)
        raise _invalid(field, f"{message} expected {supported}.", "unsupported_file_mimetype")
    return upload


def _take(params: dict[str, JSON], part: Part) -> None:
    """Take a text part; what is nested is named `svg[model]`."""
    name, text = part.name, part.read().decode("utf-8", "replace")
    outer, _, rest = name.partition("[")
    if name in params:
        raise _invalid(name, f"'{name[:60]}' came more than once.")
    if rest:
        inner = params.setdefault(outer, {})
        params[outer] = {**(inner if isinstance(inner, Mapping) else {}), rest.rstrip("]"): text}
    else:
        params[name] = _value(name, text)


def _value(name: str, text: str) -> JSON:
    """Return a text as the type that its field has; one that is not of that type stays text."""
    if name in NUMBERS and re.fullmatch(r"[+-]?[0-9]{1,9}", text, re.ASCII):
        return int(text)
    return TRUTH.get(text, text) if name == "stream" else text


def read_references(params: Mapping[str, JSON]) -> Given:
    """Read the JSON form: data: {"images": [{"image_url" | "file_id": str}], "mask": {...}}."""
    images = params.get("images")
    if images is None:
        raise missing("images")
    if not isinstance(images, Sequence) or isinstance(images, str):
        raise _invalid("images", "'images' must be an array.", "invalid_type")
    if not 1 <= len(images) <= MOST_IMAGES:
        raise _invalid("images", f"'images' must have 1 to {MOST_IMAGES} entries.")
    mask = params.get("mask")
    return Given(
        params={key: value for key, value in params.items() if key not in {"images", "mask"}},
        images=tuple(_reference(f"images[{at}]", one) for at, one in enumerate(images)),
        mask=None if mask is None else _reference("mask", mask),
        has_mask=mask is not None,
    )


def _reference(place: str, value: JSON) -> Upload | None:
    if not isinstance(value, Mapping) or len(value) != 1:
        raise _invalid(place, f"'{place}' must be an object with image_url or file_id alone.")
    ((key, text),) = value.items()
    if key not in {"image_url", "file_id"} or not isinstance(text, str) or not text:
        raise _invalid(place, f"'{place}' must be an object with image_url or file_id alone.")
    if key == "file_id":
        return None
    place = f"{place}.image_url"
    if len(text) > LONGEST_URL:
        raise _invalid(place, f"'{place}' is too long.", "string_above_max_length")
    if text.startswith("data:"):
        upload = held(decode_data_url(text) or b"", place)
        if upload.media is None:
            raise _invalid(place, f"'{place}' holds no picture.", "invalid_image_url")
        return replace(upload, name=place)
    if not text.startswith(("https://", "http://")):
        raise _invalid(place, f"'{place}' is no URL.", "invalid_image_url")
    return None


def missing(name: str) -> Rejection:
    return Rejection(
        400,
        f"The required parameter '{name}' is missing.",
        code="missing_required_parameter",
        param=name,
    )


def _invalid(name: str, message: str, code: str = "invalid_value") -> Rejection:
    return Rejection(400, message, code=code, param=name[:60])
