"""Companies: who stands behind LiteLLM's prefixes, and which of their models make pictures.

LiteLLM's names and variables are those of its documentation, docs.litellm.ai/docs/providers, and
of its image_generation pages, read 2026-11-26.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

OWN_SERVER = "openai-compatible"
"""Whoever speaks OpenAI's dialect at a host of one's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Where a prefix leads. `provider` None means that it is not routed here, for a `reason`.

    `variables` are the environment variables in which LiteLLM looks for the key and the host.
    `draws` tells that all of its models make pictures, as far as LiteLLM routes them by this
    prefix. `needs_host` is for servers of one's own.
    """

    provider: str | None = None
    reason: str = ""
    key: str = ""
    host: str = ""
    draws: bool = False
    needs_host: bool = False


def _absent(what: str, *, draws: bool = False) -> Company:
    return Company(reason=f"{what} is not routed here", draws=draws)


COMPANIES: Mapping[str, Company] = MappingProxyType(
    {
        "openai": Company(provider="openai", key="OPENAI_API_KEY"),
        "azure": Company(provider="azure-openai", key="AZURE_API_KEY", host="AZURE_API_BASE"),
        "stability": Company(provider="stability-ai", key="STABILITY_API_KEY", draws=True),
        "recraft": Company(provider="recraft-ai", key="RECRAFT_API_KEY", draws=True),
        "gemini": Company(provider="google", key="GEMINI_API_KEY"),
        "replicate": Company(provider="replicate", key="REPLICATE_API_KEY"),
        "together_ai": Company(provider="together-ai", key="TOGETHERAI_API_KEY"),
        "xai": Company(provider="x-ai", key="XAI_API_KEY"),
        "deepinfra": Company(provider="deepinfra", key="DEEPINFRA_API_KEY"),
        "nscale": Company(provider="nscale", key="NSCALE_API_KEY"),
        "xinference": Company(
            provider="xinference", host="XINFERENCE_API_BASE", draws=True, needs_host=True
        ),
        "litellm_proxy": Company(
            provider=OWN_SERVER,
            key="LITELLM_PROXY_API_KEY",
            host="LITELLM_PROXY_API_BASE",
            needs_host=True,
        ),
        "custom_openai": Company(provider=OWN_SERVER, needs_host=True),
        "openai_like": Company(provider=OWN_SERVER, needs_host=True),
        "hosted_vllm": Company(provider=OWN_SERVER, host="HOSTED_VLLM_API_BASE", needs_host=True),
        "vertex_ai": _absent("Vertex AI"),
        "vertex_ai_beta": _absent("Vertex AI"),
        "bedrock": _absent("Amazon Bedrock"),
        "azure_ai": _absent("Azure AI Foundry's own API"),
        "aiml": _absent("AI/ML API", draws=True),
        "fal_ai": _absent("fal.ai", draws=True),
        "runwayml": _absent("Runway", draws=True),
        "topaz": _absent("Topaz", draws=True),
        "black_forest_labs": _absent("Black Forest Labs' own API", draws=True),
        "openrouter": _absent("OpenRouter"),
        "fireworks_ai": _absent("Fireworks AI"),
        "huggingface": _absent("Hugging Face"),
    }
)
"""By LiteLLM's prefix. Any other makes no pictures there."""

PICTURE_MODES = frozenset({"image_generation", "image_edit", "image_edits", "image_variation"})
"""What `model_info.mode` says of a model that makes pictures."""

PICTURE_WORDS = re.compile(
    r"(?i)(image|dall[-_.]?e|imagen|diffusion|\bsd\d|sdxl|flux|recraft|kontext|ideogram|seedream"
    r"|nano[-_]?banana|hidream|kandinsky|playground-v|pixart|midjourney|imagine|titan-image"
    r"|nova-canvas|stable-)"
)
"""Words in the names of models that make pictures."""

TALKING_WORDS = re.compile(
    r"(?i)(embed|whisper|\btts\b|rerank|moderation|imageless|image-to-text|vision-preview"
    r"|instruct|\bchat\b|llama|mistral|claude|command-r|deepseek-)"
)
"""Words in the names of models that do not, whatever else is in them."""


def draws(*names: str) -> bool:
    """Tell by their names whether a model makes pictures."""
    if any(TALKING_WORDS.search(name) for name in names[:1]):
        return False
    return any(PICTURE_WORDS.search(name) for name in names)


def split(model: str) -> tuple[str, str]:
    """Split LiteLLM's name of a model at its prefix; without a known one it is OpenAI's."""
    prefix, slash, name = model.partition("/")
    if slash and re.fullmatch(r"[a-z0-9_]+", prefix):
        return prefix, name
    return "openai", model
