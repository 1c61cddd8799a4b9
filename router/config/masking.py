"""Masking: what looks like a secret is shown to nobody, not even in an error about it."""

import json
import re
from collections.abc import Mapping

from router.core.jsontypes import JSON, is_list

SECRET_NAME = re.compile(
    r"(?!virtual[_-]?keys?$)(?!hash_fields$)(?!own_provider_keys$).*"
    r"(key|token|secret|passw|auth(?!_mode$)|credential|service_account|digest)"
    r"|((extra|request|default|custom|http)_)?headers$"
    r"|(env|environment|environment_variables|general_settings)$",  # LiteLLM's, of any names
    re.IGNORECASE,
)
"""Names of keys whose values are never shown; misspelt ones too."""

STEP = re.compile(r"[.\[\]]+")
"""What stands between the steps of a path into a request."""

SECRET_TEXT = re.compile(
    r"\b(?:sk|pk|rk|r8|key|api|tok|ghp|xox|hf|pxr)[-_][A-Za-z0-9_\-]{8,}"  # keys with a prefix
    r"|\b(?=[A-Za-z]*\d)[A-Za-z0-9]{32,}"  # bare ones, as Azure's
    r"|(?<=//)(?:[^/\s\"']+|[^/@\s]+)(?=@)"  # user:password@host
    r"|(?<=[Bb]earer )\S+"
)

QUERY = re.compile(r"(?:://|[?&](?=[\w.~%-]+=))(?:[^\s\"'<>]|'(?![\s,}\])]|$))+")
"""A URL, or its end where it has no host: in its query and its fragment people put keys."""

PIECE = re.compile(r"(?P<name>(?:^|(?<=[?&#;]))[^?&#;=]+=(?!=*(?:[?&#;]|$)))?(?P<value>[^?&#;]+)")
"""One piece of a query: what stands behind its name, or all of it where it has none."""

CLOSING = ",}])"
"""What follows a URL in a file, and hardly ever ends it."""

SECRET_PAIR = re.compile(
    r"""(?P<name>[\w-]*(?:key|token|secret|passw|auth|credential|digest)[\w-]*\\?["']?\s*[:=]\s*)"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?"""
    r"""|(?:bearer|basic)\s+[^\s,}\]]+|(?:\$\{[^}]*\}|[^\s,}\]])+)""",
    re.IGNORECASE,
)

KEYS = "keys"
"""What a gateway calls its callers: a mapping of settings by name, none of them a secret."""

HARMLESS_NAME = re.compile(r"(?i)virtual[_-]?key|azure_auth|auth_|own_provider_keys")

REFERENCE = re.compile(r"""["']?\$\{(?:file:[^}]*|[^}:]*)\}["']?""")
"""Says where a secret is, and none itself; the default of one might be."""

LONGEST = 60  # characters of a value that a message shows
STARS = "***"


def is_secret_name(name: str) -> bool:
    """Tell whether a name, or a step of a path such as `metadata.api_key`, tells of a secret."""
    return any(SECRET_NAME.match(step) for step in STEP.split(name))


def masked(text: str) -> str:
    """Put asterisks over what looks like a secret; the length stays."""
    starred = SECRET_TEXT.sub(lambda match: "*" * len(match[0]), text)
    return QUERY.sub(_mask_query, starred)


def _mask_query(match: re.Match[str]) -> str:
    url = match[0].rstrip(CLOSING)
    begin = re.search(r"^[?&]|[?#]", url)
    if begin is None:
        return match[0]
    query = PIECE.sub(_mask_piece, url[begin.end() :])
    return url[: begin.end()] + query + match[0][len(url) :]


def _mask_piece(match: re.Match[str]) -> str:
    return (match["name"] or "") + "*" * len(match["value"])


def masked_source(text: str) -> str:
    """Mask a line of a file, where names tell more than shapes do."""
    return masked(SECRET_PAIR.sub(_mask_pair, text))


def _mask_pair(match: re.Match[str]) -> str:
    name, value = match["name"], match["value"]
    harmless = REFERENCE.fullmatch(value) or HARMLESS_NAME.match(name)
    return match[0] if harmless else name + "*" * len(value)


def without_secrets(value: JSON, name: str = "") -> JSON:
    """Return a value with asterisks over what is, or looks like, a secret, at any depth.

    `name` is what it stands under, or a path into a request.
    """
    if is_secret_name(name):
        return STARS
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, Mapping):
        return {masked(key): without_secrets(one, key) for key, one in value.items()}
    return [without_secrets(one) for one in value] if is_list(value) else value


def holds_secret(value: JSON, name: str = "") -> bool:
    """Tell whether `without_secrets` would hide any of a value."""
    if is_secret_name(name):
        return True
    if isinstance(value, str):
        return masked(value) != value
    if isinstance(value, Mapping):
        return any(masked(key) != key or holds_secret(one, key) for key, one in value.items())
    return is_list(value) and any(map(holds_secret, value))


def shown(value: JSON, name: str = "") -> str:
    """Write a value for a message: short, and no secret; `name` is what it stands under."""
    if value is not None and is_secret_name(name):
        return repr(STARS)
    if isinstance(value, str):
        text = masked(value[: 4 * LONGEST])
        return repr(text if len(text) <= LONGEST else text[: LONGEST - 3] + "...")
    if isinstance(value, bool) or value is None or isinstance(value, int | float):
        return json.dumps(value)
    return "a mapping" if hasattr(value, "keys") else "a list"
