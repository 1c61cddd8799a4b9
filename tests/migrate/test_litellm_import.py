"""LiteLLM's configs: what is written of them, and what is told."""

from pathlib import Path

import pytest
from bringing import ENVIRONMENT, imported

from router.cli.checking import Checker
from router.cli.entries import Entry
from router.config.problems import ConfigError
from router.migrate.importing import bring

FOLDER = Path(__file__).parent / "litellm"

CHANGES = {
    "image_proxy": [34],
    "two_accounts": [],
    "azure": [25, 26, 27],
    "own_servers": [2, 15, 17, 19],
    "policies": [16, 19, 22, 23, 28, 30],
}
"""The lines of each example of which something means another thing from now on."""


def one(source, **settings):
    """Import one deployment with these parameters; return the config's text."""
    params = "".join(f"      {key}: {value}\n" for key, value in settings.items())
    return imported(f"model_list:\n  - model_name: pictures\n    litellm_params:\n{params}{source}")


@pytest.mark.parametrize("name", CHANGES)
def test_an_example_checks_at_once(name):
    text = bring(FOLDER / f"{name}.yaml").text

    checker = Checker(environment=ENVIRONMENT, allow_unset=True)
    finding = checker.check(Entry(name="<stdin>", text=text))

    assert [problem for problem in finding.problems if problem.severity == "error"] == []


@pytest.mark.parametrize(("name", "lines"), CHANGES.items(), ids=CHANGES)
def test_what_changes_is_told_with_its_line_and_marked_in_the_config(name, lines):
    found = bring(FOLDER / f"{name}.yaml")

    assert [problem.line for problem in found.changes] == lines
    for line in lines:
        assert f"{name}.yaml:{line})" in found.text.replace("\n#   ", " ").replace("\n  #   ", " ")
    assert ("# differs: " in found.text) is bool(lines)


def test_every_example_is_told_of():
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {*CHANGES, "text_only"}


def test_a_list_of_text_models_is_refused_and_each_is_named():
    with pytest.raises(ConfigError) as refused:
        bring(FOLDER / "text_only.yaml")

    first, *others = refused.value.problems
    assert "there is nothing to import" in first.message
    assert [problem.line for problem in others] == [2, 3]


