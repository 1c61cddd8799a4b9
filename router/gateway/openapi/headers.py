"""Headers: what a request may say beside its body, and what an answer does."""

from collections.abc import Mapping
from types import MappingProxyType

from router.core.jsontypes import JSON
from router.gateway.instructions import OPTIONS, PREFIX

ASKED: Mapping[str, tuple[str, JSON]] = MappingProxyType(
    {
        "provider": ("Who is asked, where no config says it; `@slug` is a virtual key.", "openai"),
        "virtual-key": ("The virtual key that is used.", "openai-prod"),
        "config": ("A config's id or an alias, or a config itself as JSON.", "fallback"),
        "metadata": ("JSON that conditions and logs see.", '{"plan": "paid"}'),
        "trace-id": ("Names the request; the answer echoes it.", "checkout-17"),
        "cache-namespace": ("Answers are shared only within it.", "shop"),
        "cache-force-refresh": ("`true` asks anew, and keeps the new answer.", "true"),
        "request-timeout": ("Of one attempt, in milliseconds; beats the config's.", 60000),
        "retry-count": ("Retries, where headers alone choose the provider.", 2),
        "forward-headers": ("Names of headers that go to the provider: JSON or commas.", "x-team"),
        "sensitive-headers": ("Accepted; no header is logged at all.", '["x-team"]'),
        "strict-open-ai-compliance": ("`true` leaves out what OpenAI's answers lack.", "true"),
        "debug": ("`false` keeps prompt and pictures out of log and cache.", "false"),
    }
)
"""Portkey's headers without their prefix: what each means, and an example."""

COUNTS = frozenset({"request-timeout", "retry-count"})

OTHERS: Mapping[str, tuple[str, JSON]] = MappingProxyType(
    {
        "x-stainless-read-timeout": ("Seconds the client waits; it is answered before.", 600),
        "traceparent": (
            "W3C trace context, which is passed on.",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
    }
)

TEXT: Mapping[str, JSON] = MappingProxyType({"type": "string", "maxLength": 1024})
NUMBER: Mapping[str, JSON] = MappingProxyType({"type": "integer", "minimum": 0})

ANSWERED: Mapping[str, tuple[str, Mapping[str, JSON]]] = MappingProxyType(
    {
        "x-request-id": ("The gateway's name for the request.", TEXT),
        f"{PREFIX}trace-id": ("The request's own, else the same.", TEXT),
        f"{PREFIX}provider": ("Who answered, or was asked last.", TEXT),
        f"{PREFIX}last-used-option-index": ("Its place in the config.", TEXT),
        f"{PREFIX}retry-attempt-count": (
            "Retries of the target that answered; -1 where all of them failed.",
            {"type": "integer", "minimum": -1},
        ),
        f"{PREFIX}cache-status": (
            "What the cache did.",
            {"type": "string", "enum": ["HIT", "MISS", "REFRESH", "DISABLED"]},
        ),
        f"{PREFIX}route": ("Every attempt: place, provider, status and what failed.", TEXT),
        f"{PREFIX}attempts": ("How many calls were made.", NUMBER),
        f"{PREFIX}adaptations": ("What was changed for the model.", TEXT),
        f"{PREFIX}cost": ("In US dollars, where it is known.", TEXT),
        "x-should-retry": (
            "`false` where a picture may have been bought: asking again may buy another.",
            {"type": "string", "const": "false"},
        ),
        "retry-after": ("Seconds to wait before asking again.", NUMBER),
    }
)
"""Headers of answers: what each means, and its schema."""

ALWAYS = ("x-request-id", f"{PREFIX}trace-id")
ON_SUCCESS = tuple(name for name in ANSWERED if name not in {"x-should-retry", "retry-after"})
ON_FAILURE = tuple(ANSWERED)


def header_parameters() -> dict[str, JSON]:
    """Return every header of a request, by its name."""
    ours = {f"{PREFIX}{name}": said for name, said in ASKED.items()}
    options: dict[str, tuple[str, JSON]] = {
        f"{PREFIX}{name}": (f"`{key}` of the target, where there is no config.", None)
        for name, key in OPTIONS.items()
    }
    return {
        name: _parameter(name, says, example)
        for name, (says, example) in {**ours, **options, **OTHERS}.items()
    }


def _parameter(name: str, says: str, example: JSON) -> Mapping[str, JSON]:
    is_count = name.removeprefix(PREFIX) in COUNTS
    schema: dict[str, JSON] = {"type": "string"}
    if is_count:
        schema = {"type": "integer", "minimum": 0, "maximum": 999_999_999}
    said = {} if example is None else {"example": example}
    return {"name": name, "in": "header", "description": says, "schema": schema, **said}


def answer_headers() -> dict[str, JSON]:
    """Return every header of an answer, by its name."""
    return {
        name: {"description": says, "schema": schema, "required": name in ALWAYS}
        for name, (says, schema) in ANSWERED.items()
    }
