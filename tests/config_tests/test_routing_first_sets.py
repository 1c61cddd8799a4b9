"""The first set of tests says what a config does, in words that mean one target, and passes."""

import json
from dataclasses import replace

import pytest
from routing_tools import FALLBACK, LONE

from router.config_tests.first_set import first_set
from router.config_tests.running import make_ready
from router.lab.stage import loader_for
from tests.configs.test_portkey import FOLDER, KEYS

FORMS = sorted(FOLDER.glob("*.json"))[::5]
"""Every fifth of the forms that Portkey's pages show: their number, not their kind, takes time."""

ACCOUNTS = """\
virtual_keys:
  main: {provider: openai, api_key: sk-main}
  spare: {provider: openai, api_key: sk-spare}
strategy: {mode: fallback}
override_params: {model: gpt-image-2}
targets:
  - {virtual_key: main, retry: {attempts: 1}}
  - {virtual_key: spare}
"""
TWINS = """\
strategy: {mode: fallback}
override_params: {model: gpt-image-2}
targets:
  - {provider: openai}
  - {provider: openai}
"""
MODELS = TWINS.replace(
    "{provider: openai}", "{provider: openai, override_params: {model: dall-e-2}}", 1
)
NAMED = TWINS.replace("{provider: openai}", "{provider: openai, name: 'the first: 1'}", 1)


GROUPS = """\
strategy:
  mode: conditional
  conditions:
    - {query: {params.model: big}, then: big}
    - {query: {params.model: small}, then: small}
  default: other
targets:
  - {name: big, provider: openai, override_params: {model: gpt-image-2}}
  - {name: small, provider: stability-ai, override_params: {model: stable-image-core}}
  - {name: other, budget: {max_cost: 0.000001}}
"""
ABSENT = "{params.model: {$exists: false}}"
NESTED = """\
strategy:
  mode: conditional
  conditions: [{query: {metadata.plan: pro}, then: pro}]
  default: free
targets:
  - name: free
    provider: stability-ai
  - name: pro
    strategy:
      mode: conditional
      conditions: [{query: {params.model: big}, then: big}]
      default: usual
    targets:
      - {name: usual, provider: google}
      - {name: big, provider: openai, override_params: {model: gpt-image-2}}
"""


def made(folder, config, name="prod.yaml"):
    """The text of a config's first set, and what its tests come to."""
    (folder / name).write_text(config)
    text = first_set(folder / name, loader_for()).text
    path = folder / "prod.test.yaml"
    path.write_text(text)
    ready = make_ready(path, loader_for())
    return text, {case.name: ready.run(case).passed for case in ready.suite.cases}


@pytest.mark.parametrize(
    ("config", "first"),
    [
        (FALLBACK, "openai"),
        (LONE, "openai"),
        (ACCOUNTS, "main"),
        (TWINS, "config.targets[0]"),
        (NAMED, "the first: 1"),
        (MODELS, "openai/dall-e-2"),
        (f"{LONE}cache: {{mode: simple}}\n", "openai"),
    ],
)
def test_the_first_set_passes_at_once_and_names_the_first_target(tmp_path, config, first):
    _, passed = made(tmp_path, config)

    assert passed == {
        "all is well": True,
        f"{first} is down": True,
        "everybody is down": True,
        f"{first} is full and says how long to wait": True,
        f"{first} refuses the prompt": True,
        f"{first} is slow": True,
    }


@pytest.mark.parametrize(
    ("config", "reason"),
    [
        ("on_unsupported: adapt\n", "400 bad_request"),
        (f"{LONE}budget: {{max_cost: 0.01}}\n", "402 out_of_budget"),
    ],
    ids=["nobody is there", "no money"],
)
def test_what_nobody_answers_is_not_called_well(tmp_path, config, reason):
    text, passed = made(tmp_path, config)

    assert passed == {"a plain request: nobody answers": True}
    assert f"  # {reason}: " in text
    assert "asked: []" in text
    assert (
        first_set(tmp_path / "prod.yaml", loader_for())
        .unanswered[0]
        .startswith(f"a plain request: {reason}: ")
    )


def test_each_group_of_a_config_is_asked_by_a_request_of_its_own(tmp_path):
    text, passed = made(tmp_path, GROUPS)

    assert list(passed) == [
        "a plain request: nobody answers",
        "model big: all is well",
        "model big: openai is down",
        "model big: everybody is down",
        "model big: openai is full and says how long to wait",
        "model big: openai refuses the prompt",
        "model big: openai is slow",
        "model small: all is well",
        "model small: stability-ai is down",
    ]
    assert all(passed.values())
    assert "    when: {model: small}\n" in text


