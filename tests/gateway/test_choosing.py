"""Choosing: which config routes a request, and what a key may use."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.gateway.keys import digest_of
from router.gateway.keys import written as digest
from router.testing import Scripted, simulate
from tests.gateway.drive import KITE, OPENAI, OPERATORS, ask, opened, written

KEY = {"authorization": "Bearer pxr-app"}
SENT = {"provider": "openai", "override_params": {"model": "gpt-image-1"}}
INLINE = {"x-portkey-config": json.dumps(SENT)}
CONFIGS = {
    "main": {"provider": "openai", "override_params": {"model": "gpt-image-2"}},
    "other": {"provider": "stability-ai", "override_params": {"model": "stable-image-core"}},
    "account": {"virtual_key": "prod"},
    "anybody": {"retry": {"attempts": 1}},
    "broken": "provider: opnai",
}
ACCOUNTS = {
    "prod": {"provider": "openai", "api_key": "sk-prod"},
    "spare": {"provider": "openai", "api_key": "sk-spare"},
}
HOST = "https://images.example.test"


def keyed(**key):
    return {"keys": {"app": {"digest": digest(digest_of("pxr-app")), **key}}}


def asked(folder, headers=(), body=KITE, gateway=None, configs=CONFIGS, sender=None):
    written(folder, gateway=gateway or {}, virtual_keys=ACCOUNTS, **configs)
    sender = sender or Scripted(503, repeat=True)

    async def main():
        told = []
        opened_here = opened(folder, sender=sender, tell=told.append)
        said = {**(KEY if "keys" in (gateway or {}) else {}), **dict(headers)}
        return await ask(opened_here, headers=said, json_=body)

    return simulate(main)


def route(seen):
    """Return who was asked; None where nobody was."""
    return seen.headers.get("x-portkey-provider")


def config(name):
    return {"x-portkey-config": name}


@pytest.mark.parametrize(
    ("gateway", "headers", "provider"),
    [
        ({"config": "other"}, {}, "stability-ai"),
        ({"config": "other"}, config("main"), "openai"),
        ({"config": "other"}, INLINE, "openai"),
        ({"config": "other"}, OPENAI, "openai"),
        ({"config": "other"}, {"x-portkey-virtual-key": "prod"}, "openai"),
        ({"config": "main", **keyed(config="other")}, {}, "stability-ai"),
        (keyed(config="other"), config("main"), "openai"),
        ({}, OPENAI, "openai"),
        ({}, {"x-portkey-provider": "@prod"}, "openai"),
        ({}, {"x-portkey-virtual-key": "prod"}, "openai"),
        ({"config": "anybody"}, config("anybody") | OPENAI, "openai"),
        ({"aliases": {"pc-1": "other"}}, config("pc-1"), "stability-ai"),
        ({"aliases": {"pc-1": "other"}, "config": "pc-1"}, {}, "stability-ai"),
    ],
    ids=str,
)
def test_a_request_is_routed_by_what_is_nearest_to_it(tmp_path, gateway, headers, provider):
    assert route(asked(tmp_path, headers, gateway=gateway)) == provider


def test_a_requests_config_replaces_the_default_and_is_not_merged(tmp_path):
    sender = Scripted(503, repeat=True)

    asked(tmp_path, INLINE, gateway={"config": "anybody"}, sender=sender)

    assert len(sender.requests) == 1


def test_a_model_may_name_its_virtual_key(tmp_path):
    sender = Scripted(200)

    asked(tmp_path, body={**KITE, "model": "@spare/gpt-image-2"}, sender=sender)

    assert sender.requests[0].headers["authorization"] == "Bearer sk-spare"


def test_without_anything_to_route_by_a_request_is_told_what_to_say(tmp_path):
    seen = asked(tmp_path)

    assert seen.status == 400
    assert "provider" in seen.message


@pytest.mark.parametrize("name", ["mian", "pc-404", "../main", "main.yaml", "MAIN"])
def test_an_unknown_config_is_refused_with_those_that_are_known(tmp_path, name):
    seen = asked(tmp_path, config(name))

    assert (seen.status, seen.error["code"]) == (400, "config_not_found")
    assert "main" in seen.message
    assert ("did you mean" in seen.message) is (name != "pc-404")


def test_a_broken_config_is_the_operators_fault(tmp_path):
    seen = asked(tmp_path, config("broken"))

    assert seen.status == 503
    assert "pixroute check" in seen.message
    assert seen.headers["retry-after"]
    assert "opnai" not in seen.message


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}}",
        '{"provider": "opnai"}',
        '{"retries": 1}',
        '{"provider": "openai", "api_key": "${HOME}"}',
        '{"provider": "openai", "api_key": "${file:/etc/passwd}"}',
        '{"provider": "openai", "custom_host": "http://127.0.0.1:1"}',
        '{"targets": []}',
    ],
)
def test_a_sent_config_that_cannot_be_used_is_the_callers_fault(tmp_path, text):
    seen = asked(tmp_path, config(text))

    assert seen.status == 400
    assert seen.error["type"] == "invalid_request_error"
    assert route(seen) is None


CHOICES = {
    "x-portkey-config": st.sampled_from(["main", "other", "account", "nobody", json.dumps(SENT)]),
    "x-portkey-provider": st.sampled_from(["openai", "@prod", "stability-ai"]),
    "x-portkey-virtual-key": st.sampled_from(["prod", "spare"]),
    "x-portkey-custom-host": st.just(HOST),
    "x-portkey-azure-resource-name": st.just("mine"),
}


@pytest.fixture(scope="module")
def fixed(tmp_path_factory):
    """A workspace whose key may choose nothing."""
    gateway = keyed(config="main", config_override=False) | {"allowed_hosts": [HOST[8:]]}
    return written(
        tmp_path_factory.mktemp("fixed"), gateway=gateway, virtual_keys=ACCOUNTS, **CONFIGS
    )


@given(st.fixed_dictionaries({}, optional=CHOICES))
def test_a_key_that_may_not_choose_is_refused_whatever_it_chooses(fixed, headers):
    sender = Scripted(503, repeat=True)

    async def main():
        gateway = opened(fixed, sender=sender, tell=lambda _: None)
        return await ask(gateway, headers={**KEY, **headers})

    seen = simulate(main)

    assert seen.status == (400 if headers else 503)
    assert bool(sender.requests) is not bool(headers)


def test_a_key_that_may_not_choose_is_not_led_elsewhere_by_a_model(tmp_path):
    body = {**KITE, "model": "@other-account/gpt-image-2"}
    sender = Scripted(200)

    seen = asked(
        tmp_path, body=body, gateway=keyed(config="main", config_override=False), sender=sender
    )

    assert (seen.status, sender.requests) == (400, [])


@pytest.mark.parametrize(
    ("scope", "headers", "model", "status"),
    [
        ({"configs": ["main"]}, config("main"), None, 503),
        ({"configs": ["main"]}, config("other"), None, 400),
        ({"configs": ["main"]}, config("broken"), None, 400),
        ({"inline_configs": False}, INLINE, None, 403),
        ({"inline_configs": False}, config("main"), None, 503),
        ({"providers": ["openai"]}, config("main"), None, 503),
        ({"providers": ["openai"]}, config("other"), None, 403),
        ({"providers": ["openai"]}, OPENAI, None, 503),
        ({"providers": ["openai"]}, {"x-portkey-provider": "stability-ai"}, None, 403),
        ({"providers": ["openai"]}, {}, "@stability-ai/stable-image-core", 403),
        ({"providers": ["openai"]}, INLINE, None, 503),
        ({"providers": ["stability-ai"]}, INLINE, None, 400),
        ({"virtual_keys": ["prod"]}, config("account"), None, 503),
        ({"virtual_keys": ["spare"]}, config("account"), None, 403),
        ({"virtual_keys": ["prod"]}, {"x-portkey-virtual-key": "prod"}, None, 503),
        ({"virtual_keys": ["prod"]}, {"x-portkey-virtual-key": "spare"}, None, 400),
        ({"virtual_keys": ["prod"]}, {"x-portkey-provider": "@spare"}, None, 400),
        ({"virtual_keys": ["prod"]}, {}, "@spare/gpt-image-2", 400),
        ({"virtual_keys": []}, {"x-portkey-virtual-key": "prod"}, None, 400),
    ],
    ids=str,
)
def test_a_key_uses_only_what_is_in_its_scope(tmp_path, scope, headers, model, status):
    body = KITE if model is None else {**KITE, "model": model}
    sender = Scripted(503, repeat=True)

    seen = asked(tmp_path, headers, body=body, gateway=keyed(**scope), sender=sender)

    assert seen.status == status
    assert bool(sender.requests) is (status == 503)


def test_a_virtual_key_out_of_scope_is_as_if_it_were_not_there(tmp_path):
    headers = {"x-portkey-virtual-key": "spare"}

    outside = asked(tmp_path, headers, gateway=keyed(virtual_keys=["prod"]))
    unknown = asked(tmp_path, {"x-portkey-virtual-key": "nobody"}, gateway=keyed())

    assert (
        outside.message.replace("spare", "nobody").partition(";")[0]
        == (unknown.message.partition(";")[0])
    )


NOBODY = "zzz"


@pytest.mark.parametrize(
    ("headers", "model"),
    [
        ({"x-portkey-virtual-key": NOBODY}, None),
        ({"x-portkey-provider": f"@{NOBODY}"}, None),
        ({}, f"@{NOBODY}/m"),
        (config("anybody") | {"x-portkey-provider": NOBODY}, None),
        (config("anybody"), f"@{NOBODY}/m"),
        (config('{"retry": {"attempts": 1}}'), f"@{NOBODY}/m"),
        (config('{"virtual_key": "zzz"}'), None),
        (config('{"virtual_key": "spar"}'), None),
        (config('{"provider": "@zzz"}'), None),
        (config('{"provider": "@spar"}'), None),
        (config('{"provider": "spar"}'), None),
        (config('{"override_params": {"model": "@spar/m"}}'), None),
        ({"x-portkey-provider": "@spar", "x-portkey-openai-project": "p"}, None),
    ],
    ids=str,
)
def test_who_guesses_is_told_no_virtual_key(tmp_path, headers, model):
    seen = asked(tmp_path, headers, body={**KITE, "model": model or KITE["model"]})

    assert seen.status == 400
    assert "spare" not in seen.message
    assert "prod" not in seen.message


def test_an_unknown_config_names_only_what_the_key_may_use(tmp_path):
    seen = asked(tmp_path, config("nobody"), gateway=keyed(configs=["main"]))

    assert "main" in seen.message
    assert "account" not in seen.message


SECRETS = (OPERATORS, "sk-prod", "sk-spare")
HOSTED = {**SENT, "custom_host": HOST}
HEADERS = st.fixed_dictionaries(
    {"x-portkey-custom-host": st.just(HOST)},
    optional={
        "x-portkey-provider": st.sampled_from(["openai", "@prod", "local-ai", "openai-compatible"]),
        "x-portkey-virtual-key": st.sampled_from(["prod", "spare"]),
        "x-portkey-config": st.sampled_from(
            ["main", "account", "anybody", json.dumps(SENT), json.dumps(HOSTED), "{}"]
        ),
        "x-portkey-azure-ad-token": st.just("x"),
        "authorization": st.sampled_from(["Bearer sk-their-own", "Bearer pxr-app"]),
    },
)


@pytest.fixture(scope="module")
def hosting(tmp_path_factory):
    """A workspace whose callers may name a host."""
    return written(
        tmp_path_factory.mktemp("hosting"),
        gateway={"allowed_hosts": [HOST[8:]]},
        virtual_keys=ACCOUNTS,
        **CONFIGS,
    )


@given(HEADERS, st.sampled_from(["gpt-image-2", "@prod/gpt-image-2", "@openai/gpt-image-2"]))
def test_a_host_that_a_request_names_never_meets_a_stored_credential(hosting, headers, model):
    sender = Scripted(200, repeat=True)

    async def main():
        gateway = opened(hosting, sender=sender, tell=lambda _: None)
        return await ask(gateway, headers=headers, json_={**KITE, "model": model})

    simulate(main)

    for request in sender.requests:
        sent = str(dict(request.headers))
        assert not (request.url.startswith(HOST) and [one for one in SECRETS if one in sent])
        assert request.url.startswith((HOST, "https://api.openai.com/"))


def test_a_host_that_a_request_names_is_sent_the_key_that_came_with_it(hosting):
    sender = Scripted(200)
    headers = {**OPENAI, "x-portkey-custom-host": HOST, "authorization": "Bearer sk-their-own"}

    async def main():
        return await ask(opened(hosting, sender=sender, tell=lambda _: None), headers=headers)

    assert simulate(main).status == 200
    assert sender.requests[0].headers["authorization"] == "Bearer sk-their-own"


@pytest.mark.parametrize(
    "host", ["https://elsewhere.test", "http://169.254.169.254", "x", "ftp://a"]
)
def test_a_host_that_is_not_listed_is_refused(hosting, host):
    async def main():
        gateway = opened(hosting, tell=lambda _: None)
        return await ask(gateway, headers={**OPENAI, "x-portkey-custom-host": host})

    assert simulate(main).status == 400


def test_a_host_in_a_header_changes_nothing_where_a_config_routes(hosting):
    sender = Scripted(200)

    async def main():
        gateway = opened(hosting, sender=sender, tell=lambda _: None)
        return await ask(gateway, headers={**config("main"), "x-portkey-custom-host": HOST})

    assert simulate(main).status == 200
    assert sender.requests[0].url.startswith("https://api.openai.com/")


def test_a_sent_config_is_compiled_once_and_few_are_kept(hosting):
    async def main():
        gateway = opened(hosting, tell=lambda _: None)
        for at in (1, 1, 2, *range(300)):
            sent = json.dumps({**SENT, "x-note": at})
            await ask(gateway, headers={"x-portkey-config": sent})
        return len(gateway.desk.chooser._inline)

    assert simulate(main) == 256
