"""Reply headers: what an answer says of how it came to be, in words that clients know."""

import json

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.http import TransportError
from router.gateway.openapi.headers import ANSWERED
from router.gateway.reply import LONGEST_HEADER
from router.testing import Scripted, error_answer, picture_answer, simulate, stream_answer
from tests.gateway.drive import KITE, OPENAI, ask, opened, together

RETRIES = "x-portkey-retry-attempt-count"
CACHE = "x-portkey-cache-status"
RETRYING = {"provider": "openai", "retry": {"attempts": 2}}
FALLBACK = {
    "strategy": {"mode": "fallback"},
    "targets": [RETRYING, {"provider": "openai", "override_params": {"model": "gpt-image-1"}}],
}
LOST = TransportError("lost", sent=True)
REFUSED = TransportError("refused", sent=False)


def asked(folder, *steps, config=RETRYING, body=KITE, headers=()):
    async def main():
        said = {"x-portkey-config": json.dumps(config), **dict(headers)}
        return await ask(opened(folder, *steps), headers=said, json_=body)

    return simulate(main)


@pytest.mark.parametrize(
    ("steps", "config", "status", "count"),
    [
        ([200], RETRYING, 200, "0"),
        ([503, 200], RETRYING, 200, "1"),
        ([503, 503, 200], RETRYING, 200, "2"),
        ([503], RETRYING, 503, "-1"),
        ([400], RETRYING, 400, "0"),
        ([503], {"provider": "openai"}, 503, "0"),
        ([503, 503, 503, 200], FALLBACK, 200, "0"),
        ([503], FALLBACK, 503, "0"),
    ],
    ids=["at once", "one", "two", "in vain", "not worth it", "none", "the next", "nobody"],
)
def test_retries_are_those_of_the_target_that_answered(tmp_path, steps, config, status, count):
    seen = asked(tmp_path, *steps, config=config)

    assert (seen.status, seen.headers[RETRIES]) == (status, count)


@pytest.mark.parametrize(("steps", "count"), [([200], "0"), ([200, 503, 200], "1")])
def test_a_call_for_each_picture_is_no_retry(tmp_path, steps, count):
    body = {"prompt": "a kite", "model": "dall-e-3", "n": 2}

    seen = asked(tmp_path, *steps, body=body)

    assert (seen.status, seen.headers[RETRIES]) == (200, count)


def test_a_call_that_waits_for_its_turn_is_no_retry(tmp_path):
    limited = {"provider": "openai", "limit": {"concurrency": 1}}
    (tmp_path / "limited.json").write_text(json.dumps(limited))

    async def main():
        gateway = opened(tmp_path, (5, 200))
        headers = {"x-portkey-config": "limited"}
        return await together(ask(gateway, headers=headers), ask(gateway, headers=headers))

    seen = simulate(main)

    assert [one.ended for one in seen] == [5.0, 10.0]
    assert [one.headers[RETRIES] for one in seen] == ["0", "0"]


def test_a_stream_under_way_has_not_failed(tmp_path):
    body = {**KITE, "stream": True, "partial_images": 1}

    seen = asked(tmp_path, 503, stream_answer(1, every=9.0), body=body)

    assert (seen.status, seen.headers[RETRIES]) == (200, "1")


def test_a_part_that_came_does_not_make_a_failure_an_answer(tmp_path):
    body = {"prompt": "a kite", "model": "dall-e-3", "n": 2}

    seen = asked(tmp_path, 200, 503, 503, 503, body=body)

    assert (seen.status, seen.headers[RETRIES]) == (503, "-1")
    assert seen.headers["x-should-retry"] == "false"


CACHED = {**RETRYING, "cache": {"mode": "simple", "max_age": 60}}


def test_a_cache_tells_what_it_did_in_portkeys_words(tmp_path):
    (tmp_path / "cached.json").write_text(json.dumps(CACHED))
    again = {"x-portkey-cache-force-refresh": "true"}
    private = {"x-portkey-debug": "false"}

    async def main():
        gateway = opened(tmp_path)
        return [
            (await ask(gateway, headers={"x-portkey-config": "cached", **more})).headers
            for more in ({}, {}, again, private)
        ]

    seen = simulate(main)

    assert [one[CACHE] for one in seen] == ["MISS", "HIT", "REFRESH", "DISABLED"]
    assert [one["x-portkey-attempts"] for one in seen] == ["1", "0", "1", "1"]


def test_without_a_cache_it_is_disabled(tmp_path):
    assert asked(tmp_path).headers[CACHE] == "DISABLED"


@pytest.mark.parametrize(
    ("steps", "bought"),
    [
        ([400], False),
        ([401], False),
        ([429], False),
        ([503], False),
        ([error_answer(429, code="insufficient_quota")], False),
        ([REFUSED], False),
        ([500], True),
        ([LOST], True),
        ([(700, 200)], True),
        ([picture_answer(0)], True),
        ([500, 400], True),
        ([LOST, 429, 429], True),
    ],
    ids=str,
)
def test_a_client_is_told_not_to_ask_again_where_something_may_be_bought(tmp_path, steps, bought):
    seen = asked(tmp_path, *steps)

    assert seen.status >= 400
    assert (seen.headers.get("x-should-retry") == "false") is bought
    assert seen.headers["x-portkey-trace-id"]


