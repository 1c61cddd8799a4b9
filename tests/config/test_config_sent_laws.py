"""Laws of reading what strangers send: whatever it is, nothing but a config comes of it."""

import builtins
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sent_tools import NOBODY, UNREAD
from test_config_laws import ANYTHING, CONFIG, NAMES, YAMLISH

from router.config.foreign import Stranger
from router.config.problems import ConfigError, render
from router.workspace import Loaded, Loader

STRANGERS = st.builds(
    Stranger,
    allowed_hosts=st.frozensets(st.sampled_from(["localhost", "a.example:8080"])),
    providers=st.none() | st.frozensets(st.sampled_from(["openai", "azure", "stability-ai"])),
    virtual_keys=st.none() | st.frozensets(st.sampled_from(["a", "b"])),
    own_keys=st.booleans(),
)
LOADER = Loader(environment=UNREAD)


def refuse(*args, **_):
    raise AssertionError(f"{args[0]} was opened")


@pytest.fixture(autouse=True, scope="module")
def _everything_of_our_own_is_open():
    """Load every provider, catalog and schema once, and look through installed packages."""
    LOADER.load({}, stranger=Stranger())
    with pytest.raises(ConfigError):
        LOADER.load({"provider": "nobody's"}, stranger=Stranger())


def outcome(source, stranger):
    """Load anything at all: no exception but ConfigError, no variable, no file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(builtins, "open", refuse)
        patch.setattr(Path, "open", refuse)
        try:
            found = LOADER.load(source, stranger=stranger)
        except ConfigError as error:
            found = error
    assert isinstance(found, Loaded) or found.problems
    assert all(problem.place and render(problem) for problem in getattr(found, "problems", ()))
    return found


@given(st.text(max_size=60), STRANGERS)
@example("/etc/passwd", NOBODY)
@example("\ud800", NOBODY)
@example("{api_key: ${file:/etc/passwd}}", NOBODY)
@example("{provider: &a {<<: *a}}", NOBODY)
def test_any_text_that_is_sent_is_read_or_refused(text, stranger):
    outcome(text, stranger)
    outcome("{" + text, stranger)
    outcome('{"provider": "openai", "x-a": ' + json.dumps(text) + "}", stranger)


@given(YAMLISH, STRANGERS)
def test_any_text_of_yamls_own_characters_that_is_sent_is_read_or_refused(text, stranger):
    outcome(text, stranger)
    outcome("{provider: openai, " + text, stranger)


@given(st.dictionaries(st.sampled_from(NAMES), ANYTHING, max_size=5), STRANGERS)
@settings(max_examples=300)
def test_any_values_at_any_keys_that_are_sent_are_read_or_refused(config, stranger):
    outcome(config, stranger)
    outcome(json.dumps(config), stranger)


@given(CONFIG, STRANGERS)
def test_what_is_right_is_refused_for_its_scope_alone(config, stranger):
    found = outcome(yaml.safe_dump(config, default_flow_style=True), stranger)

    if isinstance(found, ConfigError):
        reasons = ("is not in this caller's scope", "is not taken from this caller")
        errors = [problem for problem in found.problems if problem.severity == "error"]
        assert all(problem.message.endswith(reasons) for problem in errors)


@given(CONFIG)
def test_what_is_right_may_be_sent_by_anybody_who_may_all(config):
    assert isinstance(outcome(config, Stranger()), Loaded)


REFERENCES = st.recursive(
    st.sampled_from(["${A}", "${file:a}", "a${A}"]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(st.text(max_size=3), inner, min_size=1, max_size=2)
    ),
    max_leaves=5,
)


@given(REFERENCES, st.sampled_from(NAMES))
def test_a_reference_is_refused_wherever_it_is(value, key):
    found = outcome({"provider": "openai", key: value}, Stranger())

    assert any("a config that is sent may not name" in one.message for one in found.problems)
