"""Portkey's configs: what is written of them, and what is told."""

import json
from pathlib import Path

import pytest
from bringing import ENVIRONMENT, imported

from router.cli.checking import Checker
from router.cli.entries import Entry
from router.config.portkey import KEYS
from router.config.problems import ConfigError
from router.migrate.importing import bring

FOLDER = Path(__file__).parents[1] / "configs" / "portkey"
FORMS = sorted(FOLDER.glob("*.json"))
NOBODY = {"aws_region", "vertex_project_id"}
REFUSED = [path for path in sorted(FOLDER.glob("refused/*.json")) if path.stem not in NOBODY]


def brought(value):
    return imported(json.dumps(value, indent=1), "portkey")


@pytest.mark.parametrize("path", [*FORMS, *REFUSED], ids=lambda path: path.stem)
def test_a_published_form_checks_at_once(path):
    text = bring(path).text

    finding = Checker(environment=ENVIRONMENT, allow_unset=True).check(Entry(name="-", text=text))

    assert [problem for problem in finding.problems if problem.severity == "error"] == []


@pytest.mark.parametrize("path", REFUSED, ids=lambda path: path.stem)
def test_what_is_refused_here_is_left_out_and_means_a_change(path):
    found = bring(path)

    if path.stem == "mode":
        assert found.changes == ()  # the old spelling is put into words of today
        return
    [change] = found.changes
    assert change.message == f"{path.stem} is not carried over"
    assert change.line is not None
    assert f"differs: {path.stem} is not carried over" in found.text


@pytest.mark.parametrize("name", sorted(NOBODY))
def test_a_config_whose_provider_is_not_routed_here_is_refused(name):
    with pytest.raises(ConfigError, match="there is nothing to import"):
        bring(FOLDER / "refused" / f"{name}.json")


def test_every_key_of_portkeys_has_a_fate():
    """The keys that are no part of another, one config each, lose nothing without a word."""
    for key in (key for key in KEYS if key.fate == "refused" and not key.name.endswith("*")):
        found = brought({"provider": "openai", key.name: "x"})

        assert [change.message for change in found.changes] == [
            f"{key.name} is not carried over"
        ], key.name


def test_literal_keys_become_variables_named_after_their_target():
    found = brought(
        {
            "strategy": {"mode": "loadbalance"},
            "targets": [
                {"provider": "openai", "api_key": "sk-painter"},
                {"provider": "openai", "api_key": "sk-sculptor"},
                {"name": "our azure", "provider": "azure-openai", "azure_ad_token": "eyJ-x"}
                | {"azure_resource_name": "atelier", "azure_auth_mode": "entra"},
                {"provider": "openai", "api_key": "sk-painter"},
                {"provider": "openai", "api_key": "${KEPT}"},
            ],
        }
    )

    written = [line.split()[-1] for line in found.text.splitlines() if "${" in line]
    assert written == [
        "${OPENAI_API_KEY}",
        "${OPENAI_API_KEY_2}",
        "${OUR_AZURE_AD_TOKEN}",
        "${OPENAI_API_KEY}",
        "${KEPT}",
    ]
    assert found.changes == ()


@pytest.mark.parametrize("nothing", [[], {}], ids=repr)
@pytest.mark.parametrize("key", ["guardrails", "input_guardrails", "after_request_hooks"])
def test_a_list_that_asks_for_nothing_is_left_out_with_a_note(key, nothing):
    found = brought({"provider": "openai", key: nothing})

    assert found.changes == ()
    assert f"# note: {key} is left out; nothing is in it" in found.text


def test_a_secret_among_parameters_or_in_a_host_is_not_written_out():
    found = brought(
        {
            "provider": "openai",
            "custom_host": "https://lucy:diamonds@pictures.example.com/v1",
            "override_params": {"model": "gpt-image-2", "x_api_key": "plain"},
            "default_params": {"note": "sk-Abcdefgh0123456789"},
        }
    )

    assert [change.place for change in found.changes] == [
        "config.override_params.x_api_key",
        "config.default_params.note",
    ]
    for secret in ("diamonds", "plain", "Abcdefgh"):
        assert secret not in found.text
    assert "custom_host: ${OPENAI_HOST}" in found.text


