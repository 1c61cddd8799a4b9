"""A test that failed is told in full: which request, what was, when, and why."""

import textwrap

import pytest
from routing_tools import FALLBACK, LONE, one

from router.config_tests.telling import headline, tell

CONDITIONAL = """\
strategy:
  mode: conditional
  conditions: [{query: {metadata.plan: pro}, then: best}]
  default: quick
targets:
  - {name: best, provider: openai, override_params: {model: gpt-image-2}}
  - {name: quick, provider: stability-ai, override_params: {model: stable-image-core}}
"""


def told(text):
    return textwrap.dedent(text).strip("\n")


def test_each_attempt_is_a_line_with_its_pause_and_the_end_is_the_callers(tmp_path):
    retrying = FALLBACK.replace("request_timeout: 60000", "retry: {attempts: 1}")
    body = """\
        given: {openai: {status: 429, retry_after: 20}, stability-ai: refusal}
        latency: 2
        then: {asked: [openai], kind: rate_limited}
    """

    result = one(tmp_path, body, retrying)

    text, _, message = tell(result).rpartition(": ")
    assert text == told("""
        expected asked  [openai]
        was             [openai x2, stability-ai]
        expected kind   rate_limited
        was             refused
        trace    0.0 s   targets[0]  openai        gpt-image-2        429 rate_limited
                 22.0 s  targets[0]  openai        gpt-image-2        429 rate_limited  after a pause of 20 s
                 24.0 s  targets[1]  stability-ai  stable-image-core  403 refused
                 26.0 s  403 refused
    """)  # noqa: E501
    assert message
    assert headline(result) == "asked: expected [openai], was [openai x2, stability-ai]"


def test_of_several_requests_it_says_which_and_when(tmp_path):
    body = "when: [{at: 0}, {at: 90, repeat: 3}]\nthen: [{status: 200}, {status: 503}]\n"

    assert tell(one(tmp_path, body)).startswith(
        "request 2 of 4, at 90 s, and 2 more like it\nexpected status  503\n"
    )


def test_why_somebody_was_chosen_is_told(tmp_path):
    result = one(tmp_path, "then: {asked: [best]}\n", CONDITIONAL)

    assert tell(result).endswith("why      conditional  targets[1]: no condition holds: default")


def test_that_somebody_was_drawn_is_no_reason(tmp_path):
    config = FALLBACK.replace("fallback", "loadbalance")

    assert "why" not in tell(one(tmp_path, "then: {status: 503}\n", config))


def test_why_somebody_was_not_even_asked_is_told(tmp_path):
    config = f"{FALLBACK}cb_config: {{failure_threshold: 1}}\n"
    body = "given: {openai: 503}\nwhen: [{}, {}]\nthen: [{status: 200}, {asked: [openai]}]\n"

    lines = tell(one(tmp_path, body, config)).splitlines()

    assert lines[-1] == (
        "why      fallback  targets[1]: targets[0] was not asked: "
        "the circuit breaker of openai is open"
    )


def test_an_answer_from_the_cache_says_so(tmp_path):
    config = f"{LONE}cache: {{mode: simple}}\n"
    result = one(tmp_path, "when: [{}, {}]\nthen: {asked: [openai]}\n", config)

    assert tell(result).splitlines()[3:] == [
        "trace    0.0 s  answered from the cache",
        "why      cache  hit: the same request was answered before",
    ]


@pytest.mark.parametrize("name", ["main", "configured"])
def test_a_virtual_key_stands_for_its_provider(tmp_path, name):
    config = f"virtual_keys: {{{name}: {{provider: openai, api_key: sk}}}}\nvirtual_key: {name}\n"
    result = one(tmp_path, "when: {model: gpt-image-2}\nthen: {status: 503}\n", config)

    assert f"0.0 s  config  {name}  gpt-image-2  200" in tell(result)


def test_where_there_is_no_room_models_are_left_out(tmp_path):
    result = one(tmp_path, "then: {status: 503}\n")

    assert "gpt-image-2" in tell(result, room=80)
    assert "gpt-image-2" not in tell(result, room=45)
    assert "openai" in tell(result, room=45)


def test_a_long_message_is_cut_between_words_and_the_cut_is_marked(tmp_path):
    result = one(tmp_path, "given: {openai: refusal}\nthen: {status: 200}\n", LONE)
    message = result.disappointments[0].tried.error.message

    kept, mark, rest = tell(result).rpartition("refused: ")[2].partition(" ...")

    assert (mark, rest) == (" ...", "")
    assert message.startswith(f"{kept} ")


def test_a_short_message_is_whole(tmp_path):
    result = one(tmp_path, "given: {openai: 503}\nthen: {status: 200}\n", LONE)

    assert tell(result).endswith("503 overloaded: The servers are overloaded.")
