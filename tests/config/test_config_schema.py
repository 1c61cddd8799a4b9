import json

import pytest
from config_tools import errors, problems, spots
from jsonschema import Draft202012Validator

from router.config.portkey import IMPLEMENTED, KEYS, REFUSED, WITHOUT_EFFECT
from router.config.schema import schema_text

NAMES = ("config", "virtual-keys", "catalog", "gateway", "tests", "scenario")
SCHEMAS = {name: json.loads(schema_text(name)) for name in NAMES}


def properties(schema, path=""):
    """Yield every property of every part of a schema, with its path."""
    for name, part in schema.get("$defs", {}).items():
        yield from properties(part, f"{path}{name}.")
    for name, part in schema.get("properties", {}).items():
        yield f"{path}{name}", part


DESCRIBED = [(name, *item) for name in NAMES for item in properties(SCHEMAS[name])]


@pytest.mark.parametrize("name", NAMES)
def test_the_schemas_are_valid(name):
    Draft202012Validator.check_schema(SCHEMAS[name])


@pytest.mark.parametrize(("schema", "path", "part"), DESCRIBED)
def test_every_property_is_described_with_an_example(schema, path, part):
    if path.startswith("nested."):
        return
    assert part["description"].endswith(".")
    definition = SCHEMAS[schema]["$defs"].get(part.get("$ref", "").rpartition("/")[2], {})
    assert part.get("examples") or definition.get("examples")


@pytest.mark.parametrize(("schema", "path", "part"), DESCRIBED)
def test_every_example_and_default_fits_its_own_schema(schema, path, part):
    whole = {"$defs": SCHEMAS[schema]["$defs"], **part}
    values = [*part.get("examples", []), *([part["default"]] if "default" in part else [])]

    if "x-message" not in part:
        for value in values:
            Draft202012Validator(whole).validate(value)


def test_the_schemas_use_no_choice_whose_errors_tell_nothing():
    assert not any("oneOf" in schema_text(name) for name in NAMES)


def test_the_two_schemas_agree_on_virtual_keys():
    config, keys = SCHEMAS["config"]["$defs"], SCHEMAS["virtual-keys"]["$defs"]

    assert {name: config[name] for name in keys} == keys


def base(**more):
    return {"provider": "openai"} | more


def group(strategy=None, **more):
    return {
        "strategy": {"mode": "fallback"} if strategy is None else strategy,
        "targets": [base()],
    } | more


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (base(retrry={}), "config.retrry: unknown key 'retrry'"),
        (base(retry={"atempts": 1}), "config.retry.atempts: unknown key 'atempts'"),
        (base(retry={}), "config.retry: 'attempts' is missing"),
        (base(retry=3), "config.retry: retry is 3"),
        (base(retry=None), "config.retry: retry is empty"),
        (base(retry={"attempts": 6}), "config.retry.attempts: attempts is 6"),
        (base(retry={"attempts": -1}), "config.retry.attempts: attempts is -1"),
        (base(retry={"attempts": 1.5}), "config.retry.attempts: attempts is 1.5"),
        (base(retry={"attempts": True}), "config.retry.attempts: attempts is true"),
        (base(retry={"attempts": "1"}), "config.retry.attempts: attempts is '1'"),
        (
            base(retry={"attempts": 1, "on_status_codes": [99]}),
            "config.retry.on_status_codes[0]: on_status_codes[0] is 99",
        ),
        (
            base(retry={"attempts": 1, "on_kinds": ["refused"]}),
            "config.retry.on_kinds[0]: on_kinds[0] is 'refused'",
        ),
        (base(request_timeout=0), "config.request_timeout: request_timeout is 0"),
        (base(request_timeout="1 s"), "config.request_timeout: request_timeout is '1 s'"),
        (base(on_unsupported="ignore"), "config.on_unsupported: on_unsupported is 'ignore'"),
        (base(forward_headers="x"), "config.forward_headers: forward_headers is 'x'"),
        (base(forward_headers=["a b"]), "'a b' is not the name of a header"),
        (base(drop_params=["a..b"]), "'a..b' is not a path"),
        (base(weight=-1), "config.weight: weight is -1"),
        (base(weight="1"), "config.weight: weight is '1'"),
        (base(name=""), "config.name: name is empty"),
        (base(cache={"mode": "clever"}), "config.cache.mode: mode is 'clever'"),
        (base(budget={}), "config.budget: budget is empty"),
        (base(budget={"attempts": 0}), "config.budget.attempts: attempts is 0"),
        (base(budget={"max_cost": 0}), "config.budget.max_cost: max_cost is 0"),
        (base(budget={"max_cost": "1 $"}), "config.budget.max_cost: max_cost is '1 $'"),
        (
            base(budget={"max_cost": 1, "on_unknown_price": "ask"}),
            "config.budget.on_unknown_price: on_unknown_price is 'ask'",
        ),
        (base(limit={}), "config.limit: limit is empty"),
        (base(cb_config={}), "config.cb_config: this breaker never opens"),
        (base(deployments=[{}]), "config.deployments[0]: 'deployment_id' is missing"),
        (base(azure_auth_mode="magic"), "config.azure_auth_mode: azure_auth_mode is 'magic'"),
        (base(virtual_keys={"a": {}}), "config.virtual_keys.a: 'provider' is missing"),
        (base(strategy={"mode": "fallback"}), "config: 'targets' is missing"),
        ({"targets": [base()]}, "config: 'strategy' is missing"),
        ({"strategy": {"mode": "fallback"}, "targets": []}, "config.targets: targets is empty"),
        (group({}), "config.strategy: 'mode' is missing"),
        (group({"mode": "falback"}), "config.strategy.mode: mode is 'falback'"),
        (group(api_key="x"), "config.api_key: 'api_key' belongs to a target, not to a group"),
        (group(custom_host="http://x"), "config.custom_host: 'custom_host' belongs to a target"),
        (group({"mode": "fallback", "failover": True}), "'failover' has an effect only where"),
        (group({"mode": "fallback", "default": "a"}), "'default' has an effect only where"),
        (group({"mode": "fallback", "on_status_code": []}), "unknown key 'on_status_code'"),
        (group({"mode": "conditional"}), "config.strategy: 'conditions' is missing"),
        (group({"mode": "conditional"}), "config.strategy: 'default' is missing"),
        (
            group({"mode": "loadbalance", "sticky": {}}),
            "config.strategy.sticky: 'hash_fields' is missing",
        ),
        (
            group({"mode": "loadbalance", "sticky": {"hash_fields": ["headers.x"]}}),
            "'headers.x' is not a path into a request",
        ),
        (group(targets=["openai"]), "config.targets[0]: targets[0] is 'openai'"),
        (
            group(targets=[base(virtual_keys={})]),
            "config.targets[0].virtual_keys: 'virtual_keys' belongs to the top of the config",
        ),
    ],
)
def test_a_wrong_shape_is_told_in_words(config, said):
    assert any(said in error for error in errors(config)), errors(config)


