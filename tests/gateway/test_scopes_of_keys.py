"""Which configs, providers and virtual keys a key of the gateway reaches."""

import pytest

from router.gateway.callers import Caller
from router.gateway.choosing import Chooser
from router.gateway.folder import State
from router.gateway.instructions import Instructions
from router.gateway.reader import Reader
from router.gateway.refusal import Refusal
from router.gateway.settings import ApiKey, Settings
from router.workspace import Loader

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
