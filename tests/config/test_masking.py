"""Masking: secrets in texts, in URLs, under names, and at any depth of a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.config.masking import (
    holds_secret,
    is_secret_name,
    masked,
    masked_source,
    shown,
    without_secrets,
)
from router.config.problems import ConfigError, render
from router.config.read import read
from router.providers.registry import providers

MARKER = "swordfish"

URLS = [
    f"https://pictures.example.com/v1?token={MARKER}",
    f"https://pictures.example.com/v1?size=large&code={MARKER}",
    f"https://pictures.example.com/v1?{MARKER}",
    f"https://pictures.example.com/v1?{MARKER}==",
    f"https://pictures.example.com/v1?a=b={MARKER}",
    f"https://pictures.example.com/v1?a={MARKER}?{MARKER}",
    f"https://pictures.example.com/v1#access={MARKER}",
    f"https://pictures.example.com/v1#{MARKER}",
    f"https://lucy:{MARKER}@pictures.example.com/v1",
    f"https://lucy:p@ss@{MARKER}@pictures.example.com/v1",
    f"https://lucy:{MARKER}?@pictures.example.com/v1",
    f"/v1/pictures?code={MARKER}&size=large",
]


@pytest.mark.parametrize("url", URLS)
@pytest.mark.parametrize("around", ["{}", 'a: "{}", b: 1', "a: '{}'", "{{a: {}}}", "see {} there"])
def test_no_url_shows_what_stands_in_its_query_or_before_its_host(url, around):
    text = around.format(url)

    for found in (masked(text), masked_source(text)):
        assert MARKER not in found
        assert len(found) == len(text)
    assert MARKER not in shown(url)


def test_of_a_url_all_is_shown_but_the_values():
    text = "host: 'https://h.example/v1?size=large&code=diamonds', n: 1"

    assert masked(text) == "host: 'https://h.example/v1?size=*****&code=********', n: 1"


@pytest.mark.parametrize(
    "line",
    [
        f"authorization: Bearer {MARKER}",
        f"authorization: Basic {MARKER}",
        f'"text": "{{\\"api_key\\": \\"{MARKER}\\"}}"',
        f"x: Bearer {MARKER}",
    ],
)
def test_a_line_that_cannot_be_read_shows_no_secret_either(line):
    assert MARKER not in masked_source(line)


@pytest.mark.parametrize(
    ("name", "is_secret"),
    [
        ("api_key", True),
        ("metadata.api_key", True),
        ("metadata.tokens[0].value", True),
        ("extra_headers", True),
        ("environment_variables", True),
        ("forward_headers", False),
        ("use_retry_after_headers", False),
        ("metadata.plan", False),
        ("virtual_key", False),
        ("metadata.virtual_key", False),
    ],
)
def test_a_path_is_as_secret_as_any_of_its_steps(name, is_secret):
    assert is_secret_name(name) is is_secret


def test_a_value_under_the_name_of_a_secret_is_not_shown_whatever_it_is():
    assert shown(12345678, "api_key") == "'***'"
    assert shown(None, "api_key") == "null"
    assert without_secrets({"token": 12345678}) == {"token": "***"}


def test_what_is_no_secret_stays_as_it_is():
    value = {"size": "1024x1024", "n": 2, "tags": ["a", None, True], "deep": {"plan": "pro"}}

    assert without_secrets(value) == value
    assert not holds_secret(value)


SECRETS = st.sampled_from([f"Bearer {MARKER}", f"sk-{MARKER}-{MARKER}", *URLS])
NAMED = st.fixed_dictionaries({"api_key": st.just(MARKER)}) | st.fixed_dictionaries(
    {"password": st.just([{"x": MARKER}])}
)


def around(inner):
    return (
        st.tuples(st.integers(), inner).map(list)
        | st.tuples(inner, st.text("abc")).map(tuple)
        | inner.map(lambda one: {"plan": "pro", "x": one})
    )


@given(st.recursive(SECRETS | NAMED | st.just({f"sk-{MARKER}-{MARKER}": 1}), around, max_leaves=6))
def test_a_secret_is_found_at_any_depth(value):
    assert MARKER not in repr(without_secrets(value))
    assert holds_secret(value)


def query(path, test):
    """Write a config that compares what is at a path."""
    condition = f"{{then: a, query:\n  {{{path}: {test}}}}}"
    strategy = f"{{mode: conditional, default: a, conditions: [{condition}]}}"
    return f"strategy: {strategy}\ntargets: [{{name: a, provider: openai}}]\n"


@pytest.mark.parametrize(
    "text",
    [
        f'provider: openai\ndefault_params:\n  note: "Bearer\n    {MARKER}"\n  n: -1\n',
        f"provider: openai\ncustom_host: https://h.example/?code={MARKER}\n",
        f"provider: openai\ndefault_params:\n  hook: https://h.example/?{MARKER}\n  n: -1\n",
        f"provider: openai\ndefault_params:\n  x: &x {MARKER}\n  n: -1\n  api_key: *x\n",
        "provider: openai\napi_key: 12345678\n",
        "provider: openai\napi_key: {a: 12345678}\n",
        query("metadata.api_key", f"{{$regex: '(.*)*{MARKER}'}}"),
        query("metadata.api_key", f"{{$regex: '(?{MARKER}'}}"),
        query("metadata.api_key", f"{{$gt: true, $in: {MARKER}}}"),
    ],
    ids=["folded", "host", "url", "alias", "number", "mapping", "pattern", "broken", "list"],
)
def test_no_problem_shows_a_secret_in_its_words_or_its_lines(text):
    with pytest.raises(ConfigError) as caught:
        read(text, providers=providers(), environment={})

    told = "\n".join([str(caught.value), *map(render, caught.value.problems)])
    assert MARKER not in told
    assert "12345678" not in told
