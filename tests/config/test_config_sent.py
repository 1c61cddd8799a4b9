import json

import pytest
from config_tools import document
from sent_tools import ANYBODY, UNREAD, refused, sent, told

from router.config.problems import ConfigError, nearest
from router.core.secret import Secret
from router.workspace import Loader

VARIABLES = ["${HOME}", "a${HOME}b", "${HOME:-x}", "${HOME:-}", "$${A}${HOME}", "${", "${a b}"]


@pytest.mark.parametrize("text", VARIABLES)
@pytest.mark.parametrize(
    "config",
    [
        lambda text: {"provider": text},
        lambda text: {"provider": "openai", "api_key": text},
        lambda text: {"provider": "openai", "openai_project": text},
        lambda text: {"virtual_key": text},
        lambda text: {"provider": "openai", "custom_host": text},
        lambda text: {"provider": "openai", "default_params": {"a": {"b": [1, text]}}},
        lambda text: {"provider": "openai", "override_params": {"prompt": text}},
        lambda text: {"provider": "openai", "override_params": {text: 1}},
        lambda text: {"provider": "openai", "forward_headers": [text]},
        lambda text: {"provider": "openai", "x-mine": {"deep": text}},
        lambda text: {"strategy": {"mode": "single"}, "targets": [{"provider": text}]},
        lambda text: {"provider": "openai", "virtual_keys": {"a": {"provider": "b", "x": text}}},
    ],
    ids=range(12),
)
def test_no_variable_may_be_named_anywhere(config, text):
    for given in (config(text), json.dumps(config(text))):
        found = told(given)

        assert any("may not name environment variables" in problem.message for problem in found)


@pytest.mark.parametrize("text", ["${file:/etc/passwd}", "a${file:x}", "${HOME}${file:x}"])
def test_no_file_may_be_named(text):
    (problem,) = told(json.dumps({"provider": "openai", "api_key": text}))

    assert problem.message == "a config that is sent may not name files"
    assert (problem.place, problem.line) == ("config.api_key", 1)
    assert "virtual key" in problem.hint


@pytest.mark.parametrize("catalog", ["/etc/passwd", ["models.yaml"], 7, None])
def test_no_catalog_may_be_named(catalog):
    found = refused({"provider": "openai", "catalog": catalog})

    assert "config.catalog: a config that is sent may not name files" in found


def test_two_dollars_write_one_and_lead_nowhere():
    found = sent({"provider": "openai", "api_key": "$${HOME}", "x-a": "$${file:x} $$${ {HOME}"})

    (credential,) = [name for name in found.keys if not name.startswith("env:")]
    vault = (
        Loader(environment=UNREAD)
        .load({"provider": "openai", "api_key": "$${HOME}"}, stranger=ANYBODY)
        .vault
    )
    assert found.route.credential == credential
    with pytest.raises(StopIteration) as ended:
        vault.credentials(credential).send(None)
    assert ended.value.value.key == Secret("${HOME}")


@pytest.mark.parametrize("named", ["absent", "there", "./there"])
def test_a_text_is_never_a_path(named, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "there").write_text("provider: openai\n")

    (error,) = refused(named)

    assert error.startswith("config: config is a single value")


def test_a_path_is_not_opened(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("provider: openai\n")

    assert refused(path) == ["config: config is a path"]


def test_the_operators_files_beside_it_are_not_looked_for(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "virtual-keys.yaml").write_text("mine: {provider: openai, api_key: k}\n")

    assert "not defined" in refused({"virtual_key": "mine"})[0]


def test_a_config_of_json_or_of_single_quotes_is_read():
    assert sent('{"provider": "openai"}').route == sent("{'provider': 'openai'}").route


def test_meaning_is_looked_at_only_where_the_shape_is_right():
    assert refused({"provider": "opnai", "api_key": "${A}"}) == [
        "config.api_key: a config that is sent may not name environment variables"
    ]


@pytest.mark.parametrize(
    ("config", "most"),
    [
        ("{provider: openai, x-a: " + "é" * 50_000 + "}", "100,000 bytes"),
        ({"provider": "openai", "x-a": "b" * 100_000}, "100,000 bytes"),
        ("{x-a: &a " + "b" * 60_000 + ", x-b: *a}", "100,000 bytes"),
        ({"provider": "openai", "x-a": [1] * 5_000}, "5,000 values"),
        (
            {"strategy": {"mode": "fallback"}, "targets": [{"provider": "openai"}] * 257},
            "256 targets",
        ),
        ({"virtual_keys": {f"a{i}": {} for i in range(257)}}, "256 virtual keys"),
        ({"x-a": [{"$regex": "a"}] * 9}, "8 patterns"),
    ],
    ids=["text", "words", "aliases", "values", "targets", "keys", "patterns"],
)
def test_more_than_the_most_is_refused(config, most):
    (error,) = refused(config)

    assert error.startswith(f"config: config has more than {most}")


def test_as_much_as_the_most_is_read():
    targets = [{"provider": "openai"} for _ in range(255)]
    group = {"strategy": {"mode": "fallback"}, "targets": targets}

    assert sent({"strategy": {"mode": "single"}, "targets": [group]})


@pytest.mark.parametrize("opening", ["[", '{"a":', "{a: "])
def test_64_levels_are_the_most(opening):
    (error,) = refused('{"x-a":' + opening * 64)

    assert "64 levels" in error


def test_a_hundred_errors_are_enough():
    config = {"provider": "openai", **{f"a{i}": 1 for i in range(2_000)}}

    assert len(refused(config)) == 100
    assert len(refused(json.dumps(config))) == 100


def test_an_operator_is_told_of_every_error():
    config = {"provider": "openai", **{f"a{i}": 1 for i in range(200)}}

    with pytest.raises(ConfigError) as raised:
        document(config)

    assert len(raised.value.problems) == 200


def test_long_names_are_compared_with_nothing():
    assert nearest("a" * 101, ["a" * 100]) is None
    assert nearest("a" * 100, ["a" * 101]) is None


@pytest.mark.parametrize("number", [10**300, -(10**300), 10**5000], ids=range(3))
def test_a_whole_number_that_no_float_holds_is_refused(number):
    (error,) = refused({"provider": "openai", "weight": number})

    assert error == "config.weight: weight has more than 300 digits"