@pytest.mark.parametrize(
    ("params", "lines"),
    [
        ({"model": "openai/gpt-image-1"}, ["provider: openai", "{model: gpt-image-1}"]),
        ({"model": "dall-e-3"}, ["provider: openai", "{model: dall-e-3}"]),
        ({"model": "gpt-image-2", "custom_llm_provider": "openai"}, ["provider: openai"]),
        (
            {"model": "stability/sd3.5-large"},
            ["provider: stability-ai", "{model: sd3.5-large}"],
        ),
        ({"model": "recraft/recraftv3"}, ["provider: recraft-ai", "{model: recraftv3}"]),
        (
            {"model": "gemini/imagen-4.0-generate-001"},
            ["provider: google", "{model: imagen-4.0-generate-001}"],
        ),
        (
            {"model": "replicate/black-forest-labs/flux-dev"},
            [
                "provider: replicate",
                "api_key: ${REPLICATE_API_KEY}",
                "{model: black-forest-labs/flux-dev}",
            ],
        ),
        (
            {"model": "together_ai/black-forest-labs/FLUX.1-schnell"},
            ["provider: together-ai", "api_key: ${TOGETHERAI_API_KEY}"],
        ),
        ({"model": "xai/grok-imagine-image"}, ["provider: x-ai"]),
        ({"model": "deepinfra/black-forest-labs/FLUX-pro"}, ["provider: deepinfra"]),
        ({"model": "nscale/black-forest-labs/FLUX.1-schnell"}, ["provider: nscale"]),
        (
            {"model": "xinference/sdxl", "api_base": "http://cellar.lan/v1"},
            ["provider: xinference", "custom_host: http://cellar.lan/v1"],
        ),
        (
            {"model": "openai/qwen-image", "api_base": "http://workshop.lan/v1"},
            ["provider: openai-compatible", "custom_host: http://workshop.lan/v1"],
        ),
        (
            {"model": "openai/dall-e-3", "api_base": "https://api.openai.com/v1"},
            ["provider: openai"],
        ),
        (
            {"model": "litellm_proxy/gpt-image-1", "api_base": "http://other.lan"},
            ["provider: openai-compatible", "custom_host: http://other.lan"],
        ),
        (
            {"model": "azure/gpt-image-1", "api_base": "https://atelier.openai.azure.com/"},
            ["provider: azure-openai", "resource_name: atelier", "deployment_id: gpt-image-1"],
        ),
    ],
    ids=lambda value: value.get("model") if isinstance(value, dict) else "",
)
def test_a_prefix_leads_to_its_provider(params, lines):
    text = one("", **params).text

    for line in lines:
        assert line in text


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        ("vertex_ai/imagegeneration@006", "Vertex AI is not routed here"),
        ("bedrock/stability.sd3-large-v1:0", "Amazon Bedrock is not routed here"),
        ("aiml/flux-pro", "AI/ML API is not routed here"),
        ("fal_ai/anything", "fal.ai is not routed here"),
        ("azure_ai/FLUX-1.1-pro", "Azure AI Foundry's own API is not routed here"),
        ("nobody/knows-image", "its provider is not known here"),
        ("openai/*", "it is a pattern"),
        ("azure/murals", "nothing says that it makes pictures"),
    ],
)
def test_what_is_not_routed_is_left_out_with_the_reason_and_means_a_change(model, reason):
    source = f"""
    model_list:
      - {{model_name: pictures, litellm_params: {{model: dall-e-3}}}}
      - {{model_name: others, litellm_params: {{model: "{model}"}}}}
    """

    found = imported(source)

    [change] = found.changes
    assert f"{model} is left out: {reason}" in change.message
    assert f"differs: {model} is left out" in found.text


@pytest.mark.parametrize("model", ["gpt-4o", "claude-3-opus", "text-embedding-3-small", "ollama/x"])
def test_models_that_make_no_pictures_are_left_out_with_a_note(model):
    found = imported(
        f"""
        model_list:
          - {{model_name: pictures, litellm_params: {{model: dall-e-3}}}}
          - {{model_name: talk, litellm_params: {{model: {model}}}}}
        """
    )

    assert found.changes == ()
    assert f"note: {model} is left out: it makes no pictures" in found.text


def test_a_mode_says_what_a_name_does_not():
    source = """
    model_list:
      - {model_name: a, litellm_params: {model: openai/gpt-image-1}, model_info: {mode: chat}}
      - model_name: b
        litellm_params: {model: openai/ours, api_base: http://h.lan/v1, api_key: os.environ/K}
        model_info: {mode: image_generation}
    """

    found = imported(source)

    assert found.changes == ()
    assert "model: ours" in found.text
    assert "model: gpt-image-1" not in found.text


def test_a_key_written_out_becomes_a_variable_of_its_group():
    found = imported(
        """
        model_list:
          - {model_name: one, litellm_params: {model: dall-e-3, api_key: sk-first}}
          - {model_name: two, litellm_params: {model: dall-e-2, api_key: sk-first}}
          - {model_name: three, litellm_params: {model: dall-e-2, api_key: sk-third}}
          - {model_name: "Two & 1/2", litellm_params: {model: dall-e-2, api_key: sk-fourth}}
          - {model_name: five, litellm_params: {model: dall-e-2, api_key: os.environ/THREE_API_KEY}}
        """
    )

    keys = [line.strip() for line in found.text.splitlines() if "api_key:" in line]
    assert keys == [
        "api_key: ${ONE_API_KEY}",
        "api_key: ${ONE_API_KEY}",
        "api_key: ${THREE_API_KEY_2}",
        "api_key: ${TWO_1_2_API_KEY}",
        "api_key: ${THREE_API_KEY}",
    ]
    assert found.changes == ()


