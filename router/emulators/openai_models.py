"""OpenAI's models: what each family accepts.

The OpenAPI document and the types of the openai package 3.54, as of November 2026.
"""

from dataclasses import dataclass
from typing import Literal

DALLE_PARAMS = frozenset({"model", "n", "prompt", "quality", "response_format", "size", "user"})

GPT_PARAMS = frozenset(
    {
        "background",
        "model",
        "moderation",
        "n",
        "output_compression",
        "output_format",
        "partial_images",
        "prompt",
        "quality",
        "safety_identifier",
        "size",
        "stream",
        "user",
    }
)

FREE_SIZE = "free"
"""Stands among the sizes of a family that takes any width and height within limits."""

STANDARD_SIZES = ("auto", "1024x1024", "1536x1024", "1024x1536")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """Models with the same rules. `prompt` is the most characters, `most` the most pictures.

    `fidelities` are the values of `input_fidelity`, which edits have.
    """

    kind: Literal["dall-e-2", "dall-e-3", "gpt"]
    models: tuple[str, ...]
    params: frozenset[str] = GPT_PARAMS
    prompt: int = 32_000
    most: int = 10
    sizes: tuple[str, ...] = STANDARD_SIZES
    qualities: tuple[str, ...] = ("auto", "low", "medium", "high")
    formats: tuple[str, ...] = ("png", "jpeg", "webp")
    fidelities: tuple[str, ...] = ("low", "high")
    retired: bool = False

    @property
    def is_gpt(self) -> bool:
        return self.kind == "gpt"


DALLE_2 = Family(
    kind="dall-e-2",
    models=("dall-e-2",),
    params=DALLE_PARAMS,
    prompt=1_000,
    sizes=("1024x1024", "512x512", "256x256"),
    qualities=("standard",),
    retired=True,
)

DALLE_3 = Family(
    kind="dall-e-3",
    models=("dall-e-3",),
    params=DALLE_PARAMS | {"style"},
    prompt=4_000,
    most=1,
    sizes=("1024x1024", "1792x1024", "1024x1792"),
    qualities=("standard", "hd"),
    retired=True,
)

GPT_IMAGE_1_RETIRED = Family(kind="gpt", models=("gpt-image-1",), retired=True)

GPT_IMAGE_1 = Family(
    kind="gpt",
    models=(
        "gpt-image-1-mini",
        "gpt-image-1.5",
        "gpt-image-1.5-2025-12-16",
        "chatgpt-image-latest",
    ),
)

# Sources disagree whether gpt-image-2 draws transparent backgrounds: the newest call it a preview.
GPT_IMAGE_2 = Family(
    kind="gpt",
    models=("gpt-image-2", "gpt-image-2-2026-04-21"),
    sizes=(*STANDARD_SIZES, FREE_SIZE),
    fidelities=(),
)

GPT_IMAGE_25 = Family(
    kind="gpt",
    models=(
        "gpt-image-2.5-sunburst",
        "gpt-image-2.5-flare",
        "gpt-image-2.5-sunburst-2026-09-08",
        "gpt-image-2.5-flare-2026-09-08",
    ),
    sizes=(*STANDARD_SIZES, FREE_SIZE),
    qualities=("auto", "low", "medium", "high", "xhigh", "max"),
)

# That 2.6 follows 2.5 in sizes and qualities is not in OpenAI's own types; others report it. Its
# gif and svg formats need an access that an ordinary account does not have, so they are not here.
GPT_IMAGE_26 = Family(
    kind="gpt",
    models=("gpt-image-2.6-sunburst", "gpt-image-2.6-flare"),
    params=GPT_PARAMS | {"complexity"},
    sizes=(*STANDARD_SIZES, FREE_SIZE),
    qualities=("auto", "low", "medium", "high", "xhigh", "max"),
)

FAMILIES = (
    DALLE_2,
    DALLE_3,
    GPT_IMAGE_1_RETIRED,
    GPT_IMAGE_1,
    GPT_IMAGE_2,
    GPT_IMAGE_25,
    GPT_IMAGE_26,
)


def family_of(model: str) -> Family | None:
    """The family that a model belongs to; None for an unknown model."""
    return next((family for family in FAMILIES if model in family.models), None)
