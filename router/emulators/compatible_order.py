"""Order: a request to a server that resembles OpenAI's, checked by the server's row."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from router.core.http import HttpRequest
from router.core.images import Operation
from router.core.jsontypes import JSON
from router.dialects.dialect import Dialect
from router.emulators import shape
from router.emulators.brief import PictureFormat, Source
from router.emulators.inside import picture_in, source_of
from router.emulators.rejection import Rejection

FORMATS: Mapping[str, PictureFormat] = {"png": "png", "jpeg": "jpeg", "webp": "webp"}
SIZE = re.compile(r"([1-9][0-9]{0,3})[x*]([1-9][0-9]{0,3})", re.ASCII)
RATIO = re.compile(r"([1-9][0-9]?):([1-9][0-9]?)", re.ASCII)

NUMBERS = frozenset({"n", "seed", "random_seed", "step", "num_inference_steps"})
"""Parameters that are numbers; in a form they come as text."""

PICTURES = frozenset({"image", "image[]"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be made."""

    model: str
    prompt: str
    n: int
    width: int
    height: int
    seed: int | None
    format: PictureFormat
    by_url: bool
    source: Source | None = None


def read_order(request: HttpRequest, operation: Operation, dialect: Dialect) -> Order:
    """Check a request. Raises Rejection at the first thing that is wrong."""
    given = _given(request, operation, dialect)
    for name in given:
        if name in dialect.server.rejects:
            raise Rejection(400, f"Argument not supported: {name}", param=name)
    width, height = _size(given, dialect)
    return Order(
        model=_text(given, "model") or dialect.name,
        prompt=_prompt(given, operation, dialect),
        n=_n(given, dialect),
        width=width,
        height=height,
        seed=_seed(given),
        format=_format(given, dialect),
        by_url=_by_url(given, dialect),
        source=None if operation == "generate" else _source(request, given),
    )


def _given(request: HttpRequest, operation: Operation, dialect: Dialect) -> Mapping[str, JSON]:
    """Return the parameters of a JSON body, or of a form with a picture in it."""
    if operation == "generate" or dialect.json_edits:
        if shape.media_type(request) != "application/json":
            raise Rejection(415, "Send application/json.")
        params = shape.json_object(request.body)
        if params is None:
            raise Rejection(400, "The body cannot be read as a JSON object.")
        if operation == "edit":
            _check_inside(params, dialect)
        return {name: value for name, value in params.items() if value is not None}
    _check_files(request, dialect)
    fields = {
        part.name: part.read().decode("utf-8", "replace")
        for part in request.parts
        if part.filename is None
    }
    return {name: _typed(name, text) for name, text in fields.items()}


def _check_inside(params: Mapping[str, JSON], dialect: Dialect) -> None:
    urls = _urls(params)
    if not urls or not all(isinstance(url, str) and ":" in url for url in urls):
        raise Rejection(400, "An edit needs 'image' or 'images' with URLs.", param="image")
    if len(urls) > dialect.most_images:
        raise Rejection(400, f"At most {dialect.most_images} images.", param="images")


def _source(request: HttpRequest, given: Mapping[str, JSON]) -> Source | None:
    """Return what is to be made of the pictures; one that is somewhere else is not looked up."""
    files = [part for part in request.parts if part.filename is not None]
    if not files:
        return source_of([picture_in(url) for url in _urls(given)])
    masks = (part.read() for part in files if part.name == "mask")
    pictures = [part.read() for part in files if part.name in PICTURES]
    return source_of(pictures, mask=next(masks, None))


def _urls(given: Mapping[str, JSON]) -> list[JSON]:
    found = given.get("images", [given.get("image")])
    pictures = found if isinstance(found, list) else []
    return [one.get("url") for one in pictures if isinstance(one, Mapping)]


def _check_files(request: HttpRequest, dialect: Dialect) -> None:
    if shape.media_type(request) != "multipart/form-data":
        raise Rejection(415, "Send multipart/form-data.")
    fields = [part.name for part in request.parts if part.filename is not None]
    allowed = {"image"} if dialect.one_field else PICTURES
    if not set(fields) & allowed:
        raise Rejection(400, "The required file 'image' is missing.", param="image")
    if "mask" in fields and not dialect.takes_mask:
        raise Rejection(400, "A mask is not taken.", param="mask")


