"""Veil: texts without what must not stay in them: a private prompt, a picture, half a letter."""

import re
from collections.abc import Callable
from typing import TypeAlias

LONGEST = 2000  # characters of a message
LONGEST_NAME = 256  # characters of a name or an id
LONGEST_PROMPT = 32_000  # characters: the longest that OpenAI takes
RUN = 16  # characters: as many in common with the prompt are a part of it
STRIDE = RUN // 2  # wherever a run begins, it has a whole stride in it
HIDDEN = "[prompt]"
PICTURE = 200  # characters of base64 that are no word
BASE64 = re.compile(rf"[A-Za-z0-9+/_-]{{{PICTURE},}}={{0,2}}")

Veil: TypeAlias = Callable[[str], str]
"""Returns a text as it may be kept."""


def veil(prompt: str) -> Veil:
    """Return what takes every part of a prompt out of a text.

    Providers' messages, and the reasons of decisions, may repeat it.
    """
    words = prompt.strip().lower()
    if not words:
        return plain
    if len(words) < RUN:
        whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
        return lambda text: plain(whole.sub(HIDDEN, text)) if text else text
    return lambda text: plain(_cut(text, words)) if text else text


def plain(text: str, longest: int = LONGEST) -> str:
    """Return a text that is not too long, and no picture in it."""
    return short(BASE64.sub(_told, text) if len(text) >= PICTURE else text, longest)


def name(text: str | None) -> str | None:
    return text if text is None else short(text, LONGEST_NAME)


def short(text: str, longest: int) -> str:
    """Cut a text, and replace halves of characters, which a file of UTF-8 cannot hold."""
    cut = text if len(text) <= longest else f"{text[: longest - 3]}..."
    return cut if cut.isascii() else cut.encode("utf-8", "replace").decode()


def _cut(text: str, words: str) -> str:
    """Replace what a text has in common with a prompt, both compared in lower case."""
    low = text.lower()
    if len(low) != len(text):  # a letter that becomes two: places cannot be compared
        text = low
    if not any(low[at : at + STRIDE] in words for at in range(0, len(low) - STRIDE + 1, STRIDE)):
        return text
    kept, at = [], 0
    while at < len(text):
        end = at
        while end + RUN <= len(low) and low[end : end + RUN] in words:
            end += 1
        if end == at:
            kept.append(text[at])
            at += 1
        else:
            kept.append(HIDDEN)
            at = end + RUN - 1
    return "".join(kept)


def _told(run: re.Match[str]) -> str:
    return f"[{len(run[0])} characters]"
