"""Veil: texts without what must not stay in them: a private prompt, a picture, half a letter."""

import re
from collections.abc import Callable
from dataclasses import replace

from router.core.trace import Attempt, Decision
from router.gateway.request_log.record import Record

LONGEST = 2000  # characters of a message
LONGEST_NAME = 256  # characters of a name or an id
LONGEST_PROMPT = 32_000  # characters: the longest that OpenAI takes
RUN = 16  # characters: as many in common with the prompt are a part of it
HIDDEN = "[prompt]"
BASE64 = re.compile(r"[A-Za-z0-9+/_-]{200,}={0,2}")


def veiled(record: Record, *, has_prompt: bool) -> Record:
    """Return the record as it is kept: with its prompt, or without a word of it.

    Providers' messages, and the reasons of decisions, may repeat the prompt or a part of it.
    """
    prompt = record.prompt or ""
    plain = _plain if has_prompt else _without(prompt)
    served = None if record.served is None else _attempt(record.served, plain)
    return replace(
        record,
        prompt=_plain(prompt, LONGEST_PROMPT) if has_prompt else None,
        message=plain(record.message),
        model=None if record.model is None else _name(record.model),
        request_id=_name(record.request_id),
        trace_id=_name(record.trace_id),
        config=_name(record.config),
        served=served,
        attempts=tuple(_attempt(one, plain) for one in record.attempts),
        decisions=tuple(_decision(one, plain) for one in record.decisions),
    )


def _attempt(attempt: Attempt, plain: Callable[[str], str]) -> Attempt:
    return replace(
        attempt,
        model=None if attempt.model is None else _name(attempt.model),
        message=plain(attempt.message),
        wait_reason=plain(attempt.wait_reason),
        adaptations=tuple(map(plain, attempt.adaptations)),
        request_id=None if attempt.request_id is None else _name(attempt.request_id),
    )


def _decision(decision: Decision, plain: Callable[[str], str]) -> Decision:
    return replace(decision, chosen=plain(decision.chosen), reason=plain(decision.reason))


def _without(prompt: str) -> Callable[[str], str]:
    """Return what takes every part of a prompt out of a text."""
    words = prompt.strip().lower()
    if not words:
        return _plain
    if len(words) < RUN:
        whole = re.compile(rf"(?<!\w){re.escape(words)}(?!\w)", re.IGNORECASE)
        return lambda text: _plain(whole.sub(HIDDEN, text))
    return lambda text: _plain(_cut(text, words))


def _cut(text: str, words: str) -> str:
    """Replace what a text has in common with a prompt, both compared in lower case."""
    low = text.lower()
    if len(low) != len(text):  # a letter that becomes two: places cannot be compared
        return _cut(low, words)
    kept, at = [], 0
    while at < len(text):
        end = at
        while low[end : end + RUN] in words and end + RUN <= len(low):
            end += 1
        if end == at:
            kept.append(text[at])
            at += 1
        else:
            kept.append(HIDDEN)
            at = end + RUN - 1
    return "".join(kept)


def _plain(text: str, longest: int = LONGEST) -> str:
    return _short(BASE64.sub(_told, text), longest) if text else text


def _told(run: re.Match[str]) -> str:
    return f"[{len(run[0])} characters]"


def _name(text: str) -> str:
    return _short(text, LONGEST_NAME)


def _short(text: str, longest: int) -> str:
    """Cut a text, and replace halves of characters, which a file of UTF-8 cannot hold."""
    cut = text if len(text) <= longest else f"{text[: longest - 3]}..."
    return cut if cut.isascii() else cut.encode("utf-8", "replace").decode()