def _typed(name: str, text: str) -> JSON:
    return int(text) if name in NUMBERS and re.fullmatch(r"-?[0-9]{1,18}", text) else text


def _prompt(given: Mapping[str, JSON], operation: Operation, dialect: Dialect) -> str:
    prompt = _text(given, "prompt")
    if not prompt and operation != "variation":
        raise Rejection(400, "prompt required", param="prompt")
    for separator in dialect.joins.values():
        prompt = prompt.partition(separator)[0]
    return prompt


def _n(given: Mapping[str, JSON], dialect: Dialect) -> int:
    """Return how many; a server that documents no bound draws as many as its row says at most."""
    n = given.get("n", 1)
    if isinstance(n, bool) or not isinstance(n, int) or n < 1:
        raise Rejection(400, f"n is {shape.quoted(n)}; expected 1 or more.", param="n")
    if n > dialect.per_call:
        raise Rejection(400, f"n is {n}; expected {dialect.per_call} at most.", param="n")
    return n


def _seed(given: Mapping[str, JSON]) -> int | None:
    seed = given.get("seed", given.get("random_seed"))
    return seed if isinstance(seed, int) else None


def _size(given: Mapping[str, JSON], dialect: Dialect) -> tuple[int, int]:
    if dialect.size == "ratio":
        return _shaped(given, dialect)
    written = _text(given, "size") or dialect.server.default_size
    if written == "auto":
        written = dialect.server.default_size
    found = SIZE.fullmatch(written)
    if found is None or ("*" in written) != (dialect.size == "star" and "size" in given):
        expected = "WIDTH*HEIGHT" if dialect.size == "star" else "WIDTHxHEIGHT"
        raise Rejection(400, f"size is {written!r}; expected {expected}.", param="size")
    return int(found[1]), int(found[2])


def _shaped(given: Mapping[str, JSON], dialect: Dialect) -> tuple[int, int]:
    ratio = _text(given, "aspect_ratio") or "1:1"
    found = RATIO.fullmatch(ratio if ratio != "auto" else "1:1")
    if found is None or (ratio not in dialect.ratios and ratio != "auto"):
        raise Rejection(422, f"aspect_ratio {ratio!r} is not known.", param="aspect_ratio")
    tier = _text(given, "resolution") or next(iter(dialect.resolutions))
    if tier not in dialect.resolutions:
        raise Rejection(422, f"resolution {tier!r} is not known.", param="resolution")
    stretch = math.sqrt(int(found[1]) / int(found[2]))
    edge = dialect.resolutions[tier]
    return round(edge * stretch / 16) * 16, round(edge / stretch / 16) * 16


def _format(given: Mapping[str, JSON], dialect: Dialect) -> PictureFormat:
    usual = dialect.server.gives or dialect.gives or "png"
    if dialect.takes is not None and "output_format" not in dialect.takes:
        return FORMATS[usual]
    chosen = _text(given, "output_format") or usual
    if chosen not in FORMATS:
        raise Rejection(400, f"output_format {chosen!r} is not known.", param="output_format")
    return FORMATS[chosen]


def _by_url(given: Mapping[str, JSON], dialect: Dialect) -> bool:
    """Tell how the pictures go out; a server that can do both gives URLs unless told otherwise."""
    responses = dialect.responses or ("b64_json", "url")
    usual = "url" if "url" in responses else "b64_json"
    chosen = _text(given, "response_format") or usual
    if chosen not in responses:
        message = f"response_format {chosen!r} is not supported."
        raise Rejection(422, message, param="response_format")
    return chosen == "url"


def _text(given: Mapping[str, JSON], name: str) -> str:
    value = given.get(name, "")
    if not isinstance(value, str):
        raise Rejection(400, f"{name} is {shape.quoted(value)}; expected a string.", param=name)
    return value
