"""Instructions: what the headers of real clients say, each spelling of it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.instructions import (
    LONGEST_CONFIG,
    LONGEST_ID,
    NEVER_FORWARDED,
    NOTHING_SAID,
    OPTIONS,
    PREFIX,
    Instructions,
    instructions_in,
)
from router.gateway.refusal import Refusal
from router.testing import Scripted, simulate
from tests.gateway.drive import OPENAI, ask, opened

METADATA = {"_user": "Zoë", "n": 1, "plan": "große"}


def read(headers=(), **said):
    """Read headers; `said` are Portkey's, without their prefix."""
    ours = {f"{PREFIX}{name.replace('_', '-')}": value for name, value in said.items()}
    return instructions_in({**dict(headers), **ours})


@pytest.mark.parametrize(
    ("said", "field", "expected"),
    [
        ({"provider": "openai"}, "provider", "openai"),
        ({"provider": "@openai-prod"}, "provider", "@openai-prod"),
        ({"virtual_key": "openai-vk"}, "virtual_key", "openai-vk"),
        ({"config": "pc-abc"}, "config", "pc-abc"),
        ({"trace_id": "t-1"}, "trace_id", "t-1"),
        ({"cache_namespace": "ns"}, "namespace", "ns"),
        ({"cache_force_refresh": "true"}, "refresh", True),
        ({"cache_force_refresh": "True"}, "refresh", True),
        ({"cache_force_refresh": "false"}, "refresh", False),
        ({"request_timeout": "3000"}, "timeout", 3.0),
        ({"request_timeout": "0"}, "timeout", None),
        ({"retry_count": "3"}, "retries", 3),
        ({"strict_open_ai_compliance": "true"}, "is_strict", True),
        ({"strict_open_ai_compliance": "false"}, "is_strict", False),
        ({"debug": "false"}, "is_private", True),
        ({"debug": "False"}, "is_private", True),
        ({"debug": "true"}, "is_private", False),
        ({"custom_host": "https://x.test"}, "options", {"custom_host": "https://x.test"}),
        *(({name: "x"}, "options", {key: "x"}) for name, key in OPTIONS.items()),
    ],
    ids=str,
)
def test_every_header_means_what_clients_mean_by_it(said, field, expected):
    assert getattr(read(**said), field) == expected


@pytest.mark.parametrize(
    "said",
    [
        {"api_key": ""},
        {"api_key": "key"},
        {"package_version": "portkey-2.3.4", "runtime": "CPython", "runtime_version": "3.12"},
        {"mode": "proxy x"},
        {"config": "", "metadata": " ", "virtual_key": ""},
        {"something_new": "{"},
        {"sensitive_headers": "['X-Internal-Token']"},
        {"sensitive_headers": '["X-Internal-Token"'},
    ],
    ids=str,
)
def test_what_means_nothing_here_is_ignored(said):
    assert read(**said) == NOTHING_SAID


