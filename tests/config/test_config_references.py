import pytest
from config_tools import ENVIRONMENT, document, errors, problems, route
from hypothesis import given
from hypothesis import strategies as st

from router.config.references import anchored, missing, resolve

ENV = {"A": "one", "B": "two", "EMPTY": ""}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("plain", "plain"),
        ("${A}", "one"),
        ("x-${A}-${B}-y", "x-one-two-y"),
        ("${NONE:-three}", "three"),
        ("${EMPTY:-three}", "three"),
        ("${A:-three}", "one"),
        ("x${NONE:-}", "x"),
        ("${NONE:-a:-b}", "a:-b"),
        ("$${A}", "${A}"),
        ("$$${A}", "$${A}"),
        ("$A costs $5", "$A costs $5"),
        ("{A}", "{A}"),
    ],
)
def test_references_are_put_in(text, value):
    assert resolve(text, ENV, None) == value


@pytest.mark.parametrize(
    "text",
    ["${NONE}", "${EMPTY}", "${NONE:-}", "${EMPTY:-}${NONE:-}", "${file:none.txt}", "${file:/}"],
)
def test_what_has_no_value_is_named(text, tmp_path):
    with pytest.raises(LookupError, match=r"NONE|EMPTY|none\.txt|'/'"):
        resolve(text, ENV, tmp_path)

    assert len(missing(text, ENV, tmp_path)) == 1


@pytest.mark.parametrize("text", ["${", "${A", "${}", "${1A}", "${A-B}", "${file:}", "${A:B}"])
def test_a_broken_reference_is_refused(text):
    with pytest.raises(ValueError, match=r"reference|expected"):
        resolve(text, ENV, None)


def test_a_file_is_read_without_its_last_line_break(tmp_path):
    (tmp_path / "key.txt").write_bytes(b"\xef\xbb\xbfsecret\r\n")

    assert resolve("${file:key.txt}", {}, tmp_path) == "secret"


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff\xfe", b"x" * 100_000])
def test_a_file_without_a_usable_text_is_refused(tmp_path, content):
    (tmp_path / "key.txt").write_bytes(content)

    with pytest.raises(LookupError, match=r"key\.txt"):
        resolve("${file:key.txt}", {}, tmp_path)


@given(st.text("a${}:-A1 ", max_size=12))
def test_anchoring_changes_no_value(text):
    from pathlib import Path

    try:
        value = resolve(text, ENV, None)
    except (LookupError, ValueError):
        return
    assert resolve(anchored(text, Path()), ENV, None) == value


def test_settings_are_put_in_when_the_config_is_read():
    environment = ENVIRONMENT | {"HOST": "http://localhost:9000", "KEY": "prod"}
    config = {
        "virtual_key": "${KEY}",
        "custom_host": "${HOST}/v1",
        "virtual_keys": {"prod": {"provider": "${P:-openai}", "openai_project": "${KEY}"}},
    }

    target = route(config, environment=environment)

    assert (target.credential, target.base_url) == ("prod", "http://localhost:9000/v1")
    assert target.options == {"project": "prod"}


@pytest.mark.parametrize(
    ("key", "text"),
    [("custom_host", "${NONE}"), ("api_key", "${NONE}"), ("openai_project", "${file:none}")],
)
def test_a_missing_value_is_an_error_at_its_place(key, text):
    (problem,) = problems(f"provider: openai\n{key}: {text}\n")

    assert (problem.line, problem.place) == (2, f"config.{key}")
    assert "none" in problem.message.lower()


def test_a_broken_reference_is_an_error_at_its_place():
    assert errors({"provider": "openai", "api_key": "${A"}) == [
        "config.api_key: api_key is a broken reference"
    ]


def test_files_are_found_beside_the_file_that_names_them(tmp_path):
    keys = tmp_path / "keys"
    keys.mkdir()
    (keys / "openai.key").write_text("k\n")
    (keys / "keys.yaml").write_text("a: {provider: openai, api_key: '${file:openai.key}'}\n")
    (tmp_path / "config.yaml").write_text("virtual_key: a\n")

    read = document(tmp_path / "config.yaml", virtual_keys=keys / "keys.yaml")

    template = read.keys["a"].api_key.template.reveal()
    assert resolve(template, {}, None) == "k"


NOTHING = "${NONE:-}${EMPTY:-}"


@pytest.mark.parametrize(
    ("key", "config"),
    [
        ("provider", {"provider": NOTHING}),
        ("virtual_key", {"virtual_key": NOTHING}),
        ("custom_host", {"provider": "openai", "custom_host": NOTHING}),
        ("api_key", {"provider": "openai", "api_key": NOTHING}),
        ("api_key", {"provider": "openai", "api_key": NOTHING, "custom_host": "http://localhost"}),
        ("azure_ad_token", {"provider": "azure", "resource_name": "r", "azure_ad_token": NOTHING}),
        ("resource_name", {"provider": "azure", "resource_name": NOTHING}),
        (
            "deployments[0].deployment_id",
            {
                "provider": "azure",
                "resource_name": "r",
                "deployments": [{"deployment_id": NOTHING}],
            },
        ),
    ],
    ids=[
        "provider",
        "key",
        "host",
        "secret",
        "secret of a host",
        "token",
        "resource",
        "deployment",
    ],
)
def test_what_must_be_something_says_that_its_reference_gave_nothing(key, config):
    (problem,) = problems(config, environment=ENVIRONMENT | {"EMPTY": ""})

    assert problem.place == f"config.{key}"
    assert problem.message == (f"{NOTHING} gives nothing: it is not set, and its default is empty")


def test_a_virtual_keys_secret_that_is_nothing_is_told_where_it_is_written():
    keys = {"a": {"provider": "openai", "api_key": "${NONE:-}"}}

    (problem,) = problems({"virtual_key": "a", "virtual_keys": keys})

    assert problem.place == "config.virtual_keys.a.api_key"
    assert problem.message == "${NONE:-} gives nothing: it is not set, and its default is empty"


def test_an_option_may_be_nothing_and_is_then_as_if_it_were_not_written():
    config = {"provider": "openai", "openai_organization": "${NONE:-}", "openai_project": "p"}

    assert route(config).options == {"project": "p"}


def test_secrets_may_be_nothing_where_they_are_not_looked_at():
    config = {"provider": "openai", "api_key": "${NONE:-}"}

    assert document(config, allow_unset=True).problems == ()
