import dataclasses
import subprocess
import sys
from dataclasses import replace

import pytest

from router.compiler import digest_of, environment_credential
from router.config.model import CacheSettings, LimitSettings
from router.policies.adapt import Adapt
from router.policies.aim import TakeAim
from router.policies.artefacts import Artefacts
from router.policies.budget import WithinBudget
from router.policies.cache import Cache
from router.policies.circuit_breaker import CircuitBreaker
from router.policies.limit import Limit
from router.policies.retry import Retry
from router.policies.split import Split
from router.policies.timeout import DEFAULT_TIMEOUT, Timeout
from router.strategies.call import Call
from router.strategies.conditional import Conditional
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance
from tests.toys import (
    balance,
    breaker,
    budget,
    compiled,
    conditional,
    fallback,
    placed,
    retry,
    single,
    target,
)

EVERYTHING = {
    "budget": budget(attempts=3),
    "cache": CacheSettings(),
    "retry": retry(2),
    "breaker": breaker(),
    "limit": LimitSettings(concurrency=1),
    "timeout": 5.0,
}


def wrapping(node):
    """Return the classes from the outermost node to the first that has no child or several."""
    names = [type(node)]
    while hasattr(node, "child"):
        node = node.child
        names.append(type(node))
    return names


def test_a_target_is_wrapped_in_the_order_of_the_contract():
    assert wrapping(compiled(target(**EVERYTHING))) == [
        WithinBudget,
        Cache,
        TakeAim,
        Artefacts,
        Split,
        Retry,
        CircuitBreaker,
        Limit,
        Timeout,
        Adapt,
        Call,
    ]


def test_a_plain_target_has_only_what_every_target_has():
    tree = compiled(target())

    assert wrapping(tree) == [TakeAim, Artefacts, Split, Timeout, Adapt, Call]
    assert tree.child.child.child.seconds == DEFAULT_TIMEOUT


@pytest.mark.parametrize(
    ("make", "strategy"),
    [
        (fallback, Fallback),
        (balance, LoadBalance),
        (lambda *t, **m: conditional(*t, queries=[{}], default=1, **m), Conditional),
    ],
    ids=["fallback", "balance", "conditional"],
)
def test_a_group_is_wrapped_in_the_order_of_the_contract(make, strategy):
    route = make(target("a"), target("b"), budget=budget(attempts=3), cache=CacheSettings())

    assert wrapping(compiled(route)) == [WithinBudget, Cache, strategy]


def test_a_single_group_is_its_target():
    assert wrapping(compiled(single(target()))) == wrapping(compiled(target()))


def test_no_retries_are_no_node():
    assert Retry not in wrapping(compiled(target(retry=retry(0))))


def nodes(value):
    """Yield a tree's nodes."""
    if dataclasses.is_dataclass(value) and hasattr(value, "execute"):
        yield value
    if dataclasses.is_dataclass(value):
        for field in dataclasses.fields(value):
            yield from nodes(getattr(value, field.name))
    if isinstance(value, tuple):
        for item in value:
            yield from nodes(item)


def test_every_node_knows_its_place_in_the_config():
    tree = compiled(fallback(single(balance(target("a", **EVERYTHING), target("b"))), target("c")))

    assert {node.path for node in nodes(tree)} == {
        "config",
        "config.targets[0].targets[0]",
        "config.targets[0].targets[0].targets[0]",
        "config.targets[0].targets[0].targets[1]",
        "config.targets[1]",
    }


def test_a_tree_is_a_value_that_nobody_can_change():
    for node in nodes(compiled(fallback(target(**EVERYTHING), balance(target("b"))))):
        with pytest.raises((dataclasses.FrozenInstanceError, TypeError)):
            node.path = "elsewhere"


def test_a_credential_of_the_environment_is_named_after_its_provider():
    assert environment_credential("openai") == "env:openai"


# Digests


@pytest.mark.parametrize(
    "change",
    [
        {"provider": "b"},
        {"weight": 2.0},
        {"credential": "other"},
        {"passthrough": True},
        {"base_url": "http://localhost"},
        {"cache": CacheSettings(max_age=1.0)},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_digest_names_everything_there_is_to_know(change):
    route = placed(target())

    assert digest_of(replace(route, **change)) != digest_of(route)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}),
        (frozenset({1, 2, 3}), frozenset({3, 1, 2})),
        ([1, (2, 3)], (1, [2, 3])),
    ],
    ids=["mapping", "set", "list"],
)
def test_order_makes_no_difference_where_there_is_none(one, other):
    assert digest_of(one) == digest_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, "1"), ([1, 2], [2, 1]), ({"a": 1}, {"a": 2}), ("a,b", ["a", "b"]), ([], {})],
)
def test_what_differs_has_another_digest(one, other):
    assert digest_of(one) != digest_of(other)


def test_a_digest_is_the_same_in_every_process():
    program = (
        "from tests.toys import *; from router.compiler import digest_of;"
        "print(digest_of(placed(fallback(target('a', retry=retry(1)), target('b')))))"
    )

    said = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(said) == 1


def test_a_class_is_written_by_its_name():
    assert digest_of(Call) == digest_of(Call)
    assert digest_of(Call) != digest_of(Retry)


@pytest.mark.parametrize("name", [None, "mine"])
def test_targets_with_the_same_name_are_told_apart_by_their_number(name):
    tree = compiled(balance(target("a", name=name), target("a", name=name)))

    first, second = (share.label for share in tree.shares)
    assert first.removesuffix("#0") == second.removesuffix("#1")
