"""A finding is true: what is claimed of a small config is played, and no play refutes it."""

import functools
import itertools
import json
import operator
import random
import re
from collections import Counter

from hypothesis import example, given
from hypothesis import strategies as st
from small_configs import MODELS, asking_for, priced, small_configs, without

from router.config.load import load_text
from router.config.model import targets_of
from router.config.places import shown_place
from router.config.report import Report
from router.core.outcome import Kind
from router.lab.stage import Stage, loader_for
from router.lint.budgets import RETRIES_BEYOND_BUDGET, STARVED
from router.lint.costs import UNPAID
from router.lint.subject import Subject
from router.lint.unreachable import UNREACHABLE, UNREACHABLE_FALLBACK
from router.providers.statuses import statuses_of
from router.sandbox.fault import Fault, FaultKind
from router.testing import simulate

LOADER = loader_for()
PATH = re.compile(r"config(?:\.targets\[\d+\])*")

HANGS = Fault(kind=FaultKind.DELAY, delay=1e6)
BROKEN = [Fault(kind=kind) for kind in (FaultKind.RESET, FaultKind.EMPTY, FaultKind.REFUSAL)]
STATUSES = (400, 401, 402, 406, 418, 429, 500, 503)
REQUESTS = (
    {"prompt": "a kite"},
    {"prompt": "a kite", "size": "1537x1024"},
    {"prompt": "x", "size": "1408x480", "quality": "low", "maxOutputTokens": 1},
)
"""The second one few can do as it is asked; the third one costs as little as may be."""

PLAYS = 300  # until what may be is

WAYS = (HANGS, *BROKEN, *STATUSES)
"""How calls fail: on the way, or with a status, where the provider has such a one."""


class Failing:
    """The fate that has every call fail, each target's in a way of its own.

    A target has a way, how often it is met at most, and the way that comes then.
    """

    def __init__(self, ways):
        self.ways = ways
        self.left = {path: times for path, (_, times, _) in ways.items()}
        self.begun = []

    def strike(self, provider, model, serial, elapsed):
        del model, serial, elapsed
        path = self.begun.pop(0) if self.begun else None
        if path is None:
            return HANGS  # what follows the first exchange of a call
        first, _, then = self.ways[path]
        self.left[path] -= 1
        way = first if self.left[path] >= 0 else then
        if isinstance(way, Fault):
            return way
        return Fault(kind=FaultKind.STATUS, status=way if has(provider, way) else 500)

    def decided(self, decision):
        del decision

    def attempt_started(self, attempt):
        self.begun = [attempt.path]

    def attempt_ended(self, attempt):
        del attempt


def has(provider, status):
    known = statuses_of(provider)
    return known is None or status in known


def subject_of(config):
    document = LOADER.load(config).document
    source = load_text(json.dumps(config), Report(), root="config")
    return Subject(source=source, document=document)


def first(claim, config, fates, *, requests=1):
    """Return the first of several plays in which a claim holds; each has a stage of its own."""
    loaded = LOADER.load(config)

    async def main():
        for seed, ways in enumerate(fates):
            fate = Failing(ways)
            stage = Stage(loaded=loaded, fate=fate, seed=seed, observers=(fate,))
            options = {"metadata": {"a": seed % 2}}
            for params in REQUESTS[:requests]:
                tried = await stage.ask(params, options=options)
                if claim(tried):
                    return tried
        return None

    return simulate(main)


def is_asked(path, tried):
    """Tell whether a target or somebody below it was asked."""
    return any(f"{one.path}.".startswith(f"{path}.") for one in tried.trace.attempts)


def is_spent(tried):
    return tried.error is not None and tried.error.failure.kind is Kind.OUT_OF_BUDGET


def refuted(claim, config, drawn):
    """Return a play in which a claim does not hold, of all targets failing alike, and as drawn."""
    paths = [route.path for route in targets_of(LOADER.load(config).document.route)]
    alike = [dict.fromkeys(paths, (way, 9, way)) for way in WAYS]
    mixed = alike[0] | dict(zip(paths, drawn, strict=False))
    return first(lambda tried: not claim(tried), config, (*alike, mixed, mixed), requests=3)