@pytest.mark.parametrize(
    "written",
    [
        json.dumps(METADATA),
        json.dumps(METADATA, ensure_ascii=False, separators=(",", ":")),
        str(METADATA),
    ],
    ids=["Python's client", "Node's client", "pages"],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_metadata_reads_the_same_however_it_is_written(tmp_path, written, encoding):
    config = {
        "strategy": {
            "mode": "conditional",
            "conditions": [
                {"query": {"metadata._user": "Zoë", "metadata.plan": "große"}, "then": "right"}
            ],
            "default": "wrong",
        },
        "targets": [
            {"name": "right", "provider": "openai"},
            {"name": "wrong", "provider": "stability-ai"},
        ],
    }
    headers = [
        ("x-portkey-metadata", written.encode(encoding)),
        ("x-portkey-config", json.dumps(config)),
    ]

    async def main():
        return await ask(opened(tmp_path), headers=headers)

    assert simulate(main).headers["x-portkey-provider"] == "openai"


@pytest.mark.parametrize(
    "listed",
    [
        "X-My-Header,x_other",
        "xMyHeader,xOther",
        '["X-My-Header", "x_other"]',
        "['x-my-header', 'X-Other']",
        " x_my_header , X-OTHER",
    ],
)
def test_headers_to_forward_are_found_in_any_spelling(listed):
    headers = {"x-my-header": "1", "x-other": "2", "x-third": "3"}

    assert read(headers, forward_headers=listed).forwarded == {"x-my-header": "1", "x-other": "2"}


@given(
    st.lists(
        st.sampled_from([*sorted(NEVER_FORWARDED), "x-portkey-api-key", "x-portkey-config"]),
        min_size=1,
    )
)
def test_no_header_is_forwarded_that_holds_a_secret(names):
    said = {"x-portkey-forward-headers": json.dumps(names), **dict.fromkeys(names, "secret")}

    assert instructions_in({**said, "x-portkey-config": "id"}).forwarded == {}


@pytest.mark.parametrize("said", ["x", "-1", "1.5", "1e3", "9" * 10, "½"])
@pytest.mark.parametrize("name", ["request_timeout", "retry_count"])
def test_a_count_that_is_none_is_refused(name, said):
    with pytest.raises(Refusal) as refused:
        read(**{name: said})

    assert refused.value.status == 400
    assert PREFIX + name.replace("_", "-") in refused.value.message


def padded(size):
    """Return a config of so many characters."""
    config = json.dumps({"provider": "openai", "x-note": ""})
    return config[:-2] + "y" * (size - len(config)) + config[-2:]


@pytest.mark.parametrize(
    ("size", "status"),
    [(32 * 1024, 200), (LONGEST_CONFIG + 1, 431), (200_000, 431)],
)
def test_a_config_of_32_kilobytes_is_taken_and_a_longer_one_refused(tmp_path, size, status):
    async def main():
        return await ask(opened(tmp_path), headers={"x-portkey-config": padded(size)})

    assert simulate(main).status == status


@pytest.mark.parametrize(
    ("config", "is_inline"), [("pc-1", False), (" pc-1 ", False), ("{}", True), (' {"a": 1}', True)]
)
def test_what_begins_with_a_brace_is_a_config_itself(config, is_inline):
    assert read(config=config).is_inline is is_inline


@pytest.mark.parametrize(
    "said", [{"config": "a"}, {"provider": "a"}, {"virtual_key": "a"}], ids=str
)
def test_who_names_where_to_go_has_chosen(said):
    assert read(**said).chooses
    assert not read(trace_id="x", metadata="{}").chooses


def test_a_long_trace_id_is_cut():
    assert read(trace_id="x" * 500).trace_id == "x" * LONGEST_ID


@given(st.dictionaries(st.sampled_from(["config", "metadata", *OPTIONS, "debug"]), st.text()))
def test_whatever_is_said_is_read_or_refused(said):
    try:
        outcome = read(**said)
    except Refusal as refused:
        outcome = refused

    assert isinstance(outcome, Instructions) or outcome.status in {400, 431}


@pytest.mark.parametrize(
    ("body", "headers", "provider"),
    [
        ({"user": "paid"}, {}, "openai"),
        ({"user": "paid"}, {"x-portkey-metadata": '{"_user": "free"}'}, "stability-ai"),
        ({}, {"x-portkey-metadata": '{"_user": "paid"}'}, "openai"),
        ({}, {}, "stability-ai"),
    ],
    ids=["the body's", "the header's wins", "the header's", "nobody's"],
)
def test_the_user_of_a_body_is_in_the_metadata_unless_it_says_another(
    tmp_path, body, headers, provider
):
    config = {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": {"metadata._user": "paid"}, "then": "best"}],
            "default": "other",
        },
        "targets": [
            {"name": "best", "provider": "openai"},
            {"name": "other", "provider": "stability-ai"},
        ],
    }
    (tmp_path / "main.json").write_text(json.dumps(config))

    async def main():
        said = {"x-portkey-config": "main", **headers}
        return await ask(opened(tmp_path), json_={"prompt": "a kite", **body}, headers=said)

    assert simulate(main).headers["x-portkey-provider"] == provider


def test_a_request_timeout_in_a_header_beats_the_configs(tmp_path):
    config = json.dumps({"provider": "openai", "request_timeout": 60_000})
    headers = {"x-portkey-config": config, "x-portkey-request-timeout": "3000"}

    async def main():
        return await ask(opened(tmp_path, (100, 200)), headers=headers)

    seen = simulate(main)

    assert (seen.status, seen.ended) == (408, 3.0)


@pytest.mark.parametrize(("count", "calls"), [("0", 1), ("2", 3), ("9", 6)])
def test_a_retry_count_retries_where_headers_choose_the_provider(tmp_path, count, calls):
    sender = Scripted(503, repeat=True)

    async def main():
        headers = {**OPENAI, "x-portkey-retry-count": count}
        return await ask(opened(tmp_path, sender=sender), headers=headers)

    assert simulate(main).status == 503
    assert len(sender.requests) == calls


@pytest.mark.parametrize(
    ("said", "ends"),
    [("20", 15.0), ("600", 570.0), ("3", 1.5), ("x", 570.0), ("nan", 570.0), ("-1", 570.0)],
)
def test_a_client_is_answered_before_it_gives_up(tmp_path, said, ends):
    async def main():
        headers = {**OPENAI, "x-stainless-read-timeout": said}
        return await ask(opened(tmp_path, (1000, 200)), headers=headers)

    seen = simulate(main)

    assert (seen.status, seen.ended) == (408, ends)
    assert seen.headers["x-should-retry"] == "false"
