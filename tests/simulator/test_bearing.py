"""What a scenario says and no run of a config can meet is told before the run."""

from dataclasses import replace

import pytest
from simulator_tools import FALLBACK, OPENAI, STABILITY, scenario, simulated

from router.lab.stage import loader_for
from router.simulator.accounts import Accounts
from router.simulator.bearing import bearing
from router.simulator.reading import read_scenario
from router.simulator.shipped import folder, shipped_names

AZURE = {
    "provider": "azure-openai",
    "azure_resource_name": "pictures",
    "azure_deployment_id": "images-large",
}


def found(providers, *configs, requests=({},)):
    parts = scenario(providers=providers, requests=list(requests))
    return told(parts, *configs)


def told(played, *configs):
    loader = loader_for(Accounts())
    problems = bearing(played, [loader.load(config) for config in configs or (FALLBACK,)])
    return [f"{one.severity} {one.message}; {one.hint}" for one in problems]


def test_what_a_config_meets_needs_no_word():
    assert found({}) == []
    assert found({"openai": {}, "stability-ai": {}}) == []
    assert found({"*": {"error_rate": 0.5}}) == []
    assert found({"stability": {"error_rate": 0.5}}) == []


def test_a_provider_that_nobody_asks_is_a_warning_beside_one_that_is_asked():
    (only,) = found({"openai": {}, "replicate": {"error_rate": 0.5}})

    assert only == "warning no target of this config is replicate; asked are openai, stability-ai"


@pytest.mark.parametrize("others", [{}, {"azure": {}}], ids=["alone", "with another"])
def test_a_scenario_of_whose_providers_none_is_asked_is_an_error(others):
    problems = found({"replicate": {"error_rate": 0.5}, **others})

    assert len(problems) == 1 + len(others)
    assert all(one.startswith("error no target of this config is ") for one in problems)
    assert all(
        "nothing that the scenario says of providers would be seen" in one for one in problems
    )


def test_what_is_said_of_all_others_is_seen_whoever_is_asked():
    (only,) = found({"replicate": {}, "*": {"error_rate": 0.5}})

    assert only.startswith("warning no target of this config is replicate")


def test_a_model_that_nobody_knows_is_an_error():
    (only,) = found({"openai": {"models": {"gpt-image-22": {"error_rate": 1}}}})

    assert only == (
        "error no target of this config asks openai for gpt-image-22; did you mean 'gpt-image-2'?"
    )


@pytest.mark.parametrize("model", ["dall-e-3", "gpt-image-1", "gpt-image-1.5"])
def test_a_model_that_there_is_but_nobody_asks_for_is_a_warning(model):
    (only,) = found({"openai": {"models": {model: {"error_rate": 1}}}})

    assert only == (
        f"warning no target of this config asks openai for {model}; asked for are gpt-image-2"
    )


@pytest.mark.parametrize(
    ("config", "requests"),
    [
        ({"provider": "openai"}, [{"params": {"model": "gpt-image-1"}}]),
        ({"provider": "openai"}, [{}, {"params": {"model": "@openai/gpt-image-1"}}]),
        ({"provider": "openai", "default_params": {"model": "gpt-image-1"}}, [{}]),
        (
            {"provider": "openai", "override_params": {"model": "gpt-image-1"}},
            [{"params": {"model": "gpt-image-2"}}],
        ),
    ],
    ids=["of the request", "with its provider", "by default", "overridden"],
)
def test_a_model_is_asked_for_as_the_engine_has_it(config, requests):
    said = {"openai": {"models": {"gpt-image-1": {}, "gpt-image-2": {}}}}

    (only,) = found(said, config, requests=requests)

    assert "asks openai for gpt-image-2" in only


def test_azure_is_asked_for_deployments():
    (only,) = found({"azure": {"models": {"gpt-image-2": {}}}}, AZURE)

    assert only.endswith("asks azure-openai for gpt-image-2; asked for are images-large")
    assert found({"azure": {"models": {"images-large": {}}}}, AZURE) == []


