"""Worlds: random configs, and providers that behave in random ways."""

import itertools
import json
from dataclasses import dataclass, replace

from hypothesis import strategies as st

from router.config.model import GroupRoute, TargetRoute, targets_of
from router.core.http import HttpResponse, TransportError
from router.core.outcome import Kind
from router.testing import Scripted, picture_answer
from tests.toys import (
    REFUSAL,
    SECRET,
    Providers,
    Toy,
    balance,
    breaker,
    budget,
    compiled,
    conditional,
    error,
    fallback,
    placed,
    retry,
    single,
    target,
)

NEVER = 10_000.0  # seconds: longer than any timeout here
PICTURES = {n: picture_answer(n) for n in range(1, 6)}
NOTHING = HttpResponse(status=200, body=b'{"created": 1, "data": []}')
LEAKY = error(500, message=f"cannot authenticate with {SECRET}", code=SECRET)
LEAKY_LINE = TransportError(f"illegal header value b'Bearer {SECRET}'", sent=True)

FAILURES = st.sampled_from(
    [
        400,
        401,
        402,
        429,
        500,
        503,
        error(429, retry_after=3),
        error(503, retry_after=0.5),
        error(503, retry_after=90),
        (NEVER, 200),
        (2.5, 500),
        NOTHING,
        HttpResponse(status=200, body=b"<html>"),
        TransportError("refused", sent=False),
        TransportError("lost", sent=True),
        LEAKY,
        LEAKY_LINE,
    ]
)


def enough(request):
    """Answer with as many pictures as were asked for."""
    return PICTURES[json.loads(request.body).get("n", 1)]


ANSWERS = st.sampled_from([enough, (1.5, enough), (20.0, enough)])
STEPS = st.one_of(ANSWERS, FAILURES, st.just(REFUSAL))

CODES = st.sampled_from([None, None, frozenset(), frozenset({429, 500, 503}), frozenset({400})])
RETRIES = st.builds(
    retry,
    st.integers(0, 3),
    codes=st.sampled_from([frozenset({429, 500, 503}), frozenset({408, 400, 500})]),
    kinds=st.sampled_from([frozenset(), frozenset(Kind)]),
    use_retry_after=st.booleans(),
)
BREAKERS = st.builds(breaker, st.integers(1, 3), cooldown=st.sampled_from([1.0, 30.0]))
BUDGETS = st.builds(budget, st.none() | st.integers(0, 6), st.none() | st.sampled_from([4.0, 40.0]))
TIMEOUTS = st.none() | st.sampled_from([3.0, 30.0])
WEIGHTS = st.sampled_from([0.5, 1.0, 3.0])


@st.composite
def leaves(draw, budgets):
    return target(
        retry=draw(st.none() | RETRIES),
        timeout=draw(TIMEOUTS),
        breaker=draw(st.none() | BREAKERS),
        budget=draw(budgets),
        weight=draw(WEIGHTS),
    )


@st.composite
def groups(draw, children, budgets, refusals):
    targets = draw(st.lists(children, min_size=1, max_size=3))
    more = {"budget": draw(budgets), "weight": draw(WEIGHTS)}
    match draw(st.sampled_from(["single", "fallback", "fallback", "balance", "conditional"])):
        case "single":
            return single(targets[0], **more)
        case "fallback":
            return fallback(*targets, codes=draw(CODES), refusals=draw(refusals), **more)
        case "balance":
            if draw(st.booleans()):
                targets.append(replace(draw(children), weight=0.0))
            return balance(
                *targets,
                failover=draw(st.booleans()),
                codes=draw(CODES),
                refusals=draw(refusals),
                **more,
            )
    queries = [draw(st.sampled_from([{"params.n": 1}, {"params.no": 1}])) for _ in targets]
    default = draw(st.integers(0, len(targets) - 1))
    return conditional(*targets, queries=queries, default=default, **more)


def routes(budgets=st.none() | BUDGETS, refusals=st.just(False)):  # noqa: B008  a value
    """Trees of every strategy and policy; each target is a provider of its own: p0, p1, ..."""
    trees = st.recursive(
        leaves(budgets), lambda inner: groups(inner, budgets, refusals), max_leaves=7
    )
    return trees.map(named)


def named(route, numbers=None):
    """Give every target a provider of its own."""
    numbers = itertools.count() if numbers is None else numbers
    if isinstance(route, TargetRoute):
        return replace(route, provider=f"p{next(numbers)}")
    return replace(route, targets=tuple(named(child, numbers) for child in route.targets))


@dataclass(frozen=True)
class World:
    """A config, what each of its providers does, and how many pictures one call gives."""

    route: TargetRoute | GroupRoute
    scripts: dict
    most: int

    @property
    def tree(self):
        toys = {name: Toy(name, most=self.most) for name in self.scripts}
        return compiled(self.route, adapters=toys)

    @property
    def placed(self):
        return placed(self.route)

    def sender(self):
        return Providers(
            **{name: Scripted(*steps, repeat=True) for name, steps in self.scripts.items()}
        )


@st.composite
def worlds(draw, steps=STEPS, **more):
    route = draw(routes(**more))
    names = [leaf.provider for leaf in targets_of(route)]
    scripts = {name: draw(st.lists(steps, min_size=1, max_size=4)) for name in names}
    return World(route=route, scripts=scripts, most=draw(st.sampled_from([1, 2, 10])))


def everything(route):
    """Yield a placed route and all routes below it."""
    yield route
    if isinstance(route, GroupRoute):
        for child in route.targets:
            yield from everything(child)
