"""Callers: whose request it is, and which of its secrets belongs to whom."""

from collections.abc import Mapping

from router.core.light_value import light_value
from router.core.secret import Secret
from router.gateway.keys import find_key, looks_like_ours
from router.gateway.refusal import Refusal
from router.gateway.settings import ApiKey, Settings

BEARER = "bearer "
PLACEHOLDERS = frozenset({"OPENAI_API_KEY", "DUMMY-KEY"})
"""What Portkey's SDKs send as a key where nobody gave one."""

UNKNOWN = (
    "the API key is missing or not known here; send one as x-portkey-api-key, as Authorization: "
    "Bearer, or as api-key ('pixroute keys create NAME' makes one)"
)


@light_value
class Caller:
    """`key` is the gateway's own, None where none are configured.

    `provider_key` is the caller's own key at a provider, where it may bring one.
    """

    key: ApiKey | None = None
    provider_key: Secret | None = None

    @property
    def name(self) -> str:
        return "" if self.key is None else self.key.name


def caller_of(headers: Mapping[str, str], settings: Settings) -> Caller:
    """Tell who is calling. Raises Refusal where keys are configured, and none of them came."""
    named = headers.get("x-portkey-api-key", "").strip()
    bearer = _bearer(headers)
    if not settings.needs_key:
        brought = _brought(bearer, named) if settings.own_provider_keys else None
        return Caller(provider_key=brought)
    presented = named or bearer or headers.get("api-key", "").strip()
    key = find_key(presented, settings.keys)
    if key is None:
        raise Refusal(401, UNKNOWN, code="invalid_api_key")
    brought = _brought(bearer, presented) if key.own_provider_keys else None
    if brought is not None and find_key(bearer, settings.keys) is not None:
        brought = None  # another one of ours
    return Caller(key=key, provider_key=brought)


def _bearer(headers: Mapping[str, str]) -> str:
    """Return what `Authorization` carries; `createHeaders` for Node writes a key there alone."""
    value = headers.get("authorization", "").strip()
    if value.lower().startswith(BEARER):
        return value[len(BEARER) :].strip()
    return "" if " " in value else value


def _brought(bearer: str, presented: str) -> Secret | None:
    """Return a bearer that can only be meant for a provider."""
    if not bearer or bearer == presented or bearer in PLACEHOLDERS or looks_like_ours(bearer):
        return None
    return Secret(bearer)
