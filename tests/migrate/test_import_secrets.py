"""No secret of a source is written out or shown, wherever it stands; leaving it out is told."""

import json

import pytest

from router.config.problems import ConfigError, render
from router.migrate.importing import bring

SECRET = "swordfish"
MODEL = {"model": "gpt-image-2"}


def told(source):
    """Import a source; return all that is said and written, and the changes."""
    text = source if isinstance(source, str) else json.dumps(source, indent=1)
    try:
        found = bring(text + "\n")
    except ConfigError as error:
        return "\n".join(map(render, error.problems)), []
    return "\n".join([found.text, *map(render, found.told)]), [one.place for one in found.changes]


def litellm(**params):
    return {
        "model_list": [
            {"model_name": "img", "litellm_params": {"model": "openai/gpt-image-1", **params}}
        ]
    }


@pytest.mark.parametrize(
    "value",
    [
        {"api_key": SECRET},
        [{"deep": [{"password": SECRET}]}],
        [f"sk-{SECRET}-12345678"],
        f"https://h.example/hook?code={SECRET}",
        {f"sk-{SECRET}-12345678": 1},
    ],
    ids=["mapping", "deep", "list", "url", "name"],
)
@pytest.mark.parametrize("key", ["override_params", "default_params"])
def test_a_parameter_with_a_secret_in_it_is_left_out_and_told(key, value):
    params = {key: {"hook": value}}
    if key == "default_params":
        params |= {"override_params": MODEL}

    text, changes = told({"provider": "openai", **params})

    assert SECRET not in text
    assert f"config.{key}.hook" in changes


def test_a_condition_with_a_secret_in_it_means_something_else():
    text, changes = told(
        {
            "strategy": {
                "mode": "conditional",
                "conditions": [
                    {"query": {"metadata.api_key": {"$eq": SECRET}}, "then": "a"},
                    {"query": {"metadata.plan": {"$eq": "pro"}}, "then": "a"},
                ],
                "default": "a",
            },
            "targets": [{"name": "a", "provider": "openai"}],
        }
    )

    assert SECRET not in text
    assert changes == ["config.strategy.conditions[0].query"]
    assert 'metadata.api_key: "***"' in text


@pytest.mark.parametrize(
    "source",
    [
        litellm(api_key=12345678),
        litellm(api_base=f"https://h.example/?code={SECRET}", weight="much"),
        litellm(user={"token": SECRET}),
        litellm(extra_headers={"x": SECRET}),
        {**litellm(), "environment_variables": {"SOME": SECRET}},
        {**litellm(), "general_settings": {"alerting": [SECRET]}},
        {"provider": "openai", "headers": {"x": SECRET}, "api_key": 12345678},
        {"provider": "openai", "custom_host": f"https://h.example/?{SECRET}"},
        f"model_list: []\nenvironment_variables:\n  SOME: {SECRET}\n  SOME: {SECRET}\n",
    ],
    ids=[
        "number",
        "host",
        "parameter",
        "headers",
        "variables",
        "general",
        "portkey",
        "portkey-host",
        "twice",
    ],
)
def test_no_line_or_word_of_an_import_has_a_secret(source):
    text, _ = told(source)

    assert SECRET not in text
    assert "12345678" not in text
