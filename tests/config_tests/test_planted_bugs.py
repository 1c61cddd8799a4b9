"""What the routing tests of the shipped configs are worth: ten bugs, planted one at a time.

Each is planted in the code that serves, in a few lines, and some shipped test must fail of it.
"""

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import pytest

from router.config_tests.running import make_ready
from router.lab.stage import loader_for
from router.policies.aim import TakeAim
from router.policies.backoff import Backoff
from router.policies.breaker_state import BreakerState, Verdict
from router.policies.retry import Retry
from router.strategies.conditional import Conditional
from router.strategies.conditions import All, AnyOf
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance
from router.strategies.sticky import Sticky

ROOT = Path(__file__).parents[2]
CONFIGS = ROOT / "configs"
PAGE = ROOT / "docs" / "testing.md"


@cache
def ready(name):
    return make_ready(CONFIGS / f"{name}.test.yaml", loader_for())


def failing(name):
    """The tests of a shipped config that fail now."""
    suite = ready(name)
    return [case.name for case in suite.suite.cases if not suite.run(case).passed]


def changed(monkeypatch, node, **changes):
    """Let every node of a kind run with other settings; a change is made of the node itself."""
    execute = node.execute

    async def bent(self, request, context):
        made = {name: change(self) for name, change in changes.items()}
        return await execute(replace(self, **made), request, context)

    monkeypatch.setattr(node, "execute", bent)


def one_retry_too_many(monkeypatch):
    changed(monkeypatch, Retry, retries=lambda node: node.retries + 1)


def one_retry_too_few(monkeypatch):
    changed(monkeypatch, Retry, retries=lambda node: node.retries - 1)


def retry_after_is_ignored(monkeypatch):
    delay = Backoff.delay
    monkeypatch.setattr(
        Backoff, "delay", lambda self, *given: delay(replace(self, use_retry_after=False), *given)
    )


def a_refusal_moves_on(monkeypatch):
    changed(monkeypatch, Fallback, refusals=lambda _: True)


def weight_0_is_drawn(monkeypatch):
    def shares(node):
        return tuple(replace(share, weight=share.weight or 1) for share in node.shares)

    changed(monkeypatch, LoadBalance, shares=shares)


def the_budget_is_counted_per_branch(monkeypatch):
    execute = TakeAim.execute

    async def bent(self, request, context):
        own = context.within(replace(context.budget), context.deadline)
        return await execute(self, request, own)

    monkeypatch.setattr(TakeAim, "execute", bent)


def the_breaker_never_half_opens(monkeypatch):
    ask = BreakerState.ask

    async def bent(self):
        verdict = await ask(self)
        return Verdict.OPEN if verdict is Verdict.PROBE else verdict

    monkeypatch.setattr(BreakerState, "ask", bent)


def a_timeout_is_retried(monkeypatch):
    changed(monkeypatch, Retry, codes=lambda node: node.codes | {408})


def or_ignores_its_siblings(monkeypatch):
    holds = All.holds

    def bent(self, request):
        alternatives = next((part for part in self.parts if isinstance(part, AnyOf)), None)
        return holds(self, request) if alternatives is None else alternatives.holds(request)

    monkeypatch.setattr(All, "holds", bent)


def the_default_is_skipped(monkeypatch):
    changed(monkeypatch, Conditional, default=lambda node: node.branches[0].node)


def a_sticky_choice_goes_stale(monkeypatch):
    key = Sticky.key
    monkeypatch.setattr(Sticky, "key", lambda self, request, now: key(self, request, 0.0))


@dataclass(frozen=True)
class Plant:
    """A bug, and the shipped test that must fail of it."""

    bug: str
    sow: object
    config: str
    caught_by: str


PLANTS = (
    Plant("a retry too many", one_retry_too_many, "retry", "four calls at most"),
    Plant("a retry too few", one_retry_too_few, "retry", "four calls at most"),
    Plant(
        "Retry-After ignored",
        retry_after_is_ignored,
        "retry",
        "it waits as long as the provider says",
    ),
    Plant("a refusal moves on", a_refusal_moves_on, "fallback", "a refusal stays a refusal"),
    Plant("weight 0 drawn", weight_0_is_drawn, "draining", "an account of weight 0 is not drawn"),
    Plant(
        "budget counted per branch",
        the_budget_is_counted_per_branch,
        "budget",
        "what one target has spent, the other has not",
    ),
    Plant(
        "breaker never half-opens",
        the_breaker_never_half_opens,
        "circuit-breaker",
        "half a minute later one request tries whether it is well again",
    ),
    Plant(
        "a timeout retried",
        a_timeout_is_retried,
        "retry",
        "a timeout is not retried, as the picture may have been made and billed",
    ),
    Plant(
        "`$or` ignores siblings",
        or_ignores_its_siblings,
        "conditional",
        "who wants it quick gets it quick, whatever the plan",
    ),
    Plant(
        "the default target skipped",
        the_default_is_skipped,
        "conditional",
        "everybody else gets the default",
    ),
    Plant(
        "a stale sticky choice",
        a_sticky_choice_goes_stale,
        "sticky",
        "a choice holds for a day, and is then drawn anew",
    ),
)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.bug.replace(" ", "-"))
def test_a_planted_bug_makes_a_shipped_test_fail(monkeypatch, plant):
    before = failing(plant.config)

    plant.sow(monkeypatch)

    assert before == []
    assert plant.caught_by in failing(plant.config)


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.bug.replace(" ", "-"))
def test_the_docs_say_what_catches_it(plant):
    row = f"| {plant.bug} | `{plant.config}.test.yaml` | {plant.caught_by} |"

    assert row in PAGE.read_text(encoding="utf-8").splitlines()
