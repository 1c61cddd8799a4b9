"""OpenAI's models: what each family can express. A model that is not known has no rules.

Sizes, qualities and counts: openai-openapi openapi.yaml, CreateImageRequest, and the package
openai 3.54.0, types/image_generate_params.py.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Rule
from router.core.sizes import Grid, Size, nearest_size
from router.providers.rules import drop, drop_unshown, give_base64, one_of, size_rule

LONGEST_NAME = 64  # characters: more is no name, and not worth remembering
MOST_PER_CALL = 10
"""OpenAI's own bound on `n`, for every model but dall-e-3."""

DALL_E_2_SIZES = (Size(256, 256), Size(512, 512), Size(1024, 1024))
DALL_E_3_SIZES = (Size(1024, 1024), Size(1792, 1024), Size(1024, 1792))
GPT_IMAGE_1_SIZES = (Size(1024, 1024), Size(1536, 1024), Size(1024, 1536))

# Multiples of 16, 1:3 to 3:1, at most 3840x2160 in pixels and 3840 at an edge; the least area is
# from Azure's page on the same models.
# learn.microsoft.com/azure/foundry/openai/how-to/dall-e
GPT_IMAGE_2_SIZES = Grid(
    step=16,
    shortest=16,
    longest=3840,
    least_area=655_360,
    most_area=3840 * 2160,
    steepest=3.0,
)

FORMATS = ("png", "jpeg", "webp", "gif", "svg")
UP_TO_HIGH = ("auto", "low", "medium", "high")
UP_TO_MAX = (*UP_TO_HIGH, "xhigh", "max")
DALL_E_3_QUALITIES = ("standard", "hd")

# The grades of one family in the words of another: `hd` was the better of two, `standard` the
# other; gpt-image's `low` is below both and `max` above.
IN_GPT_WORDS = MappingProxyType({"hd": "high", "standard": "medium"})
IN_LESSER_GPT_WORDS = MappingProxyType({**IN_GPT_WORDS, "xhigh": "high", "max": "high"})
IN_DALL_E_3_WORDS = MappingProxyType(
    {"low": "standard", "medium": "standard", "high": "hd", "xhigh": "hd", "max": "hd"}
)
IN_DALL_E_2_WORDS = MappingProxyType(
    dict.fromkeys(("low", "medium", "high", "xhigh", "max", "hd"), "standard")
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Model:
    """What is known of one model; there is one such value a model, so it is equal to itself."""

    rules: Mapping[str, Rule]
    pictures_per_call: int = MOST_PER_CALL
    is_gpt_image: bool = False


def find_model(name: str | None) -> Model | None:
    """Return what is known of a model; None where it is not known, or none is named."""
    return None if name is None or len(name) > LONGEST_NAME else _find(name)


@lru_cache(maxsize=256)
def _find(name: str) -> Model | None:
    for pattern, make in FAMILIES:
        if pattern.fullmatch(name):
            return make(name)
    return None


def _dall_e_2(name: str) -> Model:
    quality = one_of(
        "quality",
        ("standard",),
        f"{name} has only standard",
        nearest=IN_DALL_E_2_WORDS,
        harmless=("auto",),
    )
    style = drop("style", f"{name} has none")
    return Model(rules=_dall_e(name, DALL_E_2_SIZES, quality=quality, style=style))


def _dall_e_3(name: str) -> Model:
    quality = one_of(
        "quality",
        DALL_E_3_QUALITIES,
        f"{name} has standard and hd",
        nearest=IN_DALL_E_3_WORDS,
        harmless=("auto",),
    )
    style = one_of("style", ("vivid", "natural"), f"{name} has vivid and natural")
    rules = _dall_e(name, DALL_E_3_SIZES, quality=quality, style=style)
    return Model(rules=rules, pictures_per_call=1)


def _dall_e(name: str, sizes: Sequence[Size], *, quality: Rule, style: Rule) -> Mapping[str, Rule]:
    none = f"{name} has none"
    formats = ("url", "b64_json")
    return MappingProxyType(
        {
            **_absent(name),
            "size": size_rule(partial(nearest_size, offered=sizes), auto=False),
            "quality": quality,
            "style": style,
            "response_format": one_of("response_format", formats, f"{name} has url and b64_json"),
            "background": drop("background", none, harmless=("auto", "opaque")),
            "output_format": drop("output_format", f"{name} gives png", harmless=("png",)),
            "output_compression": drop("output_compression", none),
            "moderation": drop("moderation", none, harmless=("auto",)),
        }
    )


def _gpt_image(name: str, *, size: Rule, qualities: Sequence[str]) -> Model:
    grades = IN_GPT_WORDS if "max" in qualities else IN_LESSER_GPT_WORDS
    rules = {
        **_absent(name),
        "size": size,
        "quality": one_of("quality", qualities, f"unknown to {name}", nearest=grades),
        "style": drop("style", f"{name} has none"),
        "response_format": give_base64,
        "output_format": one_of(
            "output_format", FORMATS, f"unknown to {name}", same=MappingProxyType({"jpg": "jpeg"})
        ),
    }
    return Model(rules=MappingProxyType(rules), is_gpt_image=True)


def _absent(name: str) -> Mapping[str, Rule]:
    """Return the rules for what other providers have and OpenAI's models have not."""
    none = f"{name} has none"
    return {"seed": drop("seed", none), "negative_prompt": drop_unshown("negative_prompt", none)}


_gpt_image_1 = partial(
    _gpt_image,
    size=size_rule(partial(nearest_size, offered=GPT_IMAGE_1_SIZES), auto=True),
    qualities=UP_TO_HIGH,
)
_free_size = size_rule(GPT_IMAGE_2_SIZES.nearest, auto=True)

DATE = r"(-\d{4}-\d\d-\d\d)?"
FAMILIES: tuple[tuple[re.Pattern[str], Callable[[str], Model]], ...] = (
    (re.compile(r"dall-e-2"), _dall_e_2),
    (re.compile(r"dall-e-3"), _dall_e_3),
    (re.compile(r"(gpt-image-1(-mini|\.5)?|chatgpt-image-latest)" + DATE), _gpt_image_1),
    (
        re.compile(r"gpt-image-2" + DATE),
        partial(_gpt_image, size=_free_size, qualities=UP_TO_HIGH),
    ),
    (
        re.compile(r"gpt-image-2\.[56]-[a-z]+" + DATE),
        partial(_gpt_image, size=_free_size, qualities=UP_TO_MAX),
    ),
)
