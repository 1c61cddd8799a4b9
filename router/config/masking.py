"""Masking: what looks like a secret is shown to nobody, not even in an error about it."""

import json
import re

from router.core.jsontypes import JSON

SECRET_NAME = re.compile(
    r"(?!virtual[_-]?keys?$)(?!hash_fields$)(?!own_provider_keys$).*"
    r"(key|token|secret|passw|auth(?!_mode$)|credential|service_account|digest)",
    re.IGNORECASE,
)
"""Names of keys whose values are never shown; misspelt ones too."""

SECRET_TEXT = re.compile(
    r"\b(?:sk|pk|rk|r8|key|api|tok|ghp|xox|hf|pxr)[-_][A-Za-z0-9_\-]{8,}"  # keys with a prefix
    r"|\b(?=[A-Za-z]*\d)[A-Za-z0-9]{32,}"  # bare ones, as Azure's
    r"|(?<=//)[^/@\s]+(?=@)"  # user:password@host
    r"|(?<=[Bb]earer )\S+"
)

SECRET_PAIR = re.compile(
    r"""(?P<name>[\w-]*(?:key|token|secret|passw|auth|credential|digest)[\w-]*["']?\s*[:=]\s*)"""
    r"""(?P<value>"(?:[^"\\]|\\.)*"?|'(?:[^']|'')*'?|(?:\$\{[^}]*\}|[^\s,}\]])+)""",
    re.IGNORECASE,
)

KEYS = "keys"
"""What a gateway calls its callers: a mapping of settings by name, none of them a secret."""

HARMLESS_NAME = re.compile(r"(?i)virtual[_-]?key|azure_auth|auth_|own_provider_keys")

REFERENCE = re.compile(r"""["']?\$\{(?:file:[^}]*|[^}:]*)\}["']?""")
"""Says where a secret is, and none itself; the default of one might be."""

LONGEST = 60  # characters of a value that a message shows


def is_secret_name(name: str) -> bool:
    return SECRET_NAME.match(name) is not None


def masked(text: str) -> str:
    """Put asterisks over what looks like a secret; the length stays."""
    return SECRET_TEXT.sub(lambda match: "*" * len(match[0]), text)


def masked_source(text: str) -> str:
    """Mask a line of a file, where names tell more than shapes do."""
    return masked(SECRET_PAIR.sub(_mask_pair, text))


def _mask_pair(match: re.Match[str]) -> str:
    name, value = match["name"], match["value"]
    harmless = REFERENCE.fullmatch(value) or HARMLESS_NAME.match(name)
    return match[0] if harmless else name + "*" * len(value)


def shown(value: JSON) -> str:
    """Write a value for a message: short, and no secret."""
    if isinstance(value, str):
        text = masked(value[: 4 * LONGEST])
        return repr(text if len(text) <= LONGEST else text[: LONGEST - 3] + "...")
    if isinstance(value, bool) or value is None or isinstance(value, int | float):
        return json.dumps(value)
    return "a mapping" if hasattr(value, "keys") else "a list"