def test_the_key_of_a_provider_is_not_sent_to_another_host():
    found = one("", model="openai/qwen-image", api_base="http://workshop.lan/v1")

    assert "api_key:" not in found.text
    assert [change.hint for change in found.changes] == [
        "LiteLLM sends OPENAI_API_KEY: write an api_key if the host wants it"
    ]


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ("router_settings: {routing_strategy: least-busy}", "least-busy sends a request"),
        ("router_settings: {routing_strategy: cost-based-routing}", "cost-based-routing sends"),
        ("router_settings: {routing_strategy: ours}", "this routing_strategy is not known"),
        ("router_settings: {num_retries: 7, disable_cooldowns: true}", "7 retries become 5"),
        ("router_settings: {num_retries: os.environ/N}", "num_retries comes from a variable"),
        ("router_settings: {timeout: 9, stream_timeout: 2}", "request_timeout holds for streams"),
        ("router_settings: {provider_budget_config: {}}", "provider_budget_config is not carried"),
        ("router_settings: {of_our_own: 1}", "of_our_own is not carried over"),
        ("include: [more.yaml]", "include is not carried over"),
        ("litellm_settings: {guardrails: [x]}", "guardrails is not carried over"),
    ],
    ids=lambda value: value[:60],
)
def test_settings_that_mean_another_thing_are_told(settings, said):
    [change] = imported(TWO + settings).changes

    assert said in change.message
    assert change.line == 4


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("RateLimitErrorRetries: 2", []),
        ("RateLimitErrorRetries: 0, AuthenticationErrorRetries: 0", []),
        ("ServiceUnavailableErrorRetries: 0", ["a call that reaches nobody is a 503 here"]),
        ("BadRequestErrorRetries: 2", ["a refusal is never repeated here"]),
        ("BadRequestErrorRetries: 2, ContentPolicyViolationErrorRetries: 0", []),
        ("DefaultRetries: 2", ["a refusal is never repeated here"]),
        ("BadGatewayErrorRetries: 2", ["BadGatewayErrorRetries is no class of errors"]),
        (
            "AuthenticationErrorRetries: 0, TimeoutErrorRetries: 1, RateLimitErrorRetries: 3",
            ["all classes of errors that are repeated are so equally often"],
        ),
    ],
)
def test_a_policy_is_told_of_where_it_means_another_thing(policy, said):
    changes = imported(
        TWO + f"router_settings: {{num_retries: 2, retry_policy: {{{policy}}}}}"
    ).changes

    assert [change.message.startswith(one) for change, one in zip(changes, said, strict=True)] == [
        True for _ in said
    ]


def test_the_smallest_number_of_retries_that_is_taken_is_one_above_0():
    found = imported(
        TWO + "router_settings: {num_retries: 1, retry_policy: "
        "{BadRequestErrorRetries: 0, TimeoutErrorRetries: 1, RateLimitErrorRetries: 3}}"
    )

    assert [change.hint for change in found.changes] == ["the smallest number above 0 is taken: 1"]


@pytest.mark.parametrize("key", ["max_budget", "budget_duration"])
def test_a_budget_of_the_whole_proxy_is_told_as_one(key):
    [change] = imported(TWO + f"litellm_settings: {{{key}: 30}}").changes

    assert change.message == f"{key} is not carried over"
    assert change.hint == "money is bounded per request here: budget.max_cost"


TWO = """
model_list:
  - {model_name: pictures, litellm_params: {model: dall-e-3, cooldown_time: 0}}
  - {model_name: pictures, litellm_params: {model: stability/stable-image-core}}
"""
"""Of such a group that is never cooled down all can be carried over."""


