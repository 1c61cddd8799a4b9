"""Usage: how many tokens OpenAI counts for a request, near enough for costs to look real."""

from collections.abc import Mapping
from types import MappingProxyType

from router.core.jsontypes import JSON
from router.emulators.openai_order import Order

# Tokens of one picture by its pixels. The first row from Azure's prices per pixel, the 2.5 row
# from its reported prices per picture. gpt-image-2 from three reported prices at 30 dollars a
# million tokens. Nothing reliable is known of 2.6, which is counted as 2.5 here.
Table = Mapping[str, Mapping[str, int]]

GPT_1: Table = MappingProxyType(
    {
        "1024x1024": {"low": 272, "medium": 1056, "high": 4160},
        "1024x1536": {"low": 408, "medium": 1584, "high": 6240},
        "1536x1024": {"low": 400, "medium": 1568, "high": 6208},
    }
)
GPT_2: Table = MappingProxyType(
    {"1024x1024": {"low": 200, "medium": 1767, "high": 7033}},
)
GPT_25: Table = MappingProxyType(
    {
        "1024x1024": {"low": 196, "medium": 439, "high": 1756, "xhigh": 3122, "max": 7024},
        "1024x1536": {"low": 158, "medium": 343, "high": 1372, "xhigh": 2459, "max": 5488},
        "3840x2160": {"low": 371, "medium": 865, "high": 3336, "xhigh": 5930, "max": 13342},
    }
)

PARTIAL = 100  # tokens of an unfinished picture that is shown; OpenAI's guide to image generation


def usage(order: Order) -> Mapping[str, JSON]:
    """The `usage` object of a GPT model's answer."""
    text = max(1, round(len(order.prompt) / 4))  # four letters a token, as a rule of thumb
    pictures = (_picture_tokens(order) + PARTIAL * order.partials) * order.n
    given = order.image_tokens
    return {
        "input_tokens": text + given,
        "input_tokens_details": {"text_tokens": text, "image_tokens": given},
        "output_tokens": pictures,
        "output_tokens_details": {"image_tokens": pictures, "text_tokens": 0},
        "total_tokens": text + given + pictures,
    }


def _picture_tokens(order: Order) -> int:
    """By the table's own size, else by that with the nearest number of pixels."""
    table = _table(order.model)
    row = table.get(order.size)
    if row is None:
        pixels = order.width * order.height
        nearest = min(table, key=lambda size: (abs(_pixels(size) - pixels), size))
        row = table[nearest]
    return row[order.quality]


def _table(model: str) -> Table:
    if model.startswith(("gpt-image-2.5", "gpt-image-2.6")):
        return GPT_25
    return GPT_2 if model.startswith("gpt-image-2") else GPT_1


def _pixels(size: str) -> int:
    width, _, height = size.partition("x")
    return int(width) * int(height)