def test_the_targets_are_named_where_a_key_stands_on_their_group():
    config = group(api_key="x")
    config["targets"] = [base(), group()]

    (problem,) = [p for p in problems(config) if "api_key" in p.place]

    assert problem.hint == "write it at config.targets[0], config.targets[1].targets[0]"


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("retry: 3", "expected a mapping; for example {attempts: 3}"),
        ("name: 3", "expected a string; write it in quotes"),
        ("model: gpt-image-2", "write override_params: {model: ...}"),
        ("base_url: http://x", "did you mean 'custom_host'?"),
        ("requestTimeout: 3", "did you mean 'request_timeout'?"),
        ("on_unsupported: skp", "expected one of adapt, drop, skip, error; did you mean 'skip'?"),
        ("retry: {attempts: 9}", "expected 5 or less"),
    ],
)
def test_a_problem_says_what_to_do(written, hint):
    (problem,) = problems(f"provider: openai\n{written}\n")

    assert problem.hint == hint


def test_a_whole_number_may_be_written_with_a_point():
    assert errors("provider: openai\nretry: {attempts: 3.0, on_status_codes: [429.0]}\n") == []


def test_no_error_is_the_validators_own():
    config = group({"mode": 1, "conditions": 2}, targets=[{"retry": []}, 3], cache=[], weight={})

    found = " ".join(errors(config))

    assert "valid under" not in found
    assert "schema" not in found


SAMPLES = {"aws_*": "aws_region", "vertex_*": "vertex_project_id"}


@pytest.mark.parametrize("name", REFUSED)
def test_a_key_that_portkey_has_and_this_has_not_is_refused_with_the_reason(name):
    key = SAMPLES.get(name, name.replace("*", "id"))

    (problem,) = problems(f"provider: openai\n{key}: []\n")

    assert (problem.line, problem.column) == (2, 1)
    assert problem.message == f"{key!r} is not supported"
    assert problem.hint == REFUSED[name]


@pytest.mark.parametrize(
    "written",
    ["id: pc-x", "strict_open_ai_compliance: false", "cache: {mode: semantic}"],
)
def test_a_key_without_effect_is_accepted_with_a_warning(written):
    (problem,) = problems(f"provider: openai\n{written}\n")

    assert problem.severity == "warning"
    assert problem.line == 2


def test_every_key_of_portkey_has_one_fate():
    names = [key.name for key in KEYS]

    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", [*IMPLEMENTED, *WITHOUT_EFFECT])
def test_every_accepted_key_of_portkey_is_in_the_schema(name):
    part = SCHEMAS["config"]["$defs"]["route"]
    for step in name.partition(":")[0].removesuffix("[]").split("."):
        found = part["properties"][step.removesuffix("[]")]
        found = found.get("items", found)
        part = (
            SCHEMAS["config"]["$defs"][found["$ref"].rpartition("/")[2]] if "$ref" in found else {}
        )


def test_problems_of_shape_and_meaning_come_together():
    text = "provider: opnai\nretrry: 1\nweight: -1\n"

    assert spots(text) == [(1, 11), (2, 1), (3, 9)]
