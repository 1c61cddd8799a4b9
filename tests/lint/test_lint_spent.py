"""What a spent budget, an idle list and a weight of 0 mean for who is asked next."""

import pytest
from lint_tools import check_text, codes, told
from test_lint_rules import AZURE, OPENAI, group

FALLBACK = "{mode: fallback}"
FAILOVER = "{mode: loadbalance, failover: true}"


def found(text, folder):
    return sorted(set(codes(check_text(text, folder))) - {"same-credential", "drained-target"})


def test_a_target_of_its_own_budget_that_is_spent_keeps_the_next_from_being_asked(tmp_path):
    greedy = "{provider: openai, budget: {attempts: 2}, retry: {attempts: 3}}"
    text = group(FALLBACK, greedy, "{provider: google}")

    problem = told(check_text(text, tmp_path), "retries-beyond-budget")

    assert "before config.targets[1] is asked" in problem.harm
    assert problem.hint.startswith("retry at most 1 time,")


def test_a_target_of_its_own_deadline_that_hangs_keeps_the_next_from_being_asked(tmp_path):
    text = group(FALLBACK, "{provider: openai, budget: {deadline: 30}}", "{provider: google}")

    assert "timeout-beyond-deadline" in codes(check_text(text, tmp_path))


def test_a_group_of_its_own_budget_that_is_spent_keeps_the_next_from_being_asked(tmp_path):
    inner = "{strategy: {mode: fallback}, budget: {attempts: 1}, targets: [%s, %s]}"
    text = group(FALLBACK, inner % (OPENAI, AZURE), "{provider: google}")

    problem = told(check_text(text, tmp_path), "starved-target")

    assert problem.place == "config.targets[0].targets[1]"
    assert problem.harm.endswith("and neither is config.targets[1]")


def test_a_failover_whose_first_may_take_every_call_is_told_once(tmp_path):
    more = "budget: {attempts: 2}\nretry: {attempts: 1}\n"
    text = group(FAILOVER, OPENAI, "{provider: google}", more=more)

    problem = told(check_text(text, tmp_path), "starved-target")

    assert problem.place == "config.strategy.failover"
    assert "allow 3 attempts" in problem.hint


UNPAID = "{provider: stability-ai, override_params: {model: stable-image-core}%s}"
OWN = UNPAID % ", budget: {max_cost: 0.001}"
ALL = "budget: {max_cost: 0.001, on_unknown_price: allow}\n"

ENDING = {
    "by its own budget": (group(FALLBACK, OWN, OPENAI), "with 402, and config.targets[1] is not"),
    "by a budget of all": (
        group(FALLBACK, UNPAID % "", "{provider: openai}", more=ALL),
        "with 402, and config.targets[1] is not",
    ),
    "drawn": (group(FAILOVER, OPENAI, OWN), "there, and config.targets[0] is not"),
    "behind others": (group(FALLBACK, OPENAI, OWN), "there"),
    "alone": (f"{OWN}\n", "with 402"),
}


@pytest.mark.parametrize(("text", "how"), ENDING.values(), ids=ENDING)
def test_of_an_unpaid_target_it_is_told_how_requests_end_that_come_to_it(text, how, tmp_path):
    harm = told(check_text(text, tmp_path), "unpaid-target").harm

    assert harm.removesuffix(" asked") == f"every request that comes to it ends {how}"


def test_a_target_of_unknown_price_is_passed_by(tmp_path):
    unknown = "{provider: replicate, override_params: {model: a-lab/a-model}}"
    text = group(FALLBACK, unknown, OPENAI, more="budget: {max_cost: 5}\n")

    problem = told(check_text(text, tmp_path), "unpaid-target")

    assert problem.harm == "it is passed by on every request"


