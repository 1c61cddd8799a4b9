"""Which configs, providers and virtual keys a key of the gateway reaches."""

import json

import pytest

from router.gateway.callers import Caller
from router.gateway.choosing import Chooser
from router.gateway.folder import State
from router.gateway.instructions import Instructions
from router.gateway.keys import digest_of, written
from router.gateway.reader import Reader
from router.gateway.refusal import Refusal
from router.gateway.settings import ApiKey, Settings
from router.testing import Scripted, simulate
from router.workspace import Loader
from tests.gateway import drive

KEYS = """
openai-prod: {provider: openai, api_key: k}
stability-prod: {provider: stability-ai, api_key: k}
"""
CONFIGS = {
    "any": {"retry": {"attempts": 1}},
    "bare": {"provider": "stability-ai"},
    "keyed": {"virtual_key": "stability-prod"},
}


@pytest.fixture
def choose(tmp_path):
    """Return what asks for a config with a key of some scope."""
    (tmp_path / "virtual-keys.yaml").write_text(KEYS)
    loader = Loader(
        environment={"STABILITY_API_KEY": "k"}, virtual_keys=tmp_path / "virtual-keys.yaml"
    )
    chooser = Chooser(Reader(folder=tmp_path, loader=loader))
    state = State(
        settings=Settings(),
        configs={name: loader.load(config, scope=name) for name, config in CONFIGS.items()},
    )

    def choose(said, model=None, **scope):
        caller = Caller(key=ApiKey(name="a", digest="", **scope))
        return chooser.choose(Instructions(**said), model, caller, state)

    return choose


@pytest.mark.parametrize(
    ("said", "model"),
    [
        ({"config": "bare"}, None),
        ({"config": "keyed"}, None),
        ({"config": "any", "provider": "stability-ai"}, None),
        ({"config": "any", "provider": "stability"}, None),
        ({"config": "any", "provider": "@stability-prod"}, None),
        ({"config": "any", "virtual_key": "stability-prod"}, None),
        ({"config": "any"}, "@stability-prod/core"),
        ({"config": "any"}, "@stability/core"),
        ({"provider": "stability-ai"}, None),
        ({"virtual_key": "stability-prod"}, None),
        ({"config": '{"provider": "stability-ai"}'}, None),
        ({"config": '{"virtual_key": "stability-prod"}'}, None),
        ({"config": '{"retry": {"attempts": 1}}', "provider": "stability-ai"}, None),
    ],
    ids=range(13),
)
@pytest.mark.parametrize(
    "scope",
    [
        {"providers": frozenset({"openai"})},
        {"providers": frozenset()},
        {"providers": frozenset(), "virtual_keys": frozenset({"openai-prod"})},
    ],
    ids=["one provider", "no provider", "one virtual key"],
)
def test_there_is_no_way_out_of_a_scope(choose, said, model, scope):
    assert choose(said, model)
    with pytest.raises(Refusal) as refused:
        choose(said, model, **scope)

    assert refused.value.status in {400, 403}


@pytest.mark.parametrize(
    "scope",
    [
        {"providers": frozenset({"stability"})},
        {"providers": frozenset({"stability-ai"}), "virtual_keys": frozenset({"stability-prod"})},
    ],
    ids=["by an alias", "both"],
)
@pytest.mark.parametrize("config", CONFIGS)
def test_a_scope_lets_through_what_it_names(choose, config, scope):
    assert choose({"config": config, "provider": "stability-ai"}, **scope).name == config
    assert choose({"config": config, "provider": "@stability-prod"}, **scope).name == config


CHEAP = {"provider": "openai", "override_params": {"quality": "low"}}
OURS = "pxr-app"
THEIRS = "sk-their-own"
ACCOUNTS = {"prod": {"provider": "openai", "api_key": "sk-prod"}}
HOST = "images.example.test"
AWAY = [
    {"x-portkey-provider": "openai"},
    {"x-portkey-provider": "@prod"},
    {"x-portkey-virtual-key": "prod"},
    {"x-portkey-provider": "openai", "x-portkey-openai-project": "p"},
    {"x-portkey-provider": "local-ai", "x-portkey-custom-host": f"https://{HOST}/v1"},
    {"x-portkey-azure-deployment-id": "d"},
    {"model": "@openai/gpt-image-2"},
    {"model": "@prod/gpt-image-2"},
]
SENT = [
    {"provider": "openai"},
    {"virtual_key": "prod"},
    {"provider": "@prod"},
    {"override_params": {"model": "@prod/gpt-image-2"}},
    {"provider": "local-ai", "custom_host": f"https://{HOST}/v1"},
    {"provider": "local-ai", "custom_host": f"https://{HOST}/v1", "api_key": THEIRS},
]
FENCED = {"configs": ["cheap"]}
ROUTES = [*AWAY, *({"x-portkey-config": json.dumps(one)} for one in SENT)]