@pytest.mark.parametrize(
    ("status", "after", "told"), [(429, 7.2, "8"), (503, 7, "7"), (400, 7, None)]
)
def test_a_wait_is_told_where_waiting_helps(tmp_path, status, after, told):
    answer = error_answer(status, retry_after=after)

    seen = asked(tmp_path, answer, config={"provider": "openai"})

    assert seen.headers.get("retry-after") == told


@pytest.mark.parametrize(
    ("trace_id", "told"),
    [("mine", "mine"), ("x" * 500, "x" * 128), ("größe", "gr??e"), ("a\r\nb: c", "a??b: c")],
    ids=["mine", "long", "no ASCII", "lines"],
)
@pytest.mark.parametrize("steps", [[200], [503], [LOST]], ids=["answered", "failed", "lost"])
def test_the_callers_trace_id_is_echoed(tmp_path, trace_id, told, steps):
    seen = asked(tmp_path, *steps, headers={"x-portkey-trace-id": trace_id})

    assert seen.headers["x-portkey-trace-id"] == told
    assert seen.headers["x-request-id"] != told


@pytest.mark.parametrize("trace_id", ["mine", "x" * 500], ids=["mine", "long"])
@pytest.mark.parametrize("config", [{}, {"provider": "nobody"}], ids=["nothing", "unknown"])
def test_a_refusal_echoes_it_as_an_answer_does(tmp_path, trace_id, config):
    headers = {"x-portkey-trace-id": trace_id}

    refused = asked(tmp_path, config=config, headers=headers)

    assert refused.status == 400
    assert (
        refused.headers["x-portkey-trace-id"]
        == asked(tmp_path, headers=headers).headers["x-portkey-trace-id"]
    )


def test_a_request_without_a_trace_id_is_named_by_the_gateway(tmp_path):
    headers = asked(tmp_path).headers

    assert headers["x-portkey-trace-id"] == headers["x-request-id"]


STRANGE = st.text(min_size=1, max_size=40) | st.sampled_from(["\r\nset-cookie: a=b", "é" * 3000])


@given(STRANGE, STRANGE, st.sampled_from([200, 400, 503]))
def test_every_header_is_short_plain_and_documented(tmp_path_factory, model, trace_id, step):
    folder = tmp_path_factory.mktemp("gateway")
    body = {"prompt": "a kite", "model": model, "n": 3, "size": "1x1", "seed": 1}
    said = {**OPENAI, "x-portkey-trace-id": trace_id.encode("utf-8", "replace")}

    async def main():
        return await ask(opened(folder, step), headers=said, json_=body)

    seen = simulate(main)

    assert seen.headers.keys() <= {*ANSWERED, "content-type", "content-length"}
    for value in seen.headers.values():
        assert len(value) <= LONGEST_HEADER
        assert value.isascii()
        assert value.isprintable()


@pytest.mark.parametrize(
    ("status", "told"), [(400, 400), (418, 418), (599, 599), (600, 502), (999, 502), (101, 502)]
)
def test_a_status_that_no_failure_has_is_that_of_a_bad_gateway(tmp_path, status, told):
    seen = asked(tmp_path, error_answer(status), config={"provider": "openai"})

    assert seen.status == told
    assert seen.error["message"]
    assert f"openai {status}" in seen.headers["x-portkey-route"] or status < 200


def test_the_last_target_that_was_asked_is_named(tmp_path):
    seen = asked(tmp_path, 503, 503, 503, 200, config=FALLBACK)

    assert seen.headers["x-portkey-last-used-option-index"] == "config.targets[1]"
    assert seen.headers["x-portkey-provider"] == "openai"
    assert seen.headers["x-portkey-attempts"] == "4"
    assert seen.headers["x-portkey-route"].count("503 overloaded") == 3


def test_strict_answers_have_only_openais_fields(tmp_path):
    answer = json.loads(picture_answer().body)
    answer["data"][0] |= {"seed": 7, "revised_prompt": "a red kite"}
    answer |= {"timings": 1, "usage": {"total_tokens": 1}}
    sender = Scripted(lambda _: _json(answer), repeat=True)

    async def main():
        gateway = opened(tmp_path, sender=sender)
        strict = {**OPENAI, "x-portkey-strict-open-ai-compliance": "true"}
        return await ask(gateway, headers=OPENAI), await ask(gateway, headers=strict)

    loose, strict = simulate(main)

    assert loose.json == answer
    assert set(strict.json) == {"created", "data", "usage"}
    assert set(strict.json["data"][0]) == {"b64_json", "revised_prompt"}


def _json(value):
    found = picture_answer()
    return type(found)(status=200, headers=found.headers, body=json.dumps(value).encode())


def test_an_answer_in_openais_shape_leaves_as_it_came(tmp_path):
    assert asked(tmp_path).body == picture_answer().body


def test_every_request_is_answered_once(tmp_path):
    async def main():
        seen = await ask(opened(tmp_path), headers=OPENAI)
        return seen, anyio.current_time()

    seen, now = simulate(main)

    assert seen.ended == now == 0.0