NOBODY_IS_DRAWN = {
    "a call of whom is never made": group(
        FALLBACK,
        f"{{strategy: {FAILOVER}, targets: [{OPENAI}, {{provider: together-ai, weight: 0}}]}}",
        "{provider: google}",
        more="budget: {attempts: 2}\n",
    ),
    "whose retries are never made": group(
        FALLBACK,
        "{strategy: {mode: loadbalance}, targets: [{provider: openai},"
        " {provider: together-ai, weight: 0, retry: {attempts: 1}}]}",
        "{provider: google}",
        more="budget: {attempts: 2}\n",
    ),
    "who is not next": group(
        FAILOVER,
        "{provider: openai}",
        "{provider: google, weight: 0}",
        more="budget: {deadline: 90}\n",
    ),
    "who has the same credential": group(
        FAILOVER, "{provider: openai}", "{provider: openai, weight: 0}"
    ),
}


@pytest.mark.parametrize("text", NOBODY_IS_DRAWN.values(), ids=NOBODY_IS_DRAWN)
def test_of_a_weight_of_0_there_is_nobody(text, tmp_path):
    assert set(codes(check_text(text, tmp_path))) <= {"drained-target"}


def test_a_drained_target_of_another_model_makes_no_fallback_of_one_credential_better(tmp_path):
    other = "{provider: openai, weight: 0, override_params: {model: gpt-image-1.5}}"
    inner = f"{{strategy: {{mode: loadbalance}}, targets: [{other}, {OPENAI}]}}"
    text = group(FALLBACK, inner, OPENAI)

    assert told(check_text(text, tmp_path), "same-credential").severity == "warning"


@pytest.mark.parametrize(
    "retry",
    ["{attempts: 5, on_status_codes: []}", "{attempts: 5, on_status_codes: [418]}"],
    ids=["nothing is listed", "what never comes"],
)
def test_retries_that_are_never_made_are_no_calls(retry, tmp_path):
    text = f"provider: openai\nretry: {retry}\nbudget: {{attempts: 3}}\n"

    assert "retries-beyond-budget" not in codes(check_text(text, tmp_path))


PASSED_BY = {
    "by its breaker": group(
        "{mode: fallback, on_status_codes: [418]}",
        "{provider: openai, cb_config: {failure_threshold: 2}}",
        "{provider: google}",
    ),
    "as it is skipped": group(
        "{mode: fallback, on_status_codes: []}",
        "{provider: stability-ai, on_unsupported: skip,"
        " override_params: {model: stable-image-core}}",
        OPENAI,
    ),
    "for edits": group(
        "{mode: fallback, on_status_codes: []}",
        "{provider: stability-ai, override_params: {model: stable-image-core}}",
        OPENAI,
    ),
}


@pytest.mark.parametrize("text", PASSED_BY.values(), ids=PASSED_BY)
def test_a_fallback_is_reached_where_the_first_is_passed_by(text, tmp_path):
    assert "unreachable-fallback" not in codes(check_text(text, tmp_path))


def test_a_failover_with_no_code_that_comes_is_told_as_a_fallback_is(tmp_path):
    text = group("{mode: loadbalance, failover: true, on_status_codes: [402]}", OPENAI, AZURE)

    assert found(text, tmp_path) == ["unreachable-fallback"]


def test_of_a_list_that_refusals_pass_by_each_code_is_told(tmp_path):
    text = group("{mode: fallback, on_status_codes: [402], on_refusal: fallback}", OPENAI, AZURE)

    assert found(text, tmp_path) == ["impossible-status-code"]


LISTS = {
    "retry": "provider: openai\nretry: {attempts: 1, on_status_codes: [302, 503, 402.0]}\n",
    "breaker": (
        "provider: openai\n"
        "cb_config: {failure_threshold: 1, failure_status_codes: [302, 503, 402.0]}\n"
    ),
    "strategy": group("{mode: fallback, on_status_codes: [302, 503, 402.0]}", OPENAI, AZURE),
    "beside it": group(FALLBACK, OPENAI, AZURE, more="on_status_codes: [302, 503, 402.0]\n"),
}


@pytest.mark.parametrize("text", LISTS.values(), ids=LISTS)
def test_every_code_that_never_comes_is_told_once_and_can_be_removed(text, tmp_path):
    problems = check_text(text, tmp_path)

    assert codes(problems) == ["impossible-status-code"] * 2
    assert [problem.message.partition(" ")[0] for problem in problems] == ["302", "402"]
    assert all(problem.fix for problem in problems)
    assert "from 400 to 599" in problems[0].hint
