"""Laws of reading that hold for all inputs."""

import json

import yaml
from config_tools import ENVIRONMENT, PROVIDERS, document
from hypothesis import example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from router.config.model import Document
from router.config.problems import ConfigError, render
from router.config.read import read
from router.config.schema import schema_text

SCHEMA = Draft202012Validator(json.loads(schema_text("config")))
SECRET = "Zx81Qw9LrT4uV7pA"


def outcome(source, **options):
    """Read anything at all; what comes is a document or an error with places."""
    try:
        found = document(source, **options)
    except ConfigError as error:
        found = error
    assert isinstance(found, Document) or found.problems
    assert all(problem.place and render(problem) for problem in found.problems)
    return found


@given(st.text(max_size=60))
@example("{}")
@example("provider: &a {<<: *a}")
@example("\ud800")
@example("? ")
@example("<<:")
@example("- - -")
def test_any_text_is_read_or_refused_with_a_place(text):
    outcome(text + "\n")
    outcome("{" + text)


YAMLISH = st.text("provider: openai\n-{}[]&*!|>'\"%@`,?<~ \t#", max_size=80)


@given(YAMLISH)
@settings(max_examples=300)
def test_any_text_of_yamls_own_characters_is_read_or_refused(text):
    outcome(text + "\n")


@given(st.binary(max_size=60))
def test_any_file_is_read_or_refused(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("any") / "config.yaml"
    path.write_bytes(content)

    outcome(path)


NAMES = sorted(SCHEMA.schema["$defs"]["route"]["properties"])
ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 700)
    | st.floats(allow_nan=False)
    | st.text(max_size=6)
    | st.sampled_from(["openai", "@openai", "azure", "${A}", "${", "single", "@a/b", "*"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from([*NAMES, "mode", "attempts", "query", "then", "$or"])
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=5))
@settings(max_examples=300)
def test_any_values_at_any_keys_are_read_or_refused(config):
    outcome(config)
    outcome(config, allow_unset=True, has_token_provider=True)


def few(strategy, size=3):
    return st.lists(strategy, min_size=1, max_size=size)


CODES = st.lists(st.integers(100, 599), max_size=3)
SHARED = {
    "retry": st.fixed_dictionaries(
        {"attempts": st.integers(0, 5)}, optional={"on_status_codes": CODES}
    ),
    "request_timeout": st.integers(1, 10**6),
    "cb_config": st.just({"failure_threshold": 3}),
    "on_unsupported": st.sampled_from(["adapt", "drop", "skip", "error"]),
    "override_params": st.dictionaries(st.sampled_from(["model", "style"]), st.just("x")),
    "drop_params": st.lists(st.sampled_from(["style", "a.b[0]"]), max_size=2),
    "budget": st.just({"attempts": 2}),
    "cache": st.just({"max_age": 60}),
    "weight": st.integers(1, 9) | st.floats(0.25, 9),
    "forward_headers": st.lists(st.sampled_from(["X-A", "b"]), max_size=2),
}
TARGET = st.fixed_dictionaries(
    {"provider": st.sampled_from(["openai", "@openai", "stability", "@stability-ai/core"])},
    optional={
        **{name: part for name, part in SHARED.items() if name != "override_params"},
        "api_key": st.just(SECRET),
        "limit": st.just({"concurrency": 1}),
    },
)
STRATEGY = st.fixed_dictionaries(
    {"mode": st.sampled_from(["single", "fallback", "loadbalance"])},
    optional={
        "on_status_codes": CODES,
        "on_refusal": st.sampled_from(["stop", "fallback"]),
        "top_up": st.booleans(),
    },
)
CONFIG = st.recursive(
    TARGET,
    lambda inner: st.fixed_dictionaries(
        {"strategy": STRATEGY, "targets": few(inner)}, optional=SHARED
    ),
    max_leaves=8,
)


@given(CONFIG)
def test_what_the_schema_accepts_is_read_or_gets_an_error_with_a_place(config):
    SCHEMA.validate(config)

    assert isinstance(outcome(config), Document)


@given(CONFIG)
def test_equal_configs_give_equal_documents(config):
    turned = json.loads(json.dumps(config, sort_keys=True))
    as_yaml = document(yaml.safe_dump(config) + "\n")

    assert document(config) == document(turned)
    assert document(config).route == as_yaml.route
    assert document(config).keys == as_yaml.keys


@given(CONFIG)
def test_no_secret_appears_in_what_is_read(config):
    read_document = document(config)

    assert SECRET not in repr(read_document)
    assert not any(value in repr(read_document) for value in ENVIRONMENT.values())


@given(CONFIG, st.sampled_from(["opnai", "@nobody", "stabilty"]))
def test_no_secret_appears_in_what_is_refused(config, wrong):
    spoilt = {"strategy": {"mode": "fallback"}, "targets": [config, {"provider": wrong}]}
    text = yaml.safe_dump(spoilt, default_flow_style=True) + "\n"

    for source in (spoilt, text):
        error = outcome(source)
        shown = str(error) + repr(error) + "".join(map(render, error.problems))
        assert SECRET not in shown


@given(CONFIG)
def test_every_problem_of_a_text_has_a_line(config):
    spoilt = {"strategy": {"mode": "fallback"}, "targets": [config, {"provder": "openai"}]}

    error = outcome(yaml.safe_dump(spoilt) + "\n")

    assert all(problem.line and problem.column for problem in error.problems)


def test_reading_leaves_the_environment_alone():
    class Watched(dict):
        def __setitem__(self, key, value):
            raise AssertionError(key)

    environment = Watched(ENVIRONMENT)

    assert read({"provider": "openai"}, providers=PROVIDERS, environment=environment)
