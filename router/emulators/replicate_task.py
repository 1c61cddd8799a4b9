"""Task: what a model is to draw for an input, and why it fails to."""

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from router.core.jsontypes import JSON
from router.core.media import sniff
from router.emulators import shape
from router.emulators.brief import Brief, PictureFormat, Source
from router.emulators.chance import Chance
from router.emulators.emulator import World
from router.emulators.inside import picture_in, source_of
from router.emulators.replicate_models import Model

# The FLUX models' own; the others' are not documented, and near to one megapixel too.
# github.com/replicate/cog-flux predict.py
SIZES: Mapping[str, tuple[int, int]] = {
    "1:1": (1024, 1024),
    "16:9": (1344, 768),
    "21:9": (1536, 640),
    "3:2": (1216, 832),
    "2:3": (832, 1216),
    "4:5": (896, 1088),
    "5:4": (1088, 896),
    "3:4": (896, 1152),
    "4:3": (1152, 896),
    "9:16": (768, 1344),
    "9:21": (640, 1536),
}

SCALES: Mapping[str, float] = {"0.25": 0.5, "0.5 MP": 0.7, "2 MP": 1.4, "4 MP": 2, "2K": 2, "4K": 4}
"""By how much each edge is longer, with that as `megapixels`, `resolution` or `size`."""

EXACT = re.compile(r"([1-9][0-9]{1,3})x([1-9][0-9]{1,3})")
RATIO = re.compile(r"([1-9][0-9]?):([1-9][0-9]?)")
SMALLEST, LARGEST = 64, 4096  # pixels

FORMATS: Mapping[str, PictureFormat] = {"webp": "webp", "jpg": "jpeg", "png": "png"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A checked input. `failure` is what the model says where it draws nothing."""

    model: str
    prompt: str
    width: int
    height: int
    seed: int
    count: int
    format: PictureFormat
    quality: int
    source: Source | None = None
    failure: str = ""

    def draw(self, world: World) -> list[str]:
        """Draw every picture and publish it. Raises UnreadableError."""
        return [self._picture(index, world) for index in range(self.count)]

    def _picture(self, index: int, world: World) -> str:
        brief = Brief(
            provider="replicate",
            model=self.model,
            prompt=self.prompt,
            width=self.width,
            height=self.height,
            seed=self.seed,
            index=index,
            format=self.format,
            compression=self.quality,
            source=self.source,
        )
        return world.publish(world.draw(brief), brief.mime)


def read_task(model: Model, given: Mapping[str, JSON], repeat: int) -> Task:
    """Read an input; `repeat` makes another picture of it where it asks for no seed."""
    prompt = str(given.get("prompt") or "")
    count = _whole(given.get("num_outputs"), 1, 4, 1)
    caught = shape.REFUSE in prompt or shape.FILTER in prompt
    width, height = _size(model, given)
    seed = given.get("seed")
    return Task(
        model=model.name,
        prompt=prompt,
        width=width,
        height=height,
        seed=seed if isinstance(seed, int) else Chance("seed", prompt, repeat).whole(1, 2**32 - 1),
        # A filtered picture is left out, without a word.
        count=count - 1 if caught else count,
        format=FORMATS.get(str(given.get("output_format")), FORMATS[model.format]),
        quality=_whole(given.get("output_quality"), 0, 100, 80),
        source=_source(model, given),
        failure=_failure(model, given, prompt, count),
    )


def _failure(model: Model, given: Mapping[str, JSON], prompt: str, count: int) -> str:
    if shape.REFUSE in prompt or (shape.FILTER in prompt and count == 1):
        return refusal(model)
    sides = (given.get("width"), given.get("height"))
    if any(isinstance(side, int) and side % model.step for side in sides):
        return f"Width and height have to be divisible by {model.step}"
    return ""


def refusal(model: Model) -> str:
    """How a model words that its filter caught everything."""
    if model.by_api:
        return "The request was flagged as sensitive; try another input. (E005)"
    return "NSFW content was detected in all outputs; try another prompt."


def _size(model: Model, given: Mapping[str, JSON]) -> tuple[int, int]:
    for name in ("size", "resolution"):
        exact = EXACT.fullmatch(str(given.get(name)))
        if exact:
            return _bounded(int(exact[1]), int(exact[2]))
    ratio = given.get("aspect_ratio")
    source = _source_size(given) if ratio in {None, "match_input_image"} else None
    if source is not None:
        return _bounded(*source)
    by_pixels = "aspect_ratio" not in model.fields or "custom" in {ratio, given.get("size")}
    if by_pixels and ("width" in given or "height" in given):
        width = _whole(given.get("width"), SMALLEST, LARGEST, 1024)
        return width, _whole(given.get("height"), SMALLEST, LARGEST, 1024)
    width, height = _shape(str(ratio))
    scale = _scale(given)
    return _bounded(round(width * scale), round(height * scale))


def _shape(ratio: str) -> tuple[int, int]:
    """About one megapixel of that shape, in edges of 16 pixels."""
    found = RATIO.fullmatch(ratio)
    if ratio in SIZES or found is None:
        return SIZES.get(ratio, SIZES["1:1"])
    slope = math.sqrt(int(found[1]) / int(found[2]))
    return round(64 * slope) * 16, round(64 / slope) * 16


def _scale(given: Mapping[str, JSON]) -> float:
    words = (str(given.get(name)) for name in ("megapixels", "resolution", "size"))
    return next((SCALES[word] for word in words if word in SCALES), 1.0)


def _bounded(width: int, height: int) -> tuple[int, int]:
    return (
        min(max(width, SMALLEST), LARGEST),
        min(max(height, SMALLEST), LARGEST),
    )


def _source(model: Model, given: Mapping[str, JSON]) -> Source | None:
    """Return what is to be made of the pictures that came inside the input."""
    return source_of(
        [picture for address in _addresses(given) if (picture := picture_in(address))],
        mask=picture_in(given.get("mask")),
        where=model.edited,
        change=given.get("prompt_strength"),
    )


def _source_size(given: Mapping[str, JSON]) -> tuple[int, int] | None:
    """Width and height of the first picture that came inside the input."""
    first = next(_addresses(given), "")
    media = sniff(memoryview(first.partition(",")[2].encode()))
    if media is None or media.width is None or media.height is None:
        return None
    return media.width, media.height


def _addresses(given: Mapping[str, JSON]) -> Iterator[str]:
    """Yield the `data:` URLs of an input, the mask's aside."""
    for name, value in given.items():
        listed = value if isinstance(value, list) else [value]
        for one in listed:
            if name != "mask" and isinstance(one, str) and one.startswith("data:image/"):
                yield one


def _whole(value: JSON, low: int, high: int, usual: int) -> int:
    """A whole number within its bounds; a model that is not known may be sent anything."""
    if not isinstance(value, int) or isinstance(value, bool):
        return usual
    return min(max(value, low), high)
