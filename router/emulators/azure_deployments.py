"""Deployments: which model an Azure deployment's name stands for, and how Azure serves it."""

import re
from dataclasses import replace
from functools import cache

from router.emulators.openai_models import DALLE_3, FAMILIES, Family, family_of

MISSING = "missing"
"""A deployment with this in its name does not exist; any other does."""

USUAL = "gpt-image-2"
"""What a deployment serves whose name says nothing."""

# Azure's specification of 2025-04-01-preview, and of v1, which follows OpenAI's own more closely.
CLASSIC_PARAMS = frozenset(
    {
        "background",
        "model",
        "n",
        "output_compression",
        "output_format",
        "partial_images",
        "prompt",
        "quality",
        "size",
        "stream",
        "user",
    }
)
V1_PARAMS = CLASSIC_PARAMS | {"moderation", "safety_identifier"}

# Azure never served dall-e-2 in the form that this emulator speaks.
KNOWN = tuple(model for family in FAMILIES for model in family.models if family.kind != "dall-e-2")


@cache
def model_of(deployment: str) -> str:
    """The model a deployment's name mentions, however it is spelt; the usual one if none."""
    name = _letters(deployment)
    mentioned = (model for model in KNOWN if _letters(model) in name)
    return max(mentioned, key=len, default=USUAL)


def family_at_azure(model: str, *, classic: bool) -> Family:
    """The rules of a model at Azure: no webp, and no quality above high."""
    family = family_of(model) or DALLE_3
    if not family.is_gpt:
        return family
    return replace(
        family,
        params=CLASSIC_PARAMS if classic else V1_PARAMS,
        qualities=("auto", "low", "medium", "high"),
        formats=("png", "jpeg"),
    )


def _letters(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