def may_be(claim, config):
    """Tell whether a claim holds in some play: calls are repeated as often as may be, then fail."""
    routes = targets_of(LOADER.load(config).document.route)
    dice = random.Random(0)
    fates = (
        {route.path: (*dice.choice(repeated(route)), dice.choice(LAST)) for route in routes}
        for _ in range(PLAYS)
    )
    return first(claim, config, fates) is not None


def repeated(route):
    """Return the statuses after which a target is asked again, and how often, or not at all."""
    retry = route.settings.retry
    codes = () if retry is None else sorted(retry.codes)
    again = [(code, retry.retries) for code in codes if has(route.provider, code)]
    return [*again[:1], *again[:1], (503, 0)]


LAST = (503, 503, 429, 500, 402, 401, 400)

MIXED = st.lists(
    st.tuples(st.sampled_from(WAYS), st.integers(0, 3), st.sampled_from(WAYS)),
    min_size=len(MODELS),
    max_size=len(MODELS),
)


def is_reached(config):
    """Tell whether answers move on to all who are behind somebody."""
    return not found(without(config, "cb_config"), UNREACHABLE_FALLBACK)


REACHED = small_configs().map(lambda one: without(one, "on_unsupported")).filter(is_reached)


def found(config, rule):
    return list(rule.check(subject_of(config)))


def behind(first, *codes):
    """Return a config in which somebody stands behind a target, for these codes."""
    core = {"provider": "stability-ai", "override_params": {"model": MODELS["stability-ai"]}}
    strategy = {"mode": "fallback", **({"on_status_codes": list(codes)} if codes else {})}
    return {"strategy": strategy, "targets": [{**core, **first}, {"provider": "google"}]}


PRICED = small_configs().map(priced)

DEAR = behind({"budget": {"max_cost": 0.001}})


@given(config=small_configs(), drawn=MIXED)
@example(config=behind({"cb_config": {"failure_threshold": 1}}, 418), drawn=[])
@example(config=behind({"on_unsupported": "skip"}, 418), drawn=[])
def test_a_target_that_is_said_never_to_be_asked_is_asked_in_no_play(config, drawn):
    fallbacks = [PATH.findall(one.message)[-1:] for one in found(config, UNREACHABLE_FALLBACK)]
    spares = [shown_place(one.place, "config") for one in found(config, UNREACHABLE)]

    for path in (*itertools.chain(*fallbacks), *spares):
        assert refuted(lambda tried, path=path: not is_asked(path, tried), config, drawn) is None


@given(config=small_configs(), drawn=MIXED)
def test_where_no_answer_is_said_to_move_on_one_target_is_asked_and_no_other(config, drawn):
    for finding in found(config, UNREACHABLE_FALLBACK):
        if "any target" in finding.message:
            path = shown_place(finding.place[:-2], "config")
            assert refuted(lambda one, path=path: len(asked(path, one)) < 2, config, drawn) is None


@given(config=REACHED)
def test_a_starved_target_is_left_out_by_a_budget_and_by_nothing_else(config):
    for finding in found(config, STARVED):
        if finding.place[-1:] == ("failover",):
            continue
        path = shown_place(finding.place, "config")
        for one in {path, *PATH.findall(finding.harm)}:
            assert may_be(
                lambda tried, one=one: is_spent(tried) and not is_asked(one, tried), config
            )
            assert may_be(lambda tried, one=one: is_asked(one, tried), without(config, "budget"))


@given(config=REACHED)
def test_whoever_is_said_to_leave_no_call_for_the_others_is_asked_alone(config):
    for finding in found(config, STARVED):
        if finding.place[-1:] != ("failover",):
            continue
        path, child = shown_place(finding.place[:-2], "config"), PATH.findall(finding.message)[0]

        def is_alone(tried, path=path, child=child):
            return is_spent(tried) and is_asked(child, tried) and len(asked(path, tried)) == 1

        assert may_be(is_alone, of_one_budget(config, finding))
        assert may_be(
            lambda tried, path=path: len(asked(path, tried)) > 1, without(config, "budget")
        )


