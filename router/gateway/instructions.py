"""Instructions: what a request's headers say about how it is to be routed.

The names are Portkey's, `x-portkey-` and a key; unknown ones are ignored, as by Portkey.
"""

from collections.abc import Mapping
from typing import NamedTuple

from router.core.http import NO_HEADERS
from router.core.jsontypes import EMPTY, JSON
from router.gateway.header_values import list_in, mapping_in, plain
from router.gateway.refusal import Refusal

PREFIX = "x-portkey-"
LONGEST_CONFIG = 32 * 1024  # characters of a config in a header
LONGEST_ID = 128  # characters of a trace id
NEVER_FORWARDED = frozenset(
    {"authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "host"}
)
"""What carries a secret, or chooses the host: a target's credential sets them, nobody else."""

SAY_NOTHING = frozenset({"api-key", "package-version", "runtime", "runtime-version", "mode"})
"""What Portkey's SDKs always send, and nothing follows from."""

CHOICE = SAY_NOTHING | {"provider", "virtual-key", "config"}
"""What says no more than where a request goes, as most do."""

OPTIONS = {
    "custom-host": "custom_host",
    "openai-organization": "openai_organization",
    "openai-project": "openai_project",
    "azure-resource-name": "azure_resource_name",
    "azure-deployment-id": "azure_deployment_id",
    "azure-api-version": "azure_api_version",
    "azure-model-name": "azure_model_name",
    "azure-auth-mode": "azure_auth_mode",
    "azure-ad-token": "azure_ad_token",
}
"""Headers that are settings of a target, where the request has no config."""


class Instructions(NamedTuple):
    """`config` is an id, or a config's text. `timeout` is for one attempt, in seconds.

    `options` are settings of a target by their name in a config. `forwarded` are headers that go to
    the provider. `retries` is a retry's attempts. `is_strict` strips what OpenAI's answers do not
    have; `is_private` keeps prompt and pictures out of logs and caches.
    """

    provider: str | None = None
    virtual_key: str | None = None
    config: str | None = None
    metadata: Mapping[str, JSON] = EMPTY
    trace_id: str | None = None
    namespace: str | None = None
    refresh: bool = False
    timeout: float | None = None
    options: Mapping[str, str] = NO_HEADERS
    forwarded: Mapping[str, str] = NO_HEADERS
    retries: int | None = None
    is_strict: bool = False
    is_private: bool = False

    @property
    def is_inline(self) -> bool:
        """Whether the config itself was sent."""
        return self.config is not None and self.config.startswith("{")

    @property
    def chooses(self) -> bool:
        """Whether the request says itself where it is to go."""
        return bool(self.config or self.provider or self.virtual_key or self.options)


def instructions_in(headers: Mapping[str, str]) -> Instructions:
    """Read the headers of a request. Raises Refusal."""
    said = {
        name[len(PREFIX) :]: stripped
        for name in headers
        if name.startswith(PREFIX) and (stripped := headers[name].strip())
    }
    if SAY_NOTHING.issuperset(said):
        return NOTHING_SAID
    if CHOICE.issuperset(said):
        return Instructions(said.get("provider"), said.get("virtual-key"), _config(said))
    return Instructions(
        provider=said.get("provider"),
        virtual_key=said.get("virtual-key"),
        config=_config(said),
        metadata=_metadata(said),
        trace_id=said.get("trace-id", "")[:LONGEST_ID] or None,
        namespace=said.get("cache-namespace"),
        refresh=_is_true(said, "cache-force-refresh"),
        timeout=_milliseconds(said),
        options=_options(said),
        forwarded=_forwarded(said, headers),
        retries=_count(said, "retry-count"),
        is_strict=_is_true(said, "strict-open-ai-compliance"),
        is_private=said.get("debug", "").lower() == "false",
    )


NOTHING_SAID = Instructions()


def _config(said: Mapping[str, str]) -> str | None:
    config = said.get("config")
    if config is not None and len(config) > LONGEST_CONFIG:
        raise Refusal(431, f"the config in the header is longer than {LONGEST_CONFIG} characters")
    return config


def _metadata(said: Mapping[str, str]) -> Mapping[str, JSON]:
    text = said.get("metadata")
    return EMPTY if text is None else mapping_in(f"{PREFIX}metadata", text)


def _options(said: Mapping[str, str]) -> Mapping[str, str]:
    if OPTIONS.keys().isdisjoint(said):
        return NO_HEADERS
    return {key: said[name] for name, key in OPTIONS.items() if name in said}


def _is_true(said: Mapping[str, str], name: str) -> bool:
    return said.get(name, "").lower() == "true"


def _milliseconds(said: Mapping[str, str]) -> float | None:
    count = _count(said, "request-timeout")
    return None if not count else count / 1000


def _count(said: Mapping[str, str], name: str) -> int | None:
    text = said.get(name)
    if text is None:
        return None
    if not text.isdecimal() or len(text) > 9:
        raise Refusal(400, f"the header {PREFIX}{name} is no whole number")
    return int(text)


def _forwarded(said: Mapping[str, str], headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers that the request wants to be passed on."""
    text = said.get("forward-headers")
    if text is None:
        return NO_HEADERS
    wanted = frozenset(map(plain, list_in(text)))
    return {name: value for name, value in forwardable(headers).items() if plain(name) in wanted}


def forwardable(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return the headers that may go to a provider: none that is a secret, or our own."""
    return {
        name: value
        for name, value in headers.items()
        if name not in NEVER_FORWARDED and not name.startswith(PREFIX)
    }
