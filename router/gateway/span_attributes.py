"""Span attributes: what telemetry says of a request and of each attempt, and never a prompt.

Names that begin `gen_ai.` are OpenTelemetry's conventions for generative models; where those have
no word for pictures, `image.` has ours.
"""

from collections.abc import Mapping
from typing import TypeAlias

from router.core.attempt import Attempt
from router.core.images import PARAMETERS, Picture
from router.core.outcome import Kind
from router.gateway.exchange import Exchange

Value: TypeAlias = str | bool | int | float | tuple[str, ...]
Attributes: TypeAlias = Mapping[str, Value]

GENERATE_CONTENT = "generate_content"
IMAGE = "image"

PROVIDERS = {"azure-openai": "azure.ai.openai", "google": "gcp.gemini", "x-ai": "x_ai"}
"""Providers that the conventions call otherwise than we do."""

LONGEST = 256  # characters of one value
MOST_NOTES = 32

SAYABLE = PARAMETERS - {"negative_prompt", "user"}
"""Parameters whose values may be told: they hold no words of the caller's."""


def of_request(exchange: Exchange) -> Attributes:
    """Describe a request. Pictures are counted and measured, not shown."""
    trace = exchange.trace
    served = trace.served if trace else None
    media = next((one for picture in exchange.pictures if (one := _media(picture))), None)
    return _told(
        {
            **_common(exchange.model),
            "gen_ai.request.stream": exchange.streamed,
            "gen_ai.response.model": served.model if served else None,
            "gen_ai.provider.name": _provider(served.provider) if served else None,
            "http.response.status_code": exchange.status,
            "error.type": exchange.kind or None,
            "image.operation": exchange.operation,
            "image.request_id": exchange.request_id,
            "image.trace": trace.id if trace else None,
            "image.config": exchange.config or None,
            "image.api_key": exchange.api_key or None,
            "image.cache": exchange.cache,
            "image.attempts": len(trace.attempts) if trace else 0,
            "image.count": len(exchange.pictures),
            "image.format": media[0] if media else None,
            "image.size": media[1] if media else None,
            "image.cost_usd": exchange.cost,
            "image.adaptations": _notes(served.adaptations) if served else None,
            "image.refused": exchange.kind == Kind.REFUSED,
            "image.gone": exchange.gone,
        }
    )


def of_attempt(attempt: Attempt) -> Attributes:
    """Describe one call to a provider."""
    return _told(
        {
            **_common(attempt.model),
            "gen_ai.provider.name": _provider(attempt.provider),
            "error.type": attempt.kind and attempt.kind.value,
            "image.route": attempt.path,
            "image.virtual_key": attempt.virtual_key,
            "image.status": attempt.status,
            "image.waited_seconds": attempt.waited or None,
            "image.received_bytes": attempt.received,
            "image.provider_request_id": attempt.request_id,
            "image.cost_usd": attempt.cost,
            "image.adaptations": _notes(attempt.adaptations),
            "image.refused": attempt.kind is Kind.REFUSED,
        }
    )


def clean(text: str) -> str:
    """Cut a text short, and make it one that can be sent: half a character costs a whole batch."""
    short = text[:LONGEST]
    return short if short.isascii() else short.encode("utf-8", "replace").decode()


def _common(model: str | None) -> Mapping[str, Value | None]:
    return {
        "gen_ai.operation.name": GENERATE_CONTENT,
        "gen_ai.output.type": IMAGE,
        "gen_ai.request.model": model,
    }


def _told(attributes: Mapping[str, Value | None]) -> Attributes:
    """Return those of which something is known."""
    return {
        name: clean(value) if isinstance(value, str) else value
        for name, value in attributes.items()
        if value is not None
    }


def _provider(name: str) -> str:
    return PROVIDERS.get(name, name)


def _media(picture: Picture) -> tuple[str, str | None] | None:
    """Return a picture's format, and its size where that can be read."""
    media = picture.media
    if media is None:
        return None
    return media.format, f"{media.width}x{media.height}" if media.width else None


def _notes(adaptations: tuple[str, ...]) -> tuple[str, ...] | None:
    """Return the notes on what was changed: only the name of what may hold the caller's words."""
    notes = tuple(clean(_said(note)) for note in adaptations[:MOST_NOTES])
    return notes or None


def _said(note: str) -> str:
    name = note.partition(" ")[0]
    return note if name in SAYABLE else name
