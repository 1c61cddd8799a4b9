"""The first set of tests says what a config does, in words that mean one target, and passes."""

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


def made(folder, config, name="prod.yaml"):
    """The text of a config's first set, and what its tests come to."""
    (folder / name).write_text(config)
    text = first_set(folder / name, loader_for())
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


def test_a_config_that_asks_nobody_has_the_tests_that_can_be_written(tmp_path):
    text, passed = made(tmp_path, "on_unsupported: adapt\n")

    assert passed == {"all is well": True}
    assert "asked: []" in text


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

    tests.write_text(first_set(config, loader))
    ready = make_ready(tests, loader)

    assert all(ready.run(case).passed for case in ready.suite.cases)
