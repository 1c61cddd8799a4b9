"""LiteLLM's keys: what becomes of every one that its documentation names.

The one table behind the import, the documentation and the tests. The keys are those of
docs.litellm.ai/docs/proxy/config_settings, /docs/proxy/users and /docs/routing, read 2026-11-26.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Fate = Literal["carried", "note", "changed"]

WATCHED = "logs, metrics and alerts are the gateway's settings here, and routing is the same"
STORED = "every process keeps breakers and caches by itself here"
DOOR = "who may ask is said in gateway.yaml here"
PRICED = "prices stand in a catalog here"
NOT_PICTURES = "it has no meaning for pictures"
NO_GUARD = "guardrails are not run here"
NO_TAGS = "requests are not told apart by tags here; a condition on metadata can"
NO_HEADERS = "headers of one's own are not sent here; forward_headers passes on a caller's"
NO_BUDGETS = "money is bounded per request here: budget.max_cost"


@dataclass(frozen=True, slots=True)
class Key:
    """`name` may end in `*`, then it stands for every key that begins so."""

    name: str
    fate: Fate
    reason: str = ""

    def matches(self, key: str) -> bool:
        return key.startswith(self.name[:-1]) if self.name.endswith("*") else key == self.name


CARRIED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "": {
            "model_list": "a target each, grouped by `model_name`",
            "router_settings": "below",
            "litellm_settings": "below",
            "general_settings": "below",
            "credential_list": "put in where `litellm_credential_name` names them",
        },
        "model_list[]": {
            "model_name": "`params.model` of a condition, where there are several",
            "litellm_params": "below",
            "model_info": "`mode`, `base_model`: what it makes; `id`: fallbacks name it",
            "rpm": "as `litellm_params.rpm`",
            "tpm": "as `litellm_params.tpm`",
        },
        "litellm_params": {
            "model": "`provider` and `override_params.model`, by its prefix",
            "custom_llm_provider": "the prefix",
            "api_key": "`api_key`, a reference",
            "api_base": "`custom_host`; `resource_name` at Azure",
            "base_url": "as `api_base`",
            "api_version": "`api_version`",
            "organization": "`openai_organization`",
            "azure_ad_token": "`azure_ad_token`",
            "base_model": "`model_name` at Azure",
            "litellm_credential_name": "the values of that credential",
            "weight": "`weight`",
            "rpm": "`weight`; `limit.per_minute` where LiteLLM enforces it",
            "tpm": "`weight`",
            "order": "`strategy: fallback` of those with the same order",
            "timeout": "`request_timeout`, in milliseconds",
            "request_timeout": "as `timeout`",
            "stream_timeout": "`request_timeout`, where there is no `timeout`",
            "num_retries": "`retry.attempts`",
            "cooldown_time": "`cb_config.cooldown_interval`, in milliseconds",
            "max_parallel_requests": "`limit.concurrency`",
            "drop_params": "`on_unsupported: drop`, or `error`",
            "additional_drop_params": "`drop_params`",
            "size, quality, n, style, ...": "`default_params`",
        },
        "router_settings": {
            "routing_strategy": "`strategy: loadbalance`; others than simple-shuffle share evenly",
            "fallbacks": "`strategy: fallback`",
            "default_fallbacks": "`strategy: fallback` of groups without their own",
            "content_policy_fallbacks": "`strategy.on_refusal: fallback`",
            "max_fallbacks": "how far fallbacks of fallbacks are followed",
            "num_retries": "`retry.attempts` of a lone target; `failover` among several",
            "retry_policy": "`retry.on_status_codes`",
            "model_group_retry_policy": "`retry.on_status_codes` of that group",
            "allowed_fails": "`cb_config.failure_threshold`, one more",
            "allowed_fails_policy": "`cb_config.failure_threshold` and `failure_status_codes`",
            "cooldown_time": "`cb_config.cooldown_interval`, in milliseconds",
            "disable_cooldowns": "no `cb_config`",
            "timeout": "`request_timeout`, in milliseconds",
            "stream_timeout": "`request_timeout`, where there is no `timeout`",
            "model_group_alias": "another `params.model` of the condition",
            "default_max_parallel_requests": "`limit.concurrency`",
            "enable_pre_call_checks": "`order` and `rpm` hold",
            "optional_pre_call_checks": "`enforce_model_rate_limits`: `rpm` holds",
        },
        "litellm_settings": {
            "num_retries": "as in router_settings",
            "request_timeout": "as `router_settings.timeout`",
            "fallbacks": "as in router_settings",
            "default_fallbacks": "as in router_settings",
            "content_policy_fallbacks": "as in router_settings",
            "allowed_fails": "as in router_settings",
            "cooldown_time": "as in router_settings",
            "drop_params": "`on_unsupported: drop`, or `error`",
            "cache": "`cache`, where `supported_call_types` names pictures",
            "cache_params": "`ttl` is `cache.max_age`",
        },
    }
)
"""By section: the keys that are carried over, and to where."""

NOTED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "": {
            "environment_variables": "set them where the router runs",
            "callback_settings": WATCHED,
            "mcp_*": NOT_PICTURES,
            "vector_store_registry": NOT_PICTURES,
            "search_tools": NOT_PICTURES,
            "files_settings": NOT_PICTURES,
            "finetune_settings": NOT_PICTURES,
            "agent_list": NOT_PICTURES,
            "prompts": NOT_PICTURES,
        },
        "model_list[]": {"model_id": "a target is known by its place here"},
        "model_info": {"*": "it describes the model; the catalog here has facts of its own"},
        "litellm_params": {
            "input_cost_per_*": PRICED,
            "output_cost_per_*": PRICED,
            "max_retries": "no client repeats calls by itself here; only `retry` does",
            "region_name": "it chose among text models by region",
            "max_tokens": NOT_PICTURES,
            "temperature": NOT_PICTURES,
            "merge_reasoning_content_in_choices": NOT_PICTURES,
            "use_in_pass_through": "there are no routes that pass all things through here",
            "default_api_key_*": DOOR,
        },
        "router_settings": {
            "context_window_fallbacks": "a request for pictures fills no context window",
            "redis_*": STORED,
            "cache_kwargs": STORED,
            "client_ttl": "connections are kept by the sender here",
            "set_verbose": WATCHED,
            "debug_level": WATCHED,
            "alerting_config": WATCHED,
            "model_group_affinity_config": NOT_PICTURES,
            "ignore_invalid_deployments": "a config is checked as a whole here",
        },
        "litellm_settings": {
            "context_window_fallbacks": "a request for pictures fills no context window",
            "callbacks": WATCHED,
            "success_callback": WATCHED,
            "failure_callback": WATCHED,
            "service_callbacks": WATCHED,
            "set_verbose": WATCHED,
            "json_logs": WATCHED,
            "turn_off_message_logging": WATCHED,
            "redact_*": WATCHED,
            "langfuse_*": WATCHED,
            "prometheus_*": WATCHED,
            "disable_end_user_*": WATCHED,
            "telemetry": WATCHED,
            "store_audit_logs": WATCHED,
            "mcp_*": NOT_PICTURES,
            "max_end_user_budget": DOOR,
            "max_internal_user_budget": DOOR,
            "default_max_internal_user_budget": DOOR,
            "internal_user_budget_duration": DOOR,
            "max_user_budget": DOOR,
            "max_ui_session_budget": DOOR,
            "default_internal_user_params": DOOR,
            "default_team_*": DOOR,
            "key_generation_settings": DOOR,
            "upperbound_key_generate_params": DOOR,
            "enable_key_alias_*": DOOR,
            "modify_params": NOT_PICTURES,
            "enable_json_schema_validation": NOT_PICTURES,
            "disable_hf_tokenizer_download": NOT_PICTURES,
            "disable_copilot_*": NOT_PICTURES,
            "use_chat_completions_url_*": NOT_PICTURES,
            "enable_preview_features": NOT_PICTURES,
            "force_ipv4": "connections are the sender's affair here",
            "ssl_*": "certificates are the sender's affair here",
        },
        "general_settings": {
            "*": "keys, users and databases: see docs/gateway.md for what is here"
        },
    }
)
"""By section: the keys that routing pictures does not need."""

CHANGED: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "": {
            "guardrails": NO_GUARD,
            "include": "import each of those files by itself",
        },
        "litellm_params": {
            "tags": NO_TAGS,
            "max_budget": NO_BUDGETS,
            "budget_duration": NO_BUDGETS,
            "extra_headers": NO_HEADERS,
            "headers": NO_HEADERS,
            "mock_response": "nothing pretends to be a provider here but the sandbox",
            "tenant_id": "no Entra tokens are fetched here: give azure_ad_token",
            "client_id": "no Entra tokens are fetched here: give azure_ad_token",
            "client_secret": "no Entra tokens are fetched here: give azure_ad_token",
            "silent_model": "no copy of a request is sent to a second model here",
        },
        "router_settings": {
            "enable_tag_filtering": NO_TAGS,
            "tag_filtering_match_any": NO_TAGS,
            "provider_budget_config": NO_BUDGETS,
            "routing_groups": "write a strategy for them",
            "routing_strategy_args": "the strategy it belongs to is not here",
            "retry_after": "a retry waits 1, 2, 4, ... seconds here, or as the provider asks",
            "cache_responses": "write `cache` where answers are to be kept",
            "caching_groups": "write `cache` on the group whose targets share answers",
        },
        "litellm_settings": {
            "guardrails": NO_GUARD,
            "custom_provider_map": "a provider of one's own is an installed package here",
            "default_in_memory_ttl": "write `cache` with a max_age",
            "model_alias_map": "write a condition on params.model",
            "max_budget": NO_BUDGETS,
            "budget_duration": NO_BUDGETS,
        },
    }
)
"""By section: the keys whose absence changes what happens."""

UNKNOWN = "it is none of LiteLLM's settings that are known here"


def fate(section: str, name: str) -> Key:
    """Say what becomes of a key that nothing was made of."""
    keys = (
        *(Key(key, "changed", reason) for key, reason in CHANGED.get(section, {}).items()),
        *(Key(key, "note", reason) for key, reason in NOTED.get(section, {}).items()),
    )
    known = (key for key in keys if key.matches(name))
    return next(known, Key(name, "changed", UNKNOWN))
