"""Whose key: one that a caller brings goes to the provider it is meant for, and to no other."""

import json

import pytest

from router.gateway.keys import digest_of, written
from router.testing import Scripted, simulate
from tests.gateway import drive

THEIRS = "sk-their-own"
OURS = "pxr-ours"
OPENAI = {"provider": "openai"}
STABILITY = {"provider": "stability-ai", "override_params": {"model": "stable-image-core"}}
OPEN = {"retry": {"attempts": 1, "on_status_codes": [418]}}
WRITTEN = {"provider": "openai", "api_key": "sk-in-the-config"}
ACCOUNTS = {"prod": {"provider": "openai", "api_key": "sk-prod"}}
NAMED_AS_PROVIDER = {"openai": {"provider": "stability-ai", "api_key": "sk-stability"}}


def sent_to(folder, *targets, environment=(), accounts=ACCOUNTS, model="gpt-image-2", **said):
    """Return the hosts that have seen the caller's key."""
    drive.written(folder, virtual_keys=accounts)
    sender = Scripted(503, repeat=True)
    config = {"strategy": {"mode": "fallback"}, "targets": list(targets)}
    headers = {
        "authorization": f"Bearer {THEIRS}",
        "x-portkey-config": json.dumps(config),
        **{f"x-portkey-{name.replace('_', '-')}": value for name, value in said.items()},
    }

    async def main():
        gateway = drive.opened(folder, sender=sender, environment=dict(environment))
        return await drive.ask(gateway, headers=headers, json_={**drive.KITE, "model": model})

    seen = simulate(main)
    assert THEIRS not in f"{seen.headers} {seen.body!r}"
    return [one.url.split("/")[2] for one in sender.requests if THEIRS in str(one.headers)]


@pytest.mark.parametrize(
    ("targets", "hosts"),
    [
        ([OPENAI], ["api.openai.com"]),
        ([OPENAI, OPENAI], ["api.openai.com", "api.openai.com"]),
        ([STABILITY], ["api.stability.ai"]),
        ([WRITTEN, STABILITY], ["api.stability.ai"]),
        ([{"virtual_key": "prod"}, STABILITY], ["api.stability.ai"]),
        ([OPENAI, STABILITY], []),
        ([STABILITY, OPENAI], []),
        ([WRITTEN], []),
        ([{"virtual_key": "prod"}], []),
        ([OPEN], []),
        ([OPENAI, OPEN], ["api.openai.com"]),
    ],
    ids=str,
)
def test_a_key_goes_to_the_only_provider_that_it_could_be_for(tmp_path, targets, hosts):
    assert sent_to(tmp_path, *targets) == hosts


@pytest.mark.parametrize("name", ["openai", "@openai"])
@pytest.mark.parametrize("targets", [[OPENAI, STABILITY], [STABILITY, OPEN], [OPEN]], ids=str)
def test_a_request_may_say_whose_its_key_is(tmp_path, targets, name):
    assert sent_to(tmp_path, *targets, provider=name) == ["api.openai.com"]


def test_a_model_may_say_so_too(tmp_path):
    assert sent_to(tmp_path, OPEN, model="@openai/gpt-image-2") == ["api.openai.com"]


def test_an_alias_says_it_as_well(tmp_path):
    assert sent_to(tmp_path, OPENAI, STABILITY, provider="stability") == ["api.stability.ai"]


@pytest.mark.parametrize("said", [{"virtual_key": "prod"}, {"provider": "@prod"}], ids=str)
def test_a_virtual_key_says_nothing_of_the_key_that_came(tmp_path, said):
    assert sent_to(tmp_path, OPEN, **said) == []
    assert sent_to(tmp_path, OPEN, OPENAI, STABILITY, **said) == []


def test_a_virtual_key_that_is_called_like_a_provider_is_none(tmp_path):
    assert sent_to(tmp_path, OPEN, accounts=NAMED_AS_PROVIDER, provider="openai") == []


def test_variables_of_the_operators_are_used_all_the_same(tmp_path):
    variables = {"STABILITY_API_KEY": "sk-operators"}

    assert sent_to(tmp_path, STABILITY, environment=variables) == []
    assert sent_to(tmp_path, STABILITY, OPENAI, environment=variables, provider="openai") == [
        "api.openai.com"
    ]


@pytest.mark.parametrize(
    "config",
    [
        {"provider": "openai", "api_key": OURS},
        {"virtual_keys": {"a": {"provider": "openai", "api_key": OURS}}, "virtual_key": "a"},
        {
            "provider": "azure-openai",
            "azure_resource_name": "pictures",
            "azure_deployment_id": "a",
            "azure_ad_token": OURS,
        },
    ],
    ids=["key", "virtual key", "token"],
)
def test_a_gateway_key_in_a_config_that_is_sent_goes_to_nobody(tmp_path, config):
    keys = {"app": {"digest": written(digest_of(OURS)), "own_provider_keys": True}}
    drive.written(tmp_path, gateway={"keys": keys})
    headers = {"x-portkey-api-key": OURS, "x-portkey-config": json.dumps(config)}
    sender = Scripted(200)

    async def main():
        return await drive.ask(drive.opened(tmp_path, sender=sender), headers=headers)

    seen = simulate(main)

    assert (seen.status, sender.requests) == (401, [])
    assert "of this gateway" in seen.message
    assert OURS not in seen.message


def test_neither_does_one_in_a_header_that_is_passed_on(tmp_path):
    drive.written(tmp_path, mine={**OPENAI, "forward_headers": ["x-theirs"]})
    headers = {
        "x-portkey-config": "mine",
        "x-portkey-forward-headers": "x-mine, x-bare, x-other",
        "x-mine": f"Bearer {OURS}",
        "x-bare": OURS,
        "x-theirs": f"key={OURS}",
        "x-other": "apxr-else",
    }
    sender = Scripted(200)

    async def main():
        return await drive.ask(drive.opened(tmp_path, sender=sender), headers=headers)

    assert simulate(main).status == 200
    assert OURS not in str(dict(sender.requests[0].headers))
    assert sender.requests[0].headers["x-other"] == "apxr-else"
