import pytest
from config_tools import ENVIRONMENT, document, errors, problems, route

from router.core.target import Deployment

KEYS = {
    "prod": {"provider": "openai", "api_key": "${OPENAI_API_KEY}", "openai_project": "p"},
    "blue": {
        "provider": "azure",
        "api_key": "${AZURE_OPENAI_API_KEY}",
        "azure_resource_name": "blue",
        "deployments": [{"deployment_id": "d1"}],
    },
    "local": {"provider": "openai", "custom_host": "http://localhost:8080/v1/"},
}


def one(config, **options):
    return route(config | {"virtual_keys": KEYS}, **options)


def found(config, **options):
    return errors(config | {"virtual_keys": KEYS}, **options)


@pytest.mark.parametrize(
    ("config", "provider", "credential", "model"),
    [
        ({"provider": "openai"}, "openai", "env:openai", None),
        ({"provider": "stabilityai"}, "stability-ai", "env:stability-ai", None),
        ({"provider": "@openai"}, "openai", "env:openai", None),
        ({"provider": "@stability"}, "stability-ai", "env:stability-ai", None),
        ({"provider": "@prod"}, "openai", "prod", None),
        ({"provider": "@prod/dall-e-3"}, "openai", "prod", "dall-e-3"),
        ({"virtual_key": "prod"}, "openai", "prod", None),
        ({"virtual_key": "@prod"}, "openai", "prod", None),
        ({"provider": "openai", "virtual_key": "prod"}, "openai", "prod", None),
        ({"provider": "azure", "virtual_key": "blue"}, "azure-openai", "blue", None),
        ({"override_params": {"model": "@prod/a/b"}}, "openai", "prod", "a/b"),
        ({"default_params": {"model": "@prod/x"}}, "openai", "prod", None),
        (
            {"override_params": {"model": "@openai/x"}, "default_params": {"model": "@blue/y"}},
            "openai",
            "env:openai",
            "x",
        ),
        (
            {"provider": "stability", "override_params": {"model": "@prod/x"}},
            "stability-ai",
            "env:stability-ai",
            "x",
        ),
        ({"override_params": {"model": "gpt-image-2"}}, None, None, "gpt-image-2"),
        ({"retry": {"attempts": 1}}, None, None, None),
    ],
)
def test_a_target_asks_whom_it_says(config, provider, credential, model):
    target = one(config)

    assert (target.provider, target.credential) == (provider, credential)
    assert target.settings.override_params.get("model") == model


def test_a_default_model_loses_its_slug_too():
    target = one({"default_params": {"model": "@prod/x"}})

    assert target.settings.default_params == {"model": "x"}


def test_a_slug_that_a_group_overrides_is_found_at_its_targets():
    config = {
        "strategy": {"mode": "single"},
        "targets": [{}],
        "override_params": {"model": "@prod/x"},
    }

    (target,) = one(config).targets

    assert (target.provider, target.credential) == ("openai", "prod")
    assert target.settings.override_params == {"model": "x"}


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"provider": "opnai"}, "config.provider: unknown provider 'opnai'"),
        ({"provider": "prod"}, "config.provider: unknown provider 'prod'"),
        ({"provider": "@prd"}, "config.provider: '@prd' is neither a virtual key nor a provider"),
        ({"virtual_key": "prd"}, "config.virtual_key: virtual key 'prd' is not defined"),
        (
            {"override_params": {"model": "@prd/x"}},
            "config.override_params: '@prd' is neither a virtual key nor a provider",
        ),
        (
            {"provider": "azure", "virtual_key": "prod"},
            "config.virtual_key: virtual key 'prod' is for openai",
        ),
        (
            {"provider": "@blue", "virtual_key": "prod"},
            "config.virtual_key: virtual key 'prod' is for openai",
        ),
        (
            {"provider": "@prod/x", "override_params": {"model": "y"}},
            "config.override_params: 'provider' has a model too: 'x'",
        ),
        (
            {"virtual_key": "prod", "api_key": "k"},
            "config.api_key: 'api_key' is a second credential",
        ),
        ({"api_key": "k"}, "config.api_key: 'api_key' is nobody's"),
        ({"custom_host": "http://x"}, "config.custom_host: 'custom_host' has no provider"),
        (
            {"provider": "openai", "resource_name": "r"},
            "config.resource_name: 'resource_name' is not a setting of openai",
        ),
        ({"provider": "azure"}, "config: azure-openai needs 'resource_name'"),
        (
            {"provider": "azure", "resource_name": "a", "azure_resource_name": "a"},
            "config.azure_resource_name: 'azure_resource_name' says the same as 'resource_name'",
        ),
    ],
)
def test_a_target_that_makes_no_sense_is_an_error(config, said):
    assert found(config) == [said]


def test_a_virtual_key_named_as_a_provider_is_hinted_at():
    problem = problems({"provider": "prod", "virtual_keys": KEYS})[0]

    assert problem.hint == "it is a virtual key: write '@prod'"


def test_a_virtual_key_comes_before_a_provider_of_the_same_name():
    keys = {"stability": {"provider": "openai", "api_key": "k"}}

    assert route({"provider": "@stability", "virtual_keys": keys}).credential == "stability"


def test_a_virtual_key_brings_its_host_settings_and_deployments():
    blue, local = one({"virtual_key": "blue"}), one({"virtual_key": "local"})

    assert blue.options == {"resource_name": "blue"}
    assert blue.deployments == (Deployment(deployment_id="d1"),)
    assert local.base_url == "http://localhost:8080/v1"


