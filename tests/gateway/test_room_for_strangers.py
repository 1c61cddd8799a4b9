"""Room for strangers: what requests bring is bounded, however it is spread out."""

import json

import pytest

from router.gateway import choosing
from router.gateway.callers import Caller
from router.gateway.choosing import Chooser
from router.gateway.folder import State
from router.gateway.instructions import Instructions
from router.gateway.reader import Reader
from router.gateway.settings import Settings
from router.testing import Scripted, simulate
from router.workspace import Loader
from tests.gateway import drive

FEW = 20


@pytest.fixture
def compiled(tmp_path, monkeypatch):
    """Return what sends a config of so many targets, and tells whether it had to be compiled."""
    monkeypatch.setattr(choosing, "MOST_TARGETS", FEW)
    reader = Reader(folder=tmp_path, loader=Loader(environment={}))
    chooser, seen = Chooser(reader), set()

    def compiled(name, targets):
        routes = [{"name": f"{name}-{i}", "provider": "openai"} for i in range(targets)]
        config = {"strategy": {"mode": "fallback"}, "targets": routes}
        said = Instructions(config=json.dumps(config))
        loaded = chooser.choose(said, None, Caller(), State(settings=Settings())).loaded
        is_new = id(loaded.tree) not in seen
        seen.add(id(loaded.tree))
        keeping.append(loaded)
        return is_new

    keeping = []
    return compiled


def test_a_config_is_compiled_once_while_there_is_room(compiled):
    assert compiled("a", FEW // 2)
    assert compiled("b", FEW // 2)
    assert not compiled("a", FEW // 2)
    assert not compiled("b", FEW // 2)


def test_those_that_were_not_used_for_longest_make_room(compiled):
    for name in "abcd":
        compiled(name, FEW // 4)
    compiled("a", FEW // 4)

    assert compiled("e", FEW // 2)
    assert not compiled("a", FEW // 4)
    assert not compiled("d", FEW // 4)
    assert compiled("b", FEW // 4)


def test_one_that_is_larger_than_all_of_the_room_is_kept_alone(compiled):
    assert compiled("a", 1)
    assert compiled("large", FEW + 1)
    assert not compiled("large", FEW + 1)
    assert compiled("a", 1)


def answered(folder, params):
    sender = Scripted(200)

    async def main():
        body = {**drive.KITE, **params}
        return await drive.ask(
            drive.opened(folder, sender=sender), headers=drive.OPENAI, json_=body
        )

    seen = simulate(main)
    return seen.status, len(sender.requests)


def nested(depth):
    """Return ten lists, each of ten lists, and so on."""
    return [nested(depth - 1) for _ in range(10)] if depth else 0


@pytest.mark.parametrize(
    "value",
    [
        [0] * 5_001,
        [[0] * 50] * 100,
        {str(i): i for i in range(5_001)},
        [{"a": [[]]}] * 2_000,
        nested(4),
    ],
    ids=["list", "lists", "object", "objects", "nested"],
)
def test_a_body_of_very_many_values_is_refused(tmp_path, value):
    assert answered(tmp_path, {"more": value}) == (400, 0)


@pytest.mark.parametrize(
    "value", [[0] * 4_990, "," * 100_000, nested(3)], ids=["list", "text", "nested"]
)
def test_one_of_fewer_is_asked_for(tmp_path, value):
    assert answered(tmp_path, {"more": value}) == (200, 1)
