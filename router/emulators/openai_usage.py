"""Usage: how many tokens OpenAI counts for a request, near enough for costs to look real."""

from collections.abc import Mapping
from types import MappingProxyType

from router.core.jsontypes import JSON
from router.emulators.openai_order import Order

# Tokens of one picture, from Azure's prices per pixel: this family has three sizes and no other.
GPT_1: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {
        "1024x1024": {"low": 272, "medium": 1056, "high": 4160},
        "1024x1536": {"low": 408, "medium": 1584, "high": 6240},
        "1536x1024": {"low": 400, "medium": 1568, "high": 6208},
    }
)

# Tiles along the longer edge, by quality. They and the rule below make every number that is known
# of OpenAI's calculator: those of its guide, of fal's prices and of community.openai.com,
# "Livestream starting now: ChatGPT Images 2.0".
Tiles = Mapping[str, int]
GPT_2: Tiles = MappingProxyType({"low": 16, "medium": 48, "high": 96})
GPT_25: Tiles = MappingProxyType({"low": 16, "medium": 24, "high": 48, "xhigh": 64, "max": 96})
# OpenAI has published no numbers of 2.6. Others count three to four times the tokens of 2.5 for low
# and medium: 30 and 45 tiles are in between.
GPT_26: Tiles = MappingProxyType({**GPT_25, "low": 30, "medium": 45})

TILE = 4_000_000  # pixels, LEAST included, of a picture whose tiles are a token each
LEAST = 2_000_000  # pixels that every picture counts for beside its own

# Tokens of text that some models write to themselves, seen in `usage` alone: some 200 a picture by
# "Gpt-image-1.5 Images API returns text output tokens" at community.openai.com.
WRITTEN = 200
WRITERS = ("gpt-image-1.5", "chatgpt-image-latest")

PARTIAL = 100  # tokens of an unfinished picture that is shown; OpenAI's guide to image generation


def usage(order: Order) -> Mapping[str, JSON]:
    """The `usage` object of a GPT model's answer."""
    text = max(1, round(len(order.prompt) / 4))  # four letters a token, as a rule of thumb
    pictures = (_picture_tokens(order) + PARTIAL * order.partials) * order.n
    written = WRITTEN * order.n if order.model.startswith(WRITERS) else 0
    given = order.image_tokens
    return {
        "input_tokens": text + given,
        "input_tokens_details": {"text_tokens": text, "image_tokens": given},
        "output_tokens": pictures + written,
        "output_tokens_details": {"image_tokens": pictures, "text_tokens": written},
        "total_tokens": text + given + pictures + written,
    }


def _picture_tokens(order: Order) -> int:
    tiles = _tiles(order.model)
    if tiles is None:
        return GPT_1[order.size][order.quality]
    return _tiled(tiles[order.quality], order.width, order.height)


def _tiled(along: int, width: int, height: int) -> int:
    """Count a picture's tiles, the shorter edge rounded half up, and what each of them weighs."""
    long, short = max(width, height), min(width, height)
    across = (2 * along * short + long) // (2 * long)
    weight = along * across * (LEAST + width * height)
    return -(-weight // TILE)


def _tiles(model: str) -> Tiles | None:
    if model.startswith("gpt-image-2.6"):
        return GPT_26
    if model.startswith("gpt-image-2.5"):
        return GPT_25
    return GPT_2 if model.startswith("gpt-image-2") else None
