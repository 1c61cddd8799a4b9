"""A deployment that is named after a model is that model, to rules as to everything else."""

import pytest
from lint_tools import check_text, codes, told
from test_lint_rules import group

from router.config.model import TargetRoute
from router.lint.asked import facts_of
from router.providers.registry import adapter, providers

SAID = {
    "deployment_id": "{provider: azure-openai, resource_name: r, deployment_id: %s%s}",
    "model_name": (
        "{provider: azure-openai, resource_name: r, deployment_id: images, model_name: %s%s}"
    ),
    "deployments": (
        "{provider: azure-openai, resource_name: r, deployments: [{deployment_id: %s}]%s}"
    ),
}

FOUND = {
    "timeout-too-short": ("gpt-image-2", ", request_timeout: 3000"),
    "unpaid-target": (
        "gpt-image-2",
        ", budget: {max_cost: 0.001}, override_params: {size: 1024x1024, quality: low}",
    ),
    "retired-model": ("dall-e-3", ""),
}


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
@pytest.mark.parametrize(("code", "written"), FOUND.items(), ids=FOUND)
def test_a_deployment_is_the_model_that_it_is_named_after(said, code, written, tmp_path):
    assert code in codes(check_text(f"{said % written}\n", tmp_path))


@pytest.mark.parametrize("said", SAID.values(), ids=SAID)
def test_of_a_deployment_it_is_known_what_its_siblings_cannot_do(said, tmp_path):
    core = "{provider: stability-ai, override_params: {model: stable-image-core}}"
    text = group("{mode: fallback}", said % ("gpt-image-2", ""), core)

    assert told(check_text(text, tmp_path), "uneven-targets").place.startswith("config.targets[1]")


@pytest.mark.parametrize("name", ["images", "gpt-image-99"])
def test_of_a_deployment_of_another_name_nothing_is_known(name, tmp_path):
    more = ", request_timeout: 3000, budget: {max_cost: 0.001}"

    assert codes(check_text(f"{SAID['deployment_id'] % (name, more)}\n", tmp_path)) == []


def test_where_a_request_may_pick_another_deployment_nothing_is_certain(tmp_path):
    listed = "[{deployment_id: gpt-image-2, is_default: true}, {deployment_id: a, alias: other}]"
    text = f"provider: azure-openai\nresource_name: r\ndeployments: {listed}\n"

    assert codes(check_text(f"{text}request_timeout: 3000\n", tmp_path)) == []


@pytest.mark.parametrize("name", [info.name for info in providers()])
def test_where_a_request_may_name_the_model_nothing_is_certain(name):
    assert facts_of(TargetRoute(path="config", provider=name), adapter(name)) is None
