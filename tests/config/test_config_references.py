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
        ("${NONE:-}", ""),
        ("${NONE:-a:-b}", "a:-b"),
        ("$${A}", "${A}"),
        ("$$${A}", "$${A}"),
        ("$A costs $5", "$A costs $5"),
        ("{A}", "{A}"),
    ],
)
def test_references_are_put_in(text, value):
    assert resolve(text, ENV, None) == value


@pytest.mark.parametrize("text", ["${NONE}", "${EMPTY}", "${file:none.txt}", "${file:/}"])
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
