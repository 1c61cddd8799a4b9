"""Gemini's usage in OpenAI's shape. What is thought counts as text: it costs what text costs."""

from collections.abc import Mapping

from router.core.jsontypes import JSON, sequence
from router.core.skeleton import as_object


def read_usage(said: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Translate `usageMetadata`; empty where nothing is counted.

    said: {"promptTokenCount": int, "promptTokensDetails": [{"modality": str, "tokenCount": int}],
    "candidatesTokenCount", "candidatesTokensDetails", "thoughtsTokenCount",
    "toolUsePromptTokenCount", "cachedContentTokenCount", "totalTokenCount"}
    """
    if not said:
        return {}
    used = _count(said, "promptTokenCount") + _count(said, "toolUsePromptTokenCount")
    made = _made(said, used)
    usage: dict[str, JSON] = {
        "input_tokens": used,
        "output_tokens": made,
        "total_tokens": used + made,
    }
    pictures = _of_pictures(said, "promptTokensDetails", used)
    if pictures is not None:
        usage["input_tokens_details"] = {
            "text_tokens": used - pictures,
            "image_tokens": pictures,
            "cached_tokens": _count(said, "cachedContentTokenCount"),
        }
    pictures = _of_pictures(said, "candidatesTokensDetails", made)
    if pictures is not None:
        usage["output_tokens_details"] = {
            "text_tokens": made - pictures,
            "image_tokens": pictures,
            "reasoning_tokens": _count(said, "thoughtsTokenCount"),
        }
    return usage


def _made(said: Mapping[str, JSON], used: int) -> int:
    """Count what was answered, by the total: some models count thoughts as part of it, some not."""
    total = _count(said, "totalTokenCount")
    if total >= used and "totalTokenCount" in said:
        return total - used
    return _count(said, "candidatesTokenCount") + _count(said, "thoughtsTokenCount")


def _of_pictures(said: Mapping[str, JSON], name: str, whole: int) -> int | None:
    """Count the tokens of pictures; None where it is not said which tokens are theirs."""
    if name not in said:
        return None
    details = map(as_object, sequence(said[name]))
    return min(
        whole, sum(_count(one, "tokenCount") for one in details if one.get("modality") == "IMAGE")
    )


def _count(said: Mapping[str, JSON], name: str) -> int:
    count = said.get(name)
    return count if isinstance(count, int) and not isinstance(count, bool) and count > 0 else 0
