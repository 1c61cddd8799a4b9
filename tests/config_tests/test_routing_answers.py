"""Whom an answer is for, which one is next, and when each request is asked."""

from dataclasses import replace

import pytest
from routing_tools import FALLBACK, LONE, differences, one, ready, results

ACCOUNTS = """\
virtual_keys:
  main: {provider: openai, api_key: sk-main}
  spare: {provider: openai, api_key: sk-spare}
strategy: {mode: fallback}
targets:
  - strategy: {mode: fallback}
    name: accounts
    targets:
      - {virtual_key: main, override_params: {model: gpt-image-2}}
      - {virtual_key: spare, override_params: {model: gpt-image-1-mini}}
  - {provider: replicate, override_params: {model: black-forest-labs/flux-schnell}}
"""


@pytest.mark.parametrize(
    ("script", "statuses"),
    [
        ("503", [503, 503, 503, 503]),
        ("[503, ok]", [503, 200, 200, 200]),
        ("[ok, 503, 500]", [200, 503, 500, 500]),
        ("[{status: 503, times: 2}, 500, ok]", [503, 503, 500, 200]),
        ("[{kind: ok, times: 3}, 503]", [200, 200, 200, 503]),
        ("[ok, {status: 503, after: 20}]", [200, 200, 503, 503]),
        ("[503, 500, {kind: ok, after: 30}]", [503, 500, 500, 200]),
        ("{status: 503, after: 20}", [200, 200, 503, 503]),
        ("[{status: 503, after: 20}]", [200, 200, 503, 503]),
        ("[{status: 503, after: 10}, {status: 500, after: 30}]", [200, 503, 503, 500]),
        ("[{status: 503, after: 20}, ok]", [200, 200, 503, 200]),
        (
            "[ok, {status: 503, after: 10}, {status: 500, after: 20, times: 1}, 502]",
            [200, 503, 500, 502],
        ),
    ],
)
def test_answers_are_given_in_order_and_the_last_goes_on(tmp_path, script, statuses):
    then = ", ".join(f"{{status: {status}}}" for status in statuses)
    body = f"given: {{openai: {script}}}\nwhen: [{{at: 0}}, {{at: 10}}, {{at: 20}}, {{at: 30}}]\n"

    assert differences(one(tmp_path, f"{body}then: [{then}]\n", LONE)) == []


@pytest.mark.parametrize(
    ("given", "asked"),
    [
        ("openai: 503", "[main, spare, replicate]"),
        ("main: 503", "[main, spare]"),
        ("openai/gpt-image-2: 503", "[main, spare]"),
        ("'targets[0].targets[0]': 503", "[main, spare]"),
        ("'config.targets[0]': 503", "[main, spare, replicate]"),
        ("accounts: 503", "[main, spare, replicate]"),
        ("'*': 503, replicate: ok", "[main, spare, replicate]"),
        ("openai: 503, spare: ok", "[main, spare]"),
        ("accounts: 503, openai: ok", "[main, spare, replicate]"),
        ("'targets[0]': 503, 'targets[0].targets[1]': ok", "[main, spare]"),
        ("main: 503, openai/gpt-image-2: ok", "[main, spare]"),
    ],
)
def test_the_most_exact_name_counts(tmp_path, given, asked):
    body = f"given: {{{given}}}\nthen: {{asked: {asked}}}\n"

    assert differences(one(tmp_path, body, ACCOUNTS)) == []


def test_targets_of_one_name_share_a_script(tmp_path):
    body = "given: {openai: [503, ok]}\nthen: {asked: [main, spare], served_by: spare}\n"

    assert differences(one(tmp_path, body, ACCOUNTS)) == []


def test_an_answer_is_that_of_an_attempt_however_many_requests_it_takes(tmp_path):
    config = "provider: replicate\noverride_params: {model: black-forest-labs/flux-schnell}\n"
    body = """\
        given: {replicate: [{delay: 30}, 503, ok]}
        when: [{}, {}, {}]
        latency: 5
        then: [{waited: {from: 35, to: 40}}, {status: 503, waited: 5}, {status: 200}]
    """

    assert differences(one(tmp_path, body, config)) == []


def test_without_a_time_each_request_waits_for_the_one_before(tmp_path):
    body = """\
        given: {openai: [ok, {status: 503, after: 15}]}
        latency: {openai: 10, stability-ai: 0}
        when: [{repeat: 2}, {}]
        then: [{asked: [openai]}, {asked: [openai, stability-ai]}]
    """

    assert differences(one(tmp_path, body)) == []


