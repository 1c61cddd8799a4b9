"""Portkey: what becomes of every key of Portkey's published config.

The one table behind the checks, the documentation and the tests. The keys are those of the JSON
schema and the pages of Portkey's documentation and of its open-source gateway's request schema.
"""

from dataclasses import dataclass
from typing import Literal

Fate = Literal["implemented", "without effect", "refused"]


@dataclass(frozen=True, slots=True)
class PortkeyKey:
    """`name` may end in `*`, then it stands for every key that begins so."""

    name: str
    fate: Fate
    reason: str = ""

    def matches(self, key: str) -> bool:
        if self.name.endswith("*"):
            return key.startswith(self.name[:-1])
        return key == self.name


GUARD = "guardrails are not run here, and ignoring one silently would be worse than refusing it"
HOOK = "hooks are not run here, and ignoring one silently would be worse than refusing it"
MUTATOR = "mutators are not run here, and ignoring one silently would be worse than refusing it"
NO_PROVIDER = "it belongs to a provider that makes no images here"
VERTEX = "belongs to Vertex AI, which is not routed here; `google` is the Gemini API"
NO_TOKENS = "no Entra tokens are fetched here: give a token in azure_ad_token or a token provider"
OLD = "it is the spelling of Portkey's first configs: write strategy and targets"

IMPLEMENTED = (
    "strategy",
    "strategy.mode",
    "strategy.on_status_codes",
    "strategy.conditions",
    "strategy.conditions[].query",
    "strategy.conditions[].then",
    "strategy.default",
    "strategy.sticky",
    "strategy.sticky.enabled",
    "strategy.sticky.hash_fields",
    "strategy.sticky.ttl",
    "strategy.sticky_session",
    "strategy.cb_config",
    "strategy.cb_config.failure_threshold",
    "strategy.cb_config.failure_threshold_percentage",
    "strategy.cb_config.cooldown_interval",
    "strategy.cb_config.failure_status_codes",
    "strategy.cb_config.minimum_requests",
    "targets",
    "on_status_codes",
    "name",
    "weight",
    "provider",
    "virtual_key",
    "api_key",
    "custom_host",
    "forward_headers",
    "passthrough",
    "override_params",
    "default_params",
    "drop_params",
    "request_timeout",
    "retry",
    "retry.attempts",
    "retry.on_status_codes",
    "retry.use_retry_after_header",
    "retry.use_retry_after_headers",
    "cache",
    "cache.mode",
    "cache.max_age",
    "openai_organization",
    "openai_project",
    "resource_name",
    "deployment_id",
    "api_version",
    "azure_resource_name",
    "azure_deployment_id",
    "azure_api_version",
    "azure_model_name",
    "azure_auth_mode",
    "azure_ad_token",
)

WITHOUT_EFFECT = {
    "id": "a config is known by its file's name",
    "strict_open_ai_compliance": "answers have OpenAI's shape in any case",
    "cache.mode: semantic": "it is treated as simple",
}

REFUSED = {
    "before_request_hooks": HOOK,
    "after_request_hooks": HOOK,
    "hooks": HOOK,
    "input_guardrails": GUARD,
    "output_guardrails": GUARD,
    "default_input_guardrails": GUARD,
    "default_output_guardrails": GUARD,
    "guardrails": GUARD,
    "input_mutators": MUTATOR,
    "output_mutators": MUTATOR,
    "mutators": MUTATOR,
    "prompt_id": "prompt templates are kept by Portkey's service: send the prompt itself",
    "aws_*": NO_PROVIDER,
    "amzn_*": NO_PROVIDER,
    "vertex_*": VERTEX,
    "google_*": VERTEX,
    "workers_ai_*": NO_PROVIDER,
    "huggingface_*": NO_PROVIDER,
    "anthropic_*": NO_PROVIDER,
    "fireworks_*": NO_PROVIDER,
    "snowflake_*": NO_PROVIDER,
    "oracle_*": NO_PROVIDER,
    "mistral_*": NO_PROVIDER,
    "openai_beta": "no image API reads it",
    "azure_managed_client_id": NO_TOKENS,
    "azure_workload_client_id": NO_TOKENS,
    "azure_entra_*": NO_TOKENS,
    "azure_foundry_url": NO_PROVIDER,
    "azure_deployment_name": NO_PROVIDER,
    "azure_endpoint_name": NO_PROVIDER,
    "azure_region": NO_PROVIDER,
    "azure_extra_*": NO_PROVIDER,
    "stability_client_*": "no such header is sent here",
    "metadata": "it belongs to a request, not to a config",
    "mode": OLD,
    "options": OLD,
    "Authorization": "credentials are written in api_key or azure_ad_token",
}

KEYS = (
    *(PortkeyKey(name, "implemented") for name in IMPLEMENTED),
    *(PortkeyKey(name, "without effect", reason) for name, reason in WITHOUT_EFFECT.items()),
    *(PortkeyKey(name, "refused", reason) for name, reason in REFUSED.items()),
)


def refusal(key: str) -> str | None:
    """Say why a key of Portkey's is refused; None for any other key."""
    return next((k.reason for k in KEYS if k.fate == "refused" and k.matches(key)), None)
