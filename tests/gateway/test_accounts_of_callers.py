"""Accounts of callers: who brings a key of its own is answered from that account, and no other."""

import json

import pytest

from router.testing import Scripted, error_answer, picture_answer, simulate
from tests.gateway import drive

CACHED = {"provider": "openai", "cache": {"mode": "simple", "max_age": 600}}
GUARDED = {"provider": "openai", "cb_config": {"failure_threshold": 3, "cooldown_interval": 60000}}
LIMITED = {"provider": "openai", "limit": {"per_minute": 1}}
OPEN = {"cache": CACHED["cache"]}
VIRTUAL = {"virtual_key": "prod", "cache": CACHED["cache"]}
FILES = {
    "cached": CACHED,
    "open": OPEN,
    "virtual": VIRTUAL,
    "limited": LIMITED,
    "virtual_keys": {"prod": {"provider": "openai", "api_key": "sk-prod"}},
}
UNSET = {}


def answer(request):
    """Give a picture to keys that are good."""
    key = request.headers["authorization"]
    return error_answer(401) if "bogus" in key else picture_answer()


def answered(folder, config, keys, *, environment=UNSET, reply=answer, **said):
    """Ask with one key after the other; return what each got, and when the provider was asked."""
    drive.written(folder, **FILES)
    sender = Scripted(reply, repeat=True)

    async def main():
        gateway = drive.opened(folder, sender=sender, environment=environment)
        return [
            await drive.ask(
                gateway,
                headers={
                    "authorization": f"Bearer {key}",
                    "x-portkey-config": config if isinstance(config, str) else json.dumps(config),
                    **said,
                },
            )
            for key in keys
        ]

    return simulate(main), sender.times


def statuses(answers):
    return [one.status for one in answers]


@pytest.mark.parametrize(
    ("config", "said"),
    [(CACHED, {}), ("open", {"x-portkey-provider": "openai"})],
    ids=["a config that is sent", "a config that leaves the provider open"],
)
def test_what_one_key_has_paid_for_is_not_given_to_another(tmp_path, config, said):
    keys = ["sk-alice", "sk-bogus", "sk-bob", "sk-alice"]

    answers, times = answered(tmp_path, config, keys, **said)

    assert statuses(answers) == [200, 401, 200, 200]
    assert [one.headers.get("x-portkey-cache-status") for one in answers][2:] == ["MISS", "HIT"]
    assert len(times) == 3


@pytest.mark.parametrize(
    ("config", "environment"), [("cached", drive.ENVIRONMENT), ("virtual", UNSET)]
)
def test_what_the_operators_key_has_paid_for_is_there_for_all(tmp_path, config, environment):
    answers, times = answered(tmp_path, config, ["sk-alice", "sk-bob"], environment=environment)

    assert (statuses(answers), len(times)) == ([200, 200], 1)


def test_a_key_that_fails_opens_no_breaker_for_others(tmp_path):
    def reply(request):
        return error_answer(500) if "bad" in request.headers["authorization"] else picture_answer()

    answers, _ = answered(tmp_path, GUARDED, ["sk-bad"] * 4 + ["sk-good"], reply=reply)

    assert statuses(answers) == [500, 500, 500, 503, 200]


def test_nobody_comes_round_the_operators_limit_with_keys_that_are_not_used(tmp_path):
    keys = [f"sk-{number}" for number in range(3)]

    answers, times = answered(tmp_path, "limited", keys, environment=drive.ENVIRONMENT)

    assert (times, statuses(answers)) == ([0, 60, 120], [200] * 3)
