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


def paid_by(folder, headers=(), environment=drive.ENVIRONMENT, **body):
    """Return the keys that were sent with a request that brings one, in order."""
    drive.written(folder, virtual_keys=ACCOUNTS, theirs=OPENAI, open=OPEN)
    sender = Scripted(503, repeat=True)
    headers = {"authorization": f"Bearer {THEIRS}", **dict(headers)}

    async def main():
        gateway = drive.opened(folder, sender=sender, environment=dict(environment))
        await drive.ask(gateway, headers=headers, json_={**drive.KITE, **body})

    simulate(main)
    return [one.headers["authorization"].removeprefix("Bearer ") for one in sender.requests]


def config(given):
    return {"x-portkey-config": given if isinstance(given, str) else json.dumps(given)}


SLUG = "@openai/gpt-image-2"
FALLBACK = {"strategy": {"mode": "fallback"}}


@pytest.mark.parametrize("environment", [{}, drive.ENVIRONMENT], ids=["unset", "set"])
@pytest.mark.parametrize(
    ("headers", "model"),
    [
        (drive.OPENAI, None),
        ({"x-portkey-provider": "@openai"}, None),
        ({**drive.OPENAI, "x-portkey-openai-project": "p"}, None),
        ({}, SLUG),
        (config(OPENAI), None),
        (config({"provider": "@openai"}), None),
        (config({"override_params": {"model": SLUG}}), None),
        (config({**FALLBACK, "targets": [OPENAI]}), None),
        (config(OPEN), SLUG),
        (config(OPEN) | drive.OPENAI, None),
    ],
    ids=str,
)
def test_who_names_the_provider_and_brings_a_key_pays(tmp_path, headers, model, environment):
    model = model or drive.KITE["model"]

    assert paid_by(tmp_path, headers, environment, model=model) == [THEIRS]


@pytest.mark.parametrize("said", [{}, drive.OPENAI], ids=["nothing", "provider"])
@pytest.mark.parametrize("model", ["gpt-image-2", SLUG])
def test_in_the_operators_configs_the_operator_pays(tmp_path, said, model):
    assert paid_by(tmp_path, config("theirs") | said, model=model) == [drive.OPERATORS]


@pytest.mark.parametrize(
    ("said", "model"), [(drive.OPENAI, "gpt-image-2"), ({}, SLUG)], ids=["provider", "model"]
)
def test_a_key_that_came_stands_in_there_for_a_variable_that_is_not_set(tmp_path, said, model):
    assert paid_by(tmp_path, config("open") | said, model=model) == [drive.OPERATORS]
    assert paid_by(tmp_path, config("open") | said, {}, model=model) == [THEIRS]


def test_of_several_providers_the_others_are_asked_with_the_operators_variables(tmp_path):
    sent = config({**FALLBACK, "targets": [STABILITY, OPENAI]})

    assert paid_by(tmp_path, sent | drive.OPENAI) == [drive.OPERATORS, THEIRS]
    assert paid_by(tmp_path, sent) == [drive.OPERATORS, drive.OPERATORS]


AZURE = {
    "x-portkey-provider": "azure-openai",
    "x-portkey-azure-resource-name": "Mine",
    "x-portkey-azure-deployment-id": "d",
}
LOOSE = {"loose": {"provider": "azure-openai", "api_key": "az-loose"}}


def asked_of_azure(folder, headers, *, hosts=()):
    """Return the hosts that were asked, each with the key that it was sent."""
    drive.written(folder, virtual_keys=LOOSE, gateway={"allowed_hosts": list(hosts)})
    sender = Scripted(503, repeat=True)

    async def main():
        environment = {"AZURE_OPENAI_API_KEY": drive.OPERATORS}
        gateway = drive.opened(folder, sender=sender, environment=environment)
        return await drive.ask(gateway, headers=headers)

    status = simulate(main).status
    assert status == (503 if sender.requests else 400)
    return [(one.url.split("/")[2], one.headers.get("api-key")) for one in sender.requests]


BARE = config({"provider": "azure-openai", "resource_name": "mine", "deployment_id": "d"})
LENT = config({"virtual_key": "loose", "resource_name": "mine", "deployment_id": "d"})
BRINGS = {"authorization": f"Bearer {THEIRS}"}


@pytest.mark.parametrize(
    ("headers", "key"),
    [
        (AZURE, drive.OPERATORS),
        (AZURE | {"x-portkey-provider": "@loose"}, "az-loose"),
        (BARE, drive.OPERATORS),
        (LENT, "az-loose"),
    ],
    ids=["headers", "virtual key in headers", "config", "virtual key in a config"],
)
def test_a_resource_that_a_request_names_gets_no_key_of_the_operators(tmp_path, headers, key):
    listed, other = ["mine.openai.azure.com"], ["other.openai.azure.com"]

    assert asked_of_azure(tmp_path, headers) == []
    assert asked_of_azure(tmp_path, headers, hosts=other) == []
    ((host, sent),) = asked_of_azure(tmp_path, headers, hosts=listed)
    assert (host.lower(), sent) == ("mine.openai.azure.com", key)


@pytest.mark.parametrize("hosts", [[], ["mine.openai.azure.com"]], ids=["any", "listed"])
def test_it_gets_the_key_that_came(tmp_path, hosts):
    ((host, sent),) = asked_of_azure(tmp_path, AZURE | BRINGS, hosts=hosts)

    assert (host.lower(), sent) == ("mine.openai.azure.com", THEIRS)
    lent = AZURE | BRINGS | {"x-portkey-provider": "@loose"}
    for headers in (LENT | BRINGS, lent):
        assert ("az-loose" in str(asked_of_azure(tmp_path, headers, hosts=hosts))) is bool(hosts)


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
    drive.written(tmp_path, mine={**OPENAI, "forward_headers": ["x-theirs", "X-Wanted"]})
    headers = {
        "x-portkey-config": "mine",
        "x-portkey-forward-headers": "x-mine, x-bare, x-other",
        "x-mine": f"Bearer {OURS}",
        "x-bare": OURS,
        "x-theirs": f"key={OURS}",
        "x-other": "apxr-else",
        "x-wanted": "by the config",
    }
    sender = Scripted(200)

    async def main():
        return await drive.ask(drive.opened(tmp_path, sender=sender), headers=headers)

    assert simulate(main).status == 200
    sent = sender.requests[0].headers
    assert OURS not in str(dict(sent))
    assert (sent["x-other"], sent["x-wanted"]) == ("apxr-else", "by the config")
