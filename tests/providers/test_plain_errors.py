"""What messages mean where a provider has no codes for it."""

import pytest

from router.core.outcome import Kind
from router.providers.plain_errors import is_money, is_refusal, kind_of_failed_job

REFUSALS = [
    "The prompt violates our content policy",
    "content_policy_violation",
    "CONTENT-FILTER",
    "Blocked by the content.filter",
    "stopped by moderation",
    "NSFW content detected",
    "our safety system said no",
    "did not pass the safety check",
    "the Safety Filter",
]
MONEY = [
    "Insufficient credits",
    "no credit left",
    "the team's spend limit is reached",
    "spending_limit",
    "your balance is too low",
    "please top up",
    "TOP-UP needed",
]
UNFIT = [
    "Prompt is Mandatory and must be string",
    "image is required",
    "invalid image_url",
    "size 3 is not supported",
]
OTHERS = [
    "",
    "CUDA out of memory",
    "the content was lost",
    "accredited models only",
    "an unbalanced tree",
    "safely stopped",
    "nsfwish",
    "mustbe",
]


@pytest.mark.parametrize("message", REFUSALS)
def test_a_refusal_is_told_by_its_words(message):
    assert is_refusal(message)
    assert kind_of_failed_job(message) is Kind.REFUSED


@pytest.mark.parametrize("message", MONEY)
def test_money_is_told_by_its_words(message):
    assert is_money(message)
    assert not is_refusal(message)
    assert kind_of_failed_job(message) is Kind.QUOTA_EXHAUSTED


@pytest.mark.parametrize("message", UNFIT)
def test_a_job_that_died_of_its_parameters_is_a_bad_request(message):
    assert kind_of_failed_job(message) is Kind.BAD_REQUEST


@pytest.mark.parametrize("message", OTHERS)
def test_other_words_mean_neither_and_a_job_that_died_of_them_is_the_servers_fault(message):
    assert not is_refusal(message)
    assert not is_money(message)
    assert kind_of_failed_job(message) is Kind.SERVER_ERROR


def test_a_refusal_is_one_even_where_it_speaks_of_money_or_of_parameters():
    assert kind_of_failed_job("invalid prompt: content policy; no credits used") is Kind.REFUSED
    assert kind_of_failed_job("invalid key: no credits") is Kind.QUOTA_EXHAUSTED