@pytest.mark.parametrize(
    ("query", "when"),
    [
        ({"metadata.plan": "pro"}, "{metadata: {plan: pro}}"),
        ({"metadata.user.plan": {"$in": ["pro", "max"]}}, "{metadata: {user: {plan: pro}}}"),
        ({"metadata.flag": {"$eq": "true"}}, '{metadata: {flag: "true"}}'),
        ({"metadata.flag": {"$eq": True}}, "{metadata: {flag: true}}"),
        ({"params.n": {"$gt": 1, "$lt": 3}}, "{n: 2}"),
        ({"params.n": {"$lt": 4, "$gte": 2, "$ne": 2}}, "{n: 3}"),
        ({"params.size": {"$exists": True}}, '{size: "1024x1024"}'),
        ({"params.steps": {"$gte": 30}}, "{extra_body: {steps: 30}}"),
        ({"params.prompt": {"$regex": "(?i)logo"}}, "{prompt: logo}"),
        ({"params.model": {"$regex": "^(?:dall|gpt)-[a-z]+-\\d$"}}, "{model: gpt-a-1}"),
        ({"params.model": {"$regex": r"^gpt-image-1\.5"}}, "{model: gpt-image-1.5}"),
        ({"url.pathname": {"$regex": "edits$"}}, "{operation: edit}"),
        ({"$or": [{"metadata.a": 1}, {"metadata.b": 2}]}, "{metadata: {a: 1}}"),
        ({"metadata.a": 1, "$not": {"metadata.b": 2}}, "{metadata: {a: 1}}"),
    ],
    ids=str,
)
def test_a_condition_is_met_by_a_request_of_its_own(tmp_path, query, when):
    config = {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": query, "then": "one"}],
            "default": "other",
        },
        "targets": [
            {"provider": "openai", "name": "one", "override_params": {"model": "gpt-image-2"}},
            {"provider": "stability-ai", "name": "other"},
        ],
    }

    text, passed = made(tmp_path, json.dumps(config))

    assert f"    when: {when}\n    then:\n      asked: [openai" in text
    assert all(passed.values())


def test_a_default_is_met_where_a_plain_request_meets_a_condition(tmp_path):
    _, passed = made(tmp_path, GROUPS.replace("{params.model: big}", ABSENT))

    assert "model gpt-image-2: nobody answers" in passed
    assert all(passed.values())


def test_a_condition_that_nothing_meets_has_no_test(tmp_path):
    query = "{$and: [{params.model: big}, {params.model: small}]}"

    _, passed = made(tmp_path, GROUPS.replace("{params.model: big}", query))

    assert not any("big" in name for name in passed)
    assert all(passed.values())


def test_conditions_below_conditions_are_met(tmp_path):
    _, passed = made(tmp_path, NESTED)

    assert "model big, plan pro: all is well" in passed
    assert "plan pro: all is well" in passed
    assert all(passed.values())


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
@pytest.mark.parametrize("mode", ["loadbalance", "fallback"])
def test_no_dice_decide_whether_a_first_set_passes(tmp_path, mode, seed):
    retry = "retry: {attempts: 3}\n"
    config = FALLBACK.replace("fallback", f"{mode}, on_status_codes: [503, 429]") + retry
    if mode == "loadbalance":
        config = config.replace("strategy: {", "strategy: {failover: true, ")
    text, _ = made(tmp_path, config)

    ready = make_ready(tmp_path / "prod.test.yaml", loader_for(), seed)

    assert "    seed: 0\n" in text
    assert all(ready.run(case).passed for case in ready.suite.cases)


def test_it_says_what_happens_and_to_read_it(tmp_path):
    text, _ = made(tmp_path, FALLBACK)

    assert "Read each test" in text
    assert (
        """\
  - name: everybody is down
    given: {"*": 503}
    then:
      asked: [openai, stability-ai]
      served_by: nobody
"""
        in text
    )
    assert text.endswith("""\
  - name: openai is slow
    given: {openai: {delay: 90}}
    then:
      asked: [openai, stability-ai]
      served_by: stability-ai
      status: 200
      waited_at_most: 60
""")


def test_an_editor_finds_the_schema_where_it_finds_the_configs(tmp_path):
    line = "# yaml-language-server: $schema=../schemas/config.schema.json\n"

    with_line, _ = made(tmp_path, line + FALLBACK)
    without, _ = made(tmp_path, FALLBACK)

    assert with_line.startswith("# yaml-language-server: $schema=../schemas/tests.schema.json\n")
    assert without.startswith("# Written by `pixroute test --init prod.yaml`")


@pytest.mark.parametrize("path", FORMS, ids=lambda path: path.stem)
def test_the_first_set_of_a_published_form_passes_at_once(tmp_path, path):
    loader = replace(loader_for(), virtual_keys=KEYS)
    config = tmp_path / path.name
    config.write_bytes(path.read_bytes())
    tests = tmp_path / f"{path.stem}.test.yaml"

    tests.write_text(first_set(config, loader).text)
    ready = make_ready(tests, loader)

    assert all(ready.run(case).passed for case in ready.suite.cases)
