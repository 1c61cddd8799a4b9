"""Order: a request for a picture, checked first by its shape, then by what the model can do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.core.http import HttpRequest
from router.core.jsontypes import JSON
from router.core.media import sniff_bytes
from router.core.skeleton import as_object
from router.emulators import shape
from router.emulators.google_errors import GoogleRejection, bad_fields
from router.emulators.google_models import Edges, Model
from router.emulators.google_schema import REQUEST, decoded, find_violations, normal, whole

PICTURE_TYPES = frozenset({"image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"})
LARGEST_BODY = 20 * 1024 * 1024  # bytes: what an inline request could have for long

MOST_VIOLATIONS = 20  # told at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made. `words` means that text may come beside the picture.

    `most` are tokens that the answer may have, thoughts included.
    """

    model: Model
    prompt: str
    pictures: tuple[bytes, ...]
    ratio: str
    tier: str
    seed: int | None
    draws: bool
    words: bool
    shows_thoughts: bool
    most: int

    @property
    def size(self) -> Edges:
        return self.model.size(self.ratio, self.tier)


def read_order(request: HttpRequest, model: Model) -> Order:
    """Check every field. Raises GoogleRejection."""
    body = _body(request)
    config = as_object(body.get("generationConfig"))
    parts = tuple(_parts(body))
    pictures = tuple(_pictures(parts))
    modalities = config.get("responseModalities") or ["TEXT", "IMAGE"]
    wanted = modalities if isinstance(modalities, list) else []
    if "AUDIO" in wanted:
        raise _bad("The requested combination of response modalities is not supported.")
    if (whole(config.get("candidateCount", 1)) or 1) > 1:
        raise _bad("Multiple candidates are not enabled for this model.")
    picture = as_object(config.get("imageConfig"))
    return Order(
        model=model,
        prompt=_prompt(parts),
        pictures=pictures,
        ratio=_ratio(picture, model, pictures),
        tier=_tier(picture, model),
        seed=whole(config.get("seed")),
        draws="IMAGE" in wanted,
        words="TEXT" in wanted,
        shows_thoughts=as_object(config.get("thinkingConfig")).get("includeThoughts") is True,
        most=_most(config, model),
    )


def _most(config: Mapping[str, JSON], model: Model) -> int:
    """Return the tokens that an answer may have; 0 means that nothing is said of it."""
    asked = whole(config.get("maxOutputTokens")) or model.most
    return min(asked, model.most) if asked > 0 else model.most


def _body(request: HttpRequest) -> Mapping[str, JSON]:
    if len(request.body) > LARGEST_BODY:
        raise _bad("The request's payload is larger than 20 MiB.")
    value = shape.json_value(request.body)
    if not isinstance(value, dict):
        raise _bad("The JSON payload cannot be read as an object.")
    violations = list(find_violations(value, REQUEST))
    if violations:
        raise bad_fields(violations[:MOST_VIOLATIONS])
    return as_object(normal(value, REQUEST))


def _parts(body: Mapping[str, JSON]) -> Iterator[Mapping[str, JSON]]:
    """Yield the parts of the last content, which is the one that is answered."""
    contents = body.get("contents")
    if not isinstance(contents, list) or not contents:
        raise _bad("* GenerateContentRequest.contents: contents is not specified")
    for index, content in enumerate(map(as_object, contents)):
        if content.get("role", "user") not in {"user", "model"}:
            raise _bad("The role of a content has to be user or model.")
        if not content.get("parts"):
            raise _bad(f"* GenerateContentRequest.contents[{index}].parts: must not be empty.")
    parts = as_object(contents[-1]).get("parts")
    for part in map(as_object, parts if isinstance(parts, list) else ()):
        if sum(kind in part for kind in ("text", "inlineData", "fileData")) != 1:
            raise _bad("A part has to have exactly one of text, inline_data and file_data.")
        yield part


def _prompt(parts: Sequence[Mapping[str, JSON]]) -> str:
    prompt = " ".join(str(part["text"]) for part in parts if "text" in part)
    if not prompt.strip():
        raise _bad("The prompt has no text.")
    return prompt


def _pictures(parts: Sequence[Mapping[str, JSON]]) -> Iterator[bytes]:
    for part in parts:
        if "fileData" in part:
            raise _bad("The sandbox keeps no files: send pictures as inline_data.")
        if "inlineData" not in part:
            continue
        blob = as_object(part["inlineData"])
        mime, content = str(blob.get("mimeType", "")), decoded(str(blob.get("data", ""))) or b""
        if mime not in PICTURE_TYPES:
            raise _bad(f"Unsupported MIME type: {mime[:80]}")
        media = sniff_bytes(content)
        if media is None:
            raise _bad("Unable to process the input image.")
        if media.mime != mime:
            raise _bad(f"The data of a part is {media.mime}, and it claims to be {mime}.")
        yield content


def _ratio(picture: Mapping[str, JSON], model: Model, pictures: Sequence[bytes]) -> str:
    """Return the ratio: as asked, else that of the picture to edit, else a square."""
    asked = str(picture.get("aspectRatio") or "")
    if asked and asked not in model.sizes:
        raise _bad(f"aspect_ratio {asked[:20]} is none of {', '.join(model.sizes)}.")
    media = sniff_bytes(pictures[0]) if pictures else None
    if asked or media is None or not media.width or not media.height:
        return asked or "1:1"
    ratio = media.width / media.height
    return min(model.sizes, key=lambda name: abs(_number(model.sizes[name]) - ratio))


def _number(size: Edges) -> float:
    return size[0] / size[1]


def _tier(picture: Mapping[str, JSON], model: Model) -> str:
    asked = str(picture.get("imageSize") or "")
    if asked and asked not in model.tiers:
        offered = ", ".join(model.tiers) or "not set: it has one size"
        raise _bad(f"image_size {asked[:20]} is not supported by {model.name}; it is {offered}.")
    return asked or "1K"


def _bad(message: str) -> GoogleRejection:
    return GoogleRejection(400, message)