def asked(folder, said, *, brings=False, default=None, **scope):
    """Ask with a key of some scope; return what came and the requests that went out."""
    key = {"digest": written(digest_of(OURS)), **scope}
    settings = {"keys": {"app": key}, "allowed_hosts": [HOST]}
    settings |= {} if default is None else {"config": default}
    drive.written(folder, cheap=CHEAP, gateway=settings, virtual_keys=ACCOUNTS)
    headers = {"x-portkey-api-key": OURS, **said}
    body = {**drive.KITE, "model": headers.pop("model", "gpt-image-2"), "quality": "high"}
    headers |= {"authorization": f"Bearer {THEIRS}"} if brings else {}
    sender = Scripted(503, repeat=True)

    async def main():
        return await drive.ask(drive.opened(folder, sender=sender), headers=headers, json_=body)

    return simulate(main), sender.requests


@pytest.mark.parametrize("said", ROUTES, ids=str)
def test_who_has_configs_alone_is_routed_by_them_alone(tmp_path, said):
    seen, requests = asked(tmp_path, said, **FENCED)

    assert (seen.status, requests) == (403, [])
    assert "configs only (cheap): name one in x-portkey-config" in seen.message


@pytest.mark.parametrize("said", [{"x-portkey-config": "cheap"}, {}], ids=["named", "default"])
@pytest.mark.parametrize("model", ["gpt-image-2", "@prod/gpt-image-2"])
def test_by_them_it_is_routed_however_it_comes_to_them(tmp_path, said, model):
    said = {**said, "model": model}

    _, (request,) = asked(tmp_path, said, default="cheap", **FENCED)

    assert request.headers["authorization"] == f"Bearer {drive.OPERATORS}"
    assert json.loads(request.body)["quality"] == "low"


@pytest.mark.parametrize("said", ROUTES, ids=str)
@pytest.mark.parametrize("brings", [True, False], ids=["brings", "brings none"])
def test_with_a_key_of_its_own_it_reaches_nothing_of_the_operators(tmp_path, said, brings):
    _, requests = asked(tmp_path, said, brings=brings, own_provider_keys=True, **FENCED)

    assert all(one.headers["authorization"] == f"Bearer {THEIRS}" for one in requests)
    assert not any(HOST in one.url for one in requests)


@pytest.mark.parametrize(
    "said",
    [
        {"x-portkey-provider": "openai"},
        {"model": "@openai/gpt-image-2"},
        {"x-portkey-config": json.dumps({"provider": "openai"})},
        {"x-portkey-config": json.dumps({"provider": "openai", "api_key": THEIRS})},
    ],
    ids=str,
)
def test_with_one_it_asks_whom_it_likes(tmp_path, said):
    _, (request,) = asked(tmp_path, said, brings=True, own_provider_keys=True, **FENCED)

    assert request.headers["authorization"] == f"Bearer {THEIRS}"


@pytest.mark.parametrize(
    ("scope", "keys"),
    [
        ({"providers": ["openai"]}, {drive.OPERATORS, "sk-prod"}),
        ({"virtual_keys": ["prod"]}, {"sk-prod"}),
        ({"providers": ["openai"], "virtual_keys": []}, {drive.OPERATORS}),
        ({"providers": [], "virtual_keys": ["prod"]}, {"sk-prod"}),
        ({"providers": ["stability-ai"]}, set()),
    ],
    ids=["provider", "virtual key", "no virtual key", "no provider", "another"],
)
@pytest.mark.parametrize("own", [True, False], ids=["own keys", "no own keys"])
def test_what_it_lists_beside_its_configs_it_reaches_too(tmp_path, scope, keys, own):
    used = set()
    for said in ROUTES:
        _, requests = asked(tmp_path, said, own_provider_keys=own, **FENCED, **scope)
        used |= {one.headers["authorization"][7:] for one in requests if HOST not in one.url}

    assert used == keys


def test_a_config_that_it_lists_may_use_what_it_does_not(tmp_path):
    said = {"x-portkey-config": "cheap"}

    _, (request,) = asked(tmp_path, said, virtual_keys=["prod"], **FENCED)

    assert request.headers["authorization"] == f"Bearer {drive.OPERATORS}"


@pytest.mark.parametrize("own", [True, False], ids=["own keys", "no own keys"])
def test_a_provider_that_it_does_not_list_is_refused_where_it_lists_virtual_keys(tmp_path, own):
    said = {"x-portkey-provider": "openai"}
    scope = {"virtual_keys": ["prod"], "own_provider_keys": own, **FENCED}

    seen, requests = asked(tmp_path, said, **scope)

    assert (seen.status, requests) == (401 if own else 403, [])
