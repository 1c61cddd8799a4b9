"""The README's table of providers and operations, from the catalog and the table of dialects."""

# ruff: noqa: INP001  part of a script, not of a package

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from router.core.catalog import ModelFacts
from router.core.provider import ProviderInfo
from router.dialects.table import dialects
from router.providers.catalog import catalog_of
from router.providers.registry import providers

PAGE = Path(__file__).resolve().parents[1] / "README.md"
PLACE = re.compile(r"(?<=<!-- providers -->\n).*?(?=<!-- /providers -->)", re.DOTALL)

TITLES = {
    "openai": "OpenAI",
    "azure-openai": "Azure OpenAI",
    "stability-ai": "Stability AI",
    "together-ai": "Together AI",
    "segmind": "Segmind",
    "monsterapi": "Monster API",
    "replicate": "Replicate",
    "google": "Google Gemini",
    "openai-compatible": "any server that speaks OpenAI's dialect",
    "deepinfra": "DeepInfra",
    "nscale": "nscale",
    "recraft-ai": "Recraft",
    "x-ai": "xAI",
    "localai": "LocalAI",
    "vllm-omni": "vLLM-Omni",
    "sglang": "SGLang",
    "xinference": "Xinference",
    "sd-cpp": "stable-diffusion.cpp",
}

HEAD = """\
| provider | in a config | key | text to image | edits | masks | variations | streams | models |
|---|---|---|:-:|:-:|:-:|:-:|:-:|--:|
"""

YES, NO = "●", ""


@dataclass(frozen=True, slots=True)
class Operations:
    """What a provider's models can do that are still served; without models, its dialect."""

    generate: bool
    edit: bool
    masks: bool
    variation: bool
    streams: bool
    models: int


def page() -> str:
    """Return the whole README."""
    return PLACE.sub(lambda _: table(), PAGE.read_text(encoding="utf-8"), count=1)


def table() -> str:
    return HEAD + "".join(f"| {' | '.join(_cells(info))} |\n" for info in providers())


def _cells(info: ProviderInfo) -> Iterator[str]:
    can = _operations(info.name)
    yield TITLES[info.name]
    yield ", ".join(f"`{name}`" for name in (info.name, *info.aliases))
    yield f"`{info.key_variable}`" if info.key_variable else "none needed"
    for is_able in (can.generate, can.edit, can.masks, can.variation, can.streams):
        yield YES if is_able else NO
    yield str(can.models or "")


def _operations(provider: str) -> Operations:
    served = [model for model in catalog_of(provider).models if not model.is_retired(_day())]
    row = next((one for one in dialects() if one.name == provider), None)
    named = {name for model in served for name in model.operations}
    if row is not None:
        # The adapter of a row asks any model for what the row says.
        named = set(row.operations)
    return Operations(
        generate="generate" in named,
        edit="edit" in named,
        masks=row.takes_mask if row else any(map(_edits_by_mask, served)),
        variation="variation" in named,
        streams=any(model.streams for model in served),
        models=len(served),
    )


def _edits_by_mask(model: ModelFacts) -> bool:
    return "edit" in model.operations and model.takes_mask


def _day() -> dt.date:
    """Return the day the catalog was last read on: the table must not change by itself."""
    read = (model.read for info in providers() for model in catalog_of(info.name).models)
    return max(day for day in read if day is not None)