@pytest.mark.parametrize("asked", ["stable-image-core", "core"])
@pytest.mark.parametrize("said", ["stable-image-core", "core"])
def test_a_model_that_goes_by_two_names_is_found_by_either(asked, said):
    config = {"provider": "stability-ai", "override_params": {"model": asked}}
    conduct = {"stability-ai": {"models": {said: {"error_rate": 1}}}}

    assert found(conduct, config) == []
    assert simulated(config, duration=3, providers=conduct).failed == 3


@pytest.mark.parametrize(
    ("provider", "said", "asked"),
    [
        ("openai", "mini", "gpt-image-1-mini"),
        ("segmind", "fast-flux-schnell", "flux-schnell"),
        ("replicate", "flux-pro", "black-forest-labs/flux-1.1-pro"),
    ],
)
def test_a_piece_of_a_models_name_is_not_the_model(provider, said, asked):
    config = {"provider": provider, "override_params": {"model": asked}}
    conduct = {provider: {"models": {said: {"error_rate": 1}}}}

    (only,) = found(conduct, config)

    assert f"no target of this config asks {provider} for {said}; " in only
    assert simulated(config, duration=3, providers=conduct).failed == 0


VERSION = "a" * 64


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("black-forest-labs/flux-schnell", "flux-schnell"),
        (f"me/mine:{VERSION}", VERSION),
        (f"me/mine:{VERSION}", f"me/mine:{VERSION}"),
    ],
)
def test_a_model_may_be_named_without_its_owner_and_by_its_version(asked, said):
    config = {"provider": "replicate", "override_params": {"model": asked}}
    conduct = {"replicate": {"models": {said: {"error_rate": 1}}}}

    assert found(conduct, config) == []
    assert simulated(config, duration=3, providers=conduct).failed == 3


def test_a_place_is_told_by_the_name_that_the_scenario_has_for_a_provider():
    parts = scenario(providers={"azure": {"models": {"gpt-image-2": {}}}})
    loader = loader_for(Accounts())

    (only,) = bearing(parts, [loader.load(AZURE)])

    assert only.place == "scenario.providers.azure.models.gpt-image-2"


def test_of_two_configs_one_that_asks_is_enough():
    both = {"openai": {"models": {"gpt-image-2": {}}}, "stability-ai": {}}

    assert found(both, OPENAI, STABILITY) == []
    assert found({**both, "segmind": {}}, OPENAI, STABILITY) == [
        "warning no target of either config is segmind; asked are openai, stability-ai"
    ]


def test_where_the_request_names_the_provider_nothing_is_guessed():
    assert found({"replicate": {}}, {"override_params": {"model": "gpt-image-2"}}) == []


def test_a_shorter_run_says_what_it_leaves_out():
    parts = read_scenario(
        {
            "duration": "1h",
            "arrivals": [{"constant": 1, "for": "30m"}, {"constant": 2}],
            "providers": {
                "openai": {
                    "outages": [{"from": "10m", "to": "20m"}, {"from": "40m"}],
                    "models": {"gpt-image-2": {"retired_at": "50m"}},
                }
            },
        }
    )

    assert told(parts) == []
    assert told(replace(parts, duration=1500)) == [
        "note so short a run leaves out 1 outage and 1 retirement and 1 phase; "
    ]


@pytest.mark.parametrize("kind", ["times", "file"])
def test_a_recording_that_is_longer_than_the_scenario_says_so(kind, tmp_path):
    times = [0, 59.9, 60, 61, 100]
    (tmp_path / "times.txt").write_text("\n".join(map(str, times)))
    arrivals = {"times": times} if kind == "times" else {"file": str(tmp_path / "times.txt")}
    parts = scenario(arrivals=arrivals)

    assert told(parts) == ["note 3 recorded requests come after the end, and so not at all; "]
    assert told(replace(parts, duration=100.5)) == []


@pytest.mark.parametrize("name", shipped_names())
def test_a_shipped_scenario_is_never_refused_where_any_of_its_providers_is_asked(name):
    problems = told(read_scenario(folder() / f"{name}.yaml"), OPENAI)

    assert not [one for one in problems if one.startswith("error")]
