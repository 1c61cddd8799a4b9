"""Outline: what a tree is, in one line."""

import pytest

TREES = {
    "openai": "provider: openai",
    "the provider that the request names": "{}",
    "stability-ai": """
strategy: {mode: single}
targets: [{provider: stability}]
""",
    "fallback of 2 (loadbalance of openai, stability-ai; openai)": """
strategy: {mode: fallback}
targets:
  - strategy: {mode: loadbalance}
    targets: [{provider: openai}, {provider: stability}]
  - provider: openai
""",
    "loadbalance of 75 % openai, 25 % stability-ai": """
strategy: {mode: loadbalance}
targets: [{provider: openai, weight: 3}, {provider: stability, weight: 1}]
""",
    "fallback of openai a, openai b": """
strategy: {mode: fallback}
targets:
  - {provider: openai, override_params: {model: a}}
  - {provider: openai, override_params: {model: b}}
""",
    "fallback of openai first, openai second": """
strategy: {mode: fallback}
targets: [{provider: openai, name: first}, {provider: openai, name: second}]
""",
    "fallback of 2 (openai near; openai far)": """
strategy: {mode: fallback}
targets:
  - {name: near, strategy: {mode: single}, targets: [{provider: openai}]}
  - {name: far, strategy: {mode: single}, targets: [{provider: openai}]}
""",
    "fallback of openai eu, openai us": """
virtual_keys:
  eu: {provider: openai, api_key: x}
  us: {provider: openai, api_key: y}
strategy: {mode: fallback}
targets: [{virtual_key: eu}, {virtual_key: us}]
""",
    "fallback of openai configured, openai us": """
virtual_keys:
  configured: {provider: openai, api_key: x}
  us: {provider: openai, api_key: y}
strategy: {mode: fallback}
targets: [{virtual_key: configured}, {virtual_key: us}]
""",
    "fallback of openai, openai localhost:1": """
strategy: {mode: fallback}
targets: [{provider: openai}, {provider: openai, custom_host: 'http://localhost:1'}]
""",
    "fallback of openai, openai": """
strategy: {mode: fallback}
targets: [{provider: openai}, {provider: openai}]
""",
    "conditional of openai, stability-ai by default": """
strategy:
  mode: conditional
  conditions: [{query: {metadata.plan: {$eq: paid}}, then: a}]
  default: b
targets: [{name: a, provider: openai}, {name: b, provider: stability}]
""",
}


@pytest.mark.parametrize(("outline", "text"), TREES.items(), ids=TREES)
def test_an_outline_says_what_a_tree_is(run, config, text, outline):
    path = config(text)

    ignored = ("--ignore", "same-credential")

    assert run("check", path, "--sandbox", *ignored).stdout == f"{path}: {outline}\n"
