"""Providers and strategies of one's own."""

import pytest

from router import AsyncRouter, ConfigError
from router.core.outcome import Failure, Kind
from router.strategies.fallback import Fallback
from router.testing import Scripted, simulate
from router.trees import tree_of, with_tree
from tests.toys import Toy

FALLBACK = {
    "strategy": {"mode": "fallback"},
    "targets": [{"provider": "openai"}, {"provider": "stability-ai"}],
}
KEYS = {"OPENAI_API_KEY": "sk-openai", "STABILITY_API_KEY": "sk-stability"}


def attempts_of(router, **request):
    async def main():
        async with router:
            answer = await router.images.generate(prompt="a cat", **request)
            return [(one.path, one.provider) for one in answer.trace.attempts]

    return simulate(main)


def test_an_adapter_of_ones_own_is_asked_with_its_own_key():
    sender = Scripted(200)
    router = AsyncRouter(
        {"provider": "my-toy"},
        adapters=[Toy("my-toy")],
        environment={"MY_TOY_API_KEY": "mt-1"},
        sender=sender,
    )

    assert attempts_of(router) == [("config", "my-toy")]
    assert sender.requests[0].headers["authorization"] == "Bearer mt-1"


def test_the_key_of_an_adapter_of_ones_own_is_missed_when_the_config_is_read():
    with pytest.raises(ConfigError, match="MY_TOY_API_KEY is not set"):
        AsyncRouter({"provider": "my-toy"}, adapters=[Toy("my-toy")], environment={})


def test_an_adapter_of_ones_own_stands_beside_those_there_are():
    config = {"strategy": {"mode": "fallback"}, "targets": [{"provider": "a"}, FALLBACK]}
    router = AsyncRouter(
        config,
        adapters=[Toy("a")],
        environment={**KEYS, "A_API_KEY": "a-1"},
        sender=Scripted(500, 200),
    )

    assert attempts_of(router, model="gpt-image-2") == [
        ("config.targets[0]", "a"),
        ("config.targets[1].targets[0]", "openai"),
    ]


def test_an_adapter_of_ones_own_may_take_the_place_of_another():
    sender = Scripted(200)
    router = AsyncRouter(
        {"provider": "openai"}, adapters=[Toy("openai")], environment=KEYS, sender=sender
    )

    assert attempts_of(router) == [("config", "openai")]
    assert sender.requests[0].url.startswith("https://openai.test/")


def test_a_request_may_name_an_adapter_of_ones_own():
    router = AsyncRouter(
        {"retry": {"attempts": 1}},
        adapters=[Toy("a")],
        environment={**KEYS, "A_API_KEY": "a-1"},
        sender=Scripted(200),
    )

    assert attempts_of(router, provider="a") == [("config", "a")]


class LastOnly:
    """Ask the last child."""

    def __init__(self, path, children):
        self.path = path
        self.children = children

    async def execute(self, request, context):
        context.decide(self.path, "last only", self.children[-1].path, "that is all I do")
        return await self.children[-1].execute(request, context)


def test_a_tree_made_by_hand_is_asked_with_the_config_s_keys():
    config = {**FALLBACK, "targets": FALLBACK["targets"][::-1]}
    sender = Scripted(200)
    router = AsyncRouter(config, environment=KEYS, sender=sender)
    tree = tree_of(router)
    assert isinstance(tree, Fallback)

    changed = with_tree(router, LastOnly(tree.path, tree.children))

    assert attempts_of(changed, model="gpt-image-2") == [("config.targets[1]", "openai")]
    assert sender.requests[0].headers["authorization"] == "Bearer sk-openai"
    assert tree_of(router) is tree


def test_a_tree_made_by_hand_shares_what_it_did_not_change():
    class Full:
        path = "config"

        async def execute(self, request, context):
            return Failure(kind=Kind.OVERLOADED, status=503, message="full")

    router = AsyncRouter(FALLBACK, environment=KEYS, sender=Scripted(200))

    assert with_tree(router, Full()).view.engine is router.view.engine
    assert with_tree(router, Full()).with_options(timeout=3).view.loaded.tree.path == "config"