def test_with_a_time_they_do_not_wait(tmp_path):
    limited = f"{LONE}limit: {{concurrency: 1}}\n"
    body = """\
        latency: 10
        when: [{at: 0}, {at: 1}, {at: 25}, {}]
        then: [{waited: 10}, {waited: 19}, {waited: 10}, {waited: 10}]
    """

    assert differences(one(tmp_path, body, limited)) == []


def test_repetitions_with_a_time_come_at_once_or_at_intervals(tmp_path):
    limited = f"{LONE}limit: {{concurrency: 1}}\n"
    body = """\
        latency: 10
        when: [{at: 0, repeat: 3}, {at: 100, every: 10, repeat: 3}]
        then: [{waited: {from: 10, to: 30}, attempts: 1}, {waited: 10}]
    """

    assert differences(one(tmp_path, body, limited)) == []


def test_a_number_in_the_metadata_tells_repetitions_apart(tmp_path):
    config = """\
strategy:
  mode: conditional
  conditions: [{query: {metadata.user: {$eq: user-3}}, then: third}]
  default: others
targets:
  - {name: third, provider: openai, override_params: {model: gpt-image-2}}
  - {name: others, provider: stability-ai}
"""
    body = "when: {metadata: {user: 'user-{number}', n: 1}, repeat: 4}\n"

    result = one(tmp_path, f"{body}then: {{share: {{third: 0.25}}}}\n", config)

    assert differences(result) == []


def test_it_does_so_in_the_prompt_and_deep_in_the_metadata_too(tmp_path):
    config = """\
strategy:
  mode: conditional
  conditions:
    - query: {metadata.of.user: u-2, params.prompt: {$eq: kite 2}}
      then: second
  default: others
targets:
  - {name: second, provider: openai, override_params: {model: gpt-image-2}}
  - {name: others, provider: stability-ai}
"""
    request = "{prompt: 'kite {number}', metadata: {of: {user: 'u-{number}', plan: 7}}, repeat: 4}"

    result = one(tmp_path, f"when: {request}\nthen: {{share: {{second: 0.25}}}}\n", config)

    assert differences(result) == []


def test_tests_share_nothing(tmp_path):
    config = f"{LONE}cache: {{mode: simple}}\ncb_config: {{failure_threshold: 1}}\n"
    tests = """\
        tests:
          - {name: one, then: {cache: miss}}
          - {name: two, then: {cache: miss}}
          - {name: three, given: {openai: 503}, then: {asked: [openai]}}
          - {name: four, given: {openai: 503}, then: {asked: [openai]}}
    """

    assert [differences(result) for result in results(tmp_path, tests, config)] == [[]] * 4


def test_the_same_seed_is_the_same_run_and_the_tests_own_seed_counts(tmp_path):
    config = FALLBACK.replace("fallback", "loadbalance")
    drawn = "when: {repeat: 40}\nthen: {share: {openai: 0}}\n"

    told = [
        differences(one(tmp_path, body, config, seed))
        for seed, body in [(1, drawn), (1, drawn), (2, drawn), (2, f"seed: 1\n{drawn}")]
    ]

    assert told[0] == told[1] == told[3]
    assert told[0] != told[2]


@pytest.mark.parametrize("request_", ["{operation: edit}", "{operation: edit, mask: true}"])
def test_an_edit_begins_with_a_picture_that_is_put_in(tmp_path, request_):
    assert differences(one(tmp_path, f"when: {request_}\nthen: {{status: 200}}\n", LONE)) == []


def test_what_a_request_says_reaches_the_engine(tmp_path):
    config = "default_params: {model: gpt-image-2}\n"
    body = """\
        given: {openai: {delay: 50}}
        when: {provider: openai, timeout: 20, extra_body: {steps: 3}}
        then: {asked: [openai], waited: 20, status: 408}
    """

    assert differences(one(tmp_path, body, config)) == []


def test_a_bug_in_what_is_answered_is_raised_and_no_answer(tmp_path):
    made = ready(tmp_path, "tests: [{name: a test, given: {openai: 503}, then: {status: 200}}]\n")
    [case] = made.suite.cases

    with pytest.raises(IndexError):
        made.run(replace(case, given={"openai": ()}))