@pytest.mark.parametrize(
    ("slug", "model", "provider", "is_sure"),
    [
        ("openai-prod", None, "openai", True),
        ("azure-images", None, "azure-openai", False),
        ("team-stability", None, "stability-ai", True),
        ("main", "stable-image-core", "stability-ai", True),
        ("main", "gpt-image-2", "openai", True),
        ("main", None, "openai", False),
        ("main", "nobody-knows", "openai", False),
    ],
)
def test_whose_a_virtual_key_is_is_guessed_and_told(slug, model, provider, is_sure):
    params = {"override_params": {"model": model}} if model else {}

    found = brought({"virtual_key": slug, **params})

    assert f"provider: {provider}" in found.text
    assert any("this is a guess" in problem.message for problem in found.told)
    assert (found.changes == ()) is is_sure


def test_a_provider_beside_a_virtual_key_is_no_guess():
    found = brought({"provider": "stability-ai", "virtual_key": "main"})

    assert found.told == ()
    assert "virtual_keys:\n  main:\n    provider: stability-ai\n" in found.text


def test_the_virtual_key_of_a_provider_that_is_not_here_leaves_its_target_out():
    found = brought(
        {
            "strategy": {"mode": "fallback", "on_status_codes": [429]},
            "targets": [{"virtual_key": "bedrock-prod"}, {"provider": "openai"}],
        }
    )

    [change] = found.changes
    assert change.message == "target 0 is left out: its provider is not routed here"
    assert "bedrock-prod" not in found.text


def test_a_virtual_key_that_a_config_defines_is_kept_as_it_is():
    found = brought(
        {
            "virtual_key": "ours",
            "virtual_keys": {"ours": {"provider": "openai", "api_key": "sk-painter"}},
        }
    )

    assert found.changes == ()
    assert "sk-painter" not in found.text
    assert found.text.count("ours:") == 1


def test_misspelt_keys_are_told_with_what_they_were_meant_for():
    found = brought(
        {
            "provider": "openai",
            "retrry": {"attempts": 2},
            "retry": {"attempts": 1, "use_retry_after_header": True, "on_status_code": [429]},
        }
    )

    hints = {problem.message.split()[0]: problem.hint for problem in found.told}
    assert hints == {
        "retrry": "did you mean 'retry'?",
        "on_status_code": "did you mean 'on_status_codes'?",
    }
    assert "retrry: " not in found.text


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"strategy": {"mode": "fallback"}}, "targets is missing or empty"),
        ({"targets": [{"provider": "openai"}]}, "strategy is missing"),
        ({"targets": [7], "strategy": {"mode": "single"}}, "targets[0] is 7; expected a mapping"),
        ({"provider": "openai", "weight": "heavy"}, "weight is 'heavy'"),
        ({"provider": "openai", "retry": {}}, "'attempts' is missing"),
        (
            {
                "strategy": {"mode": "conditional", "default": "nobody"},
                "targets": [{"provider": "openai"}],
            },
            "'nobody' names no target",
        ),
    ],
    ids=str,
)
def test_what_cannot_be_read_is_refused_with_the_reason(value, said):
    with pytest.raises(ConfigError) as refused:
        brought(value)

    assert said in str(refused.value)


FIRST = """{
  "mode": "fallback",
  "options": [
    {"provider": "openai", "weigth": 3},
    {
      "mode": "single",
      "options": [
        {"provider": "openai", "api_key": "sk-painter"},
        {"provider": "bedrock"}
      ]
    }
  ]
}"""


def test_what_is_told_of_the_first_configs_spelling_is_told_where_it_stands():
    found = imported(FIRST)

    assert {(one.line, one.place) for one in found.told} == {
        (2, "config.mode"),
        (4, "config.options[0].weigth"),
        (8, "config.options[1].options[0].api_key"),
        (9, "config.options[1].options[1]"),
    }


@pytest.mark.parametrize(
    ("spoilt", "line", "place"),
    [
        (('"provider": "bedrock"', '"provider": "openai", "weight": "x"'), 9, "options[1].weight"),
        (('{"provider": "bedrock"}', "7"), 9, "options[1].options[1]"),
    ],
)
def test_what_is_wrong_in_the_first_configs_spelling_is_shown_where_it_stands(spoilt, line, place):
    with pytest.raises(ConfigError) as refused:
        imported(FIRST.replace(*spoilt))

    [problem] = refused.value.problems
    assert problem.line == line
    assert place in problem.place