def test_a_target_lays_its_own_over_its_virtual_keys():
    target = one(
        {
            "virtual_key": "blue",
            "resource_name": "green",
            "api_version": "2024-10-21",
            "deployments": [{"deployment_id": "d2", "alias": "a", "is_default": True}],
        }
    )

    assert target.options == {"resource_name": "green", "api_version": "2024-10-21"}
    assert target.deployments == (Deployment(deployment_id="d2", alias="a", is_default=True),)


def test_a_key_in_the_target_is_kept_by_the_targets_place():
    read = document(
        {"strategy": {"mode": "single"}, "targets": [{"provider": "openai", "api_key": "k"}]}
    )

    (target,) = read.route.targets
    assert target.credential == "config.targets[0]"
    assert read.keys["config.targets[0]"].provider == "openai"


def test_a_missing_variable_is_named_at_the_target():
    (problem,) = problems("provider: stability\n", environment={})

    assert problem.message == "the environment variable STABILITY_API_KEY is not set"
    assert (problem.line, problem.column) == (1, 1)


def test_an_empty_variable_counts_as_missing():
    assert errors({"provider": "openai"}, environment={"OPENAI_API_KEY": ""})


def test_missing_variables_may_be_allowed():
    config = {
        "strategy": {"mode": "fallback"},
        "targets": [
            {"provider": "openai"},
            {"provider": "azure", "resource_name": "${RESOURCE}", "api_key": "${A}"},
            {"provider": "openai", "custom_host": "${HOST}"},
            {"virtual_key": "prod"},
        ],
        "virtual_keys": KEYS,
    }

    assert problems(config, environment={}, allow_unset=True) == ()


def test_a_host_of_ones_own_gets_no_key_but_the_one_beside_it():
    bare = route({"provider": "openai", "custom_host": "http://localhost:1234/v1"}, environment={})
    keyed = route({"provider": "openai", "custom_host": "http://localhost", "api_key": "k"})

    assert bare.credential is None
    assert keyed.credential == "config"


def test_every_providers_own_variable_can_be_asked_for():
    keys = document({"retry": {"attempts": 1}}, environment={}).keys

    assert {"env:openai", "env:azure-openai", "env:stability-ai"} <= set(keys)


def test_a_slug_without_a_model_leaves_the_model_to_the_request():
    target = one({"override_params": {"model": "@prod", "n": 1}})

    assert (target.credential, target.settings.override_params) == ("prod", {"n": 1})


def test_a_broken_setting_is_told_at_its_key():
    assert found({"provider": "openai", "openai_project": "${"}) == [
        "config.openai_project: openai_project is a broken reference"
    ]


AZURE = {"provider": "azure-openai"}


def test_the_default_auth_mode_is_none_of_the_options():
    assert "auth_mode" not in route(AZURE | {"resource_name": "r", "auth_mode": "default"}).options


@pytest.mark.parametrize("prefix", ["", "azure_"])
def test_azure_settings_have_two_spellings(prefix):
    settings = {
        "resource_name": "r",
        "deployment_id": "d",
        "api_version": "2024-10-21",
        "model_name": "gpt-image-2",
        "auth_mode": "entra",
    }
    written = {f"{prefix}{name}": value for name, value in settings.items()}

    target = route(AZURE | written | {f"{prefix}ad_token": "t"})

    assert target.options == settings


@pytest.mark.parametrize("name", ["evil.org#", "a.b", "-a", "a/b", "a@b", "a b", "ä", "a_b"])
def test_a_resource_name_cannot_become_another_host(name):
    (problem,) = problems(AZURE | {"resource_name": name})

    assert problem.place == "config.resource_name"
    assert "it becomes part of a host name" in problem.hint


def test_a_resource_name_from_the_environment_is_checked_too():
    config = AZURE | {"resource_name": "${R}"}

    assert errors(config, environment=ENVIRONMENT | {"R": "evil.org#"})


@pytest.mark.parametrize("mode", ["entra", "managed", "workload"])
def test_auth_modes_need_a_token(mode):
    config = AZURE | {"resource_name": "r", "azure_auth_mode": mode}

    (problem,) = problems(config)

    assert problem.place == "config.azure_auth_mode"
    assert "token provider" in problem.hint
    assert problems(config, has_token_provider=True) == ()
    assert problems(config | {"azure_ad_token": "${T}"}, environment=ENVIRONMENT | {"T": "t"}) == ()


def test_with_a_token_provider_azure_needs_no_key():
    read = document(
        AZURE | {"resource_name": "r"}, has_token_provider=True, environment={"OPENAI_API_KEY": "k"}
    )

    assert read.keys["env:azure-openai"].api_key is None


def test_a_custom_host_stands_in_for_a_resource_name():
    target = route(AZURE | {"custom_host": "https://proxy.example/openai", "api_key": "k"})

    assert target.base_url == "https://proxy.example/openai"


def test_openai_settings_lose_their_prefix():
    target = route({"provider": "openai", "openai_organization": "o", "openai_project": "p"})

    assert target.options == {"organization": "o", "project": "p"}


@pytest.mark.parametrize(
    ("deployments", "said"),
    [
        (
            [{"deployment_id": "a", "alias": "x"}, {"deployment_id": "b", "alias": "x"}],
            "alias 'x' is here twice",
        ),
        (
            [
                {"deployment_id": "a", "is_default": True},
                {"deployment_id": "b", "is_default": True},
            ],
            "this is the second default; expected one",
        ),
    ],
)
def test_deployments_are_told_apart(deployments, said):
    (error,) = errors(AZURE | {"resource_name": "r", "deployments": deployments})

    assert said in error