@pytest.mark.parametrize(
    ("settings", "line"),
    [("", 1), ("router_settings: {num_retries: 1}", 1), ("router_settings: {cooldown_time: 9}", 4)],
    ids=["", "retries", "cooldown"],
)
def test_a_cooldown_that_only_some_failures_begin_at_once_is_a_change(settings, line):
    found = imported(TWO.replace(", cooldown_time: 0", "") + settings)

    [change] = found.changes
    assert "leaves a deployment alone at once after a 429, 401, 402 or 404" in change.message
    assert change.line == line
    assert "# differs: LiteLLM leaves a deployment alone" in found.text


@pytest.mark.parametrize(
    "settings", ["disable_cooldowns: true", "cooldown_time: 0", "allowed_fails: 0"]
)
def test_no_cooldown_or_one_that_all_failures_begin_alike_is_no_change(settings):
    source = TWO.replace(", cooldown_time: 0", "")

    found = imported(f"{source}router_settings: {{num_retries: 1, {settings}}}")

    assert found.changes == ()


@pytest.mark.parametrize(
    "settings",
    [
        "router_settings: {redis_host: os.environ/R, redis_port: 6379, set_verbose: true}",
        "litellm_settings: {callbacks: [prometheus], success_callback: [langfuse]}",
        "general_settings: {master_key: sk-1234, database_url: os.environ/D}",
        "environment_variables: {OPENAI_API_KEY: sk-1234}",
        "router_settings: {context_window_fallbacks: [{pictures: [pictures]}]}",
        "litellm_settings: {cache: true, cache_params: {type: redis}}",
    ],
    ids=lambda value: value[:60],
)
def test_settings_that_pictures_do_not_need_are_notes(settings):
    found = imported(TWO + settings)

    assert found.changes == ()
    assert found.told
    assert "sk-1234" not in found.text


def test_a_cache_that_keeps_pictures_is_carried_over():
    found = imported(
        TWO
        + "litellm_settings: {num_retries: 1, cache: true, cache_params:"
        + " {type: local, ttl: 60, supported_call_types: [aimage_generation]}}"
    )

    assert "cache: {mode: simple, max_age: 60}" in found.text
    assert found.told == ()


def test_router_settings_come_before_litellm_settings():
    found = imported(TWO + "router_settings: {timeout: 5}\nlitellm_settings: {request_timeout: 9}")

    assert "request_timeout: 5000" in found.text
    assert "9000" not in found.text


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("model_list: 7", "model_list is 7; expected a list"),
        ("model_list: [7]", "model_list[0] is 7; expected a mapping"),
        ("model_list: [{model_name: a}]", "litellm_params is missing or has no model"),
        (TWO + "router_settings: {fallbacks: {pictures: pictures}}", "expected a list"),
        (TWO + "router_settings: {fallbacks: [{pictures: [7]}]}", "expected the name of a group"),
        (TWO + "router_settings: {num_retries: many}", "num_retries is 'many'; expected a number"),
        (TWO + "router_settings: {num_retries: 1.5}", "expected a whole number"),
        (TWO + "router_settings: {timeout: -1}", "expected a number of 0 or more"),
        (TWO + "router_settings: {disable_cooldowns: 3}", "expected true or false"),
        (TWO + "router_settings: {model_group_alias: {a: 7}}", "names no group"),
        (TWO.replace("dall-e-3", "dall-e-3, api_key: os.environ/a b"), "names no variable"),
        (TWO.replace("dall-e-3", "dall-e-3, litellm_credential_name: x"), "names no entry"),
        (TWO + "a: [", "is not valid YAML"),
        (TWO + "strategy: {mode: single}", "both Portkey's and LiteLLM's keys are at the top"),
        ("greeting: hello", "neither Portkey's config nor LiteLLM's"),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_what_cannot_be_read_is_refused_with_its_place(source, said):
    with pytest.raises(ConfigError) as refused:
        imported(source)

    assert said in str(refused.value)
    assert refused.value.problems[0].line is not None