@given(config=REACHED)
def test_retries_that_a_budget_has_no_calls_for_are_made_without_it(config):
    for finding in found(config, RETRIES_BEYOND_BUDGET):
        retries, calls, most = map(int, re.findall(r"(?<!\[)\b\d+", finding.message))

        assert calls == retries + 1 > most
        assert may_be(
            lambda tried, calls=calls: calls in calls_of(tried), without(config, "budget")
        )


@given(config=REACHED)
def test_who_stands_behind_too_many_retries_is_asked_if_the_hint_is_heeded(config):
    for finding in found(config, RETRIES_BEYOND_BUDGET):
        paths = PATH.findall(finding.harm)
        if not paths:
            continue
        spot, behind = paths

        def is_lost(tried, spot=spot, behind=behind):
            return is_spent(tried) and is_asked(spot, tried) and not is_asked(behind, tried)

        def goes_on(tried, spot=spot, behind=behind):
            return is_asked(spot, tried) and is_asked(behind, tried)

        alone = of_one_budget(config, finding)
        assert may_be(is_lost, alone)
        if finding.hint.startswith("retry"):
            assert may_be(goes_on, heeding(finding, alone))


@given(config=PRICED, drawn=MIXED)
@example(config=DEAR, drawn=[])
def test_an_unpaid_target_is_asked_in_no_play(config, drawn):
    for finding in found(config, UNPAID):
        path = path_of(finding.message.partition(" ")[0], config)

        assert refuted(lambda tried, path=path: not is_asked(path, tried), config, drawn) is None


@given(config=PRICED)
@example(config=DEAR)
@example(config={**DEAR, "strategy": {"mode": "loadbalance", "failover": True}})
def test_a_request_that_comes_to_an_unpaid_target_ends_there(config):
    for finding in found(config, UNPAID):
        for behind in PATH.findall(finding.harm):
            at = shown_place(finding.place[:-2], "config")
            alone = without(config, "budget", but=at)

            def is_lost(tried, behind=behind):
                return is_spent(tried) and not is_asked(behind, tried)

            assert may_be(is_lost, alone)
        if "402" in finding.harm:
            assert may_be(lambda tried: is_spent(tried) and tried.status == 402, config)


MANY = DEAR | {"budget": {"attempts": 2}, "targets": [*without(DEAR, "budget")["targets"]]}


@given(config=small_configs(), drawn=MIXED, n=st.integers(2, 4))
@example(config=MANY, drawn=[], n=3)
def test_who_needs_more_calls_than_there_are_is_asked_in_no_play(config, drawn, n):
    many = asking_for(config, n)
    for finding in found(many, STARVED):
        if finding.message.partition(" is never")[1]:
            path = path_of(finding.message.partition(" ")[0], many)
            calls = int(re.search(r"(\d+) calls", finding.message)[1])
            assert calls <= n
            assert refuted(lambda tried, path=path: not is_asked(path, tried), many, drawn) is None


def test_of_who_needs_more_calls_than_there_are_it_is_told_how_requests_end():
    [finding] = found(asking_for(MANY, 3), STARVED)

    assert "take 3 calls there, and the budget of config is 2" in finding.message
    assert finding.harm.startswith("every request that comes to it ends with 402")
    assert finding.harm.endswith("and config.targets[1] is not asked")
    assert finding.hint.startswith("allow 3 attempts")


def path_of(provider, config):
    """Return where a provider is asked: each is asked in one place."""
    routes = targets_of(LOADER.load(config).document.route)
    return next(route.path for route in routes if route.provider == provider)


def asked(group, tried):
    """Return which children of a group were asked, by their number."""
    inner = f"{group}.targets["
    below = [one.path for one in tried.trace.attempts if one.path.startswith(inner)]
    return {one.removeprefix(inner).partition("]")[0] for one in below}


def calls_of(tried):
    return Counter(one.path for one in tried.trace.attempts).values()


def of_one_budget(config, finding):
    """Return a config without any budget but the one that a finding tells of."""
    return without(config, "budget", but=PATH.findall(finding.message)[-1])


def heeding(finding, config):
    """Return a config that retries as often as a hint has it, and no more."""
    done = json.loads(json.dumps(config))
    *above, key = finding.place
    section = functools.reduce(operator.getitem, above, done)
    section[key] = int(re.search(r"\d+", finding.hint)[0])
    return done
