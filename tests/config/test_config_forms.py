"""The forms of configs that Portkey's published pages show, rewritten for images."""

import pytest
from config_tools import document

KEYS = {
    name: {"provider": provider, "api_key": "k", **more}
    for name, provider, more in [
        ("openai-prod", "openai", {}),
        ("stability-prod", "stability-ai", {}),
        ("azure-prod", "azure-openai", {"azure_resource_name": "r"}),
    ]
}
OPENAI = {"provider": "openai", "api_key": "k"}

FORMS = {
    "cache alone": {"cache": {"mode": "simple"}},
    "cache with an age": {"cache": {"mode": "semantic", "max_age": 10000}},
    "retry alone": {"retry": {"attempts": 5}},
    "retry with codes": {"retry": {"attempts": 3, "on_status_codes": [408, 429, 401]}},
    "retry with no codes": {
        "virtual_key": "openai-prod",
        "cache": {"mode": "semantic", "max_age": 10000},
        "retry": {"attempts": 5, "on_status_codes": []},
    },
    "retry after": {"retry": {"attempts": 3, "use_retry_after_headers": True}},
    "timeout alone": {"request_timeout": 10000},
    "one provider": OPENAI,
    "a slug as the provider": {"provider": "@openai-prod"},
    "a slug and a model as the provider": {"provider": "@openai-prod/gpt-image-2"},
    "a slug in the model": {"override_params": {"model": "@openai-prod/gpt-image-2"}},
    "a virtual key": {"virtual_key": "openai-prod"},
    "passthrough": {"provider": "@openai-prod", "passthrough": True},
    "headers": OPENAI | {"forward_headers": ["X-Custom-Header", "authorization"]},
    "a host": OPENAI | {"custom_host": "http://localhost:8080/v1"},
    "azure": {
        "provider": "azure-openai",
        "api_key": "k",
        "resource_name": "r",
        "deployment_id": "d",
        "api_version": "2024-02-01",
    },
    "load balancing over two keys": {
        "strategy": {"mode": "loadbalance"},
        "targets": [{"provider": "@openai-prod", "weight": 0.7}, OPENAI | {"weight": 0.3}],
    },
    "sticky": {
        "strategy": {
            "mode": "loadbalance",
            "sticky_session": {"hash_fields": ["metadata.user_id"], "ttl": 3600},
        },
        "targets": [{"provider": "@openai-prod", "weight": 0.5}, OPENAI],
    },
    "codes at the root": {
        "strategy": {"mode": "fallback"},
        "on_status_codes": [429],
        "targets": [OPENAI, {"virtual_key": "stability-prod"}],
    },
    "no codes": {
        "strategy": {"mode": "fallback", "on_status_codes": []},
        "targets": [OPENAI],
    },
    "fallback inside load balancing": {
        "strategy": {"mode": "loadbalance"},
        "targets": [
            OPENAI,
            {
                "strategy": {"mode": "fallback", "on_status_codes": [429, 241]},
                "targets": [{"virtual_key": "openai-prod"}, {"virtual_key": "azure-prod"}],
            },
        ],
    },
    "timeouts in the targets": {
        "strategy": {"mode": "fallback", "on_status_codes": [408]},
        "request_timeout": 2000,
        "targets": [OPENAI | {"request_timeout": 1000}, {"virtual_key": "stability-prod"}],
    },
    "a breaker in the strategy": {
        "strategy": {
            "mode": "fallback",
            "cb_config": {
                "failure_threshold_percentage": 20,
                "minimum_requests": 10,
                "cooldown_interval": 60000,
                "failure_status_codes": [401, 429, 500],
            },
        },
        "targets": [
            {"override_params": {"model": "@openai-prod/gpt-image-2"}},
            {"override_params": {"model": "@stability-prod/core"}},
        ],
    },
    "conditions": {
        "strategy": {
            "mode": "conditional",
            "conditions": [
                {"query": {"metadata.user_plan": {"$eq": "paid"}}, "then": "best"},
                {
                    "query": {
                        "$or": [
                            {"metadata.client": {"$eq": "UI"}},
                            {"metadata.app_name": {"$regex": "my_app"}},
                        ]
                    },
                    "then": "basic",
                },
                {"query": {"url.pathname": {"$eq": "/v1/images/edits"}}, "then": "best"},
            ],
            "default": "basic",
        },
        "targets": [
            {"name": "best", "provider": "@openai-prod", "override_params": {"quality": "high"}},
            {"name": "basic", "provider": "@stability-prod"},
        ],
    },
    "strictness": OPENAI | {"strict_open_ai_compliance": False},
    "provider beside the key": {"provider": "openai", "virtual_key": "openai-prod"},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_published_form_is_read(form):
    read = document(form, virtual_keys=KEYS)

    assert read.route.path == "config"
    assert all(problem.severity == "warning" for problem in read.problems)
