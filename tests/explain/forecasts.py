"""Forecasts: random configs of real providers, random fates, and bounds held against runs."""

from dataclasses import dataclass

from hypothesis import strategies as st

from router.emulators.drawing import drawn_once
from router.explain.explanation import look_ahead
from router.explain.rehearsal import Question, Theatre
from router.lab.stage import Stage, loader_for
from router.sandbox.fault import Fault, FaultKind
from router.testing import simulate

LOADER = loader_for()
DRAW = drawn_once()
NEVER = 1e5  # seconds: longer than any timeout here
KITE = {"prompt": "a red kite"}

TARGETS = st.sampled_from(
    [
        {"provider": "openai", "override_params": {"model": "dall-e-2"}},
        {"provider": "openai", "override_params": {"model": "dall-e-3"}},
        {"provider": "openai", "override_params": {"model": "gpt-image-2"}},
        {"provider": "stability-ai", "override_params": {"model": "stable-image-core"}},
        {
            "provider": "replicate",
            "override_params": {"model": "black-forest-labs/flux-schnell"},
        },
    ]
)
CODES = st.sampled_from([[429], [500, 503], [408, 429], [401], []])
KINDS = st.sampled_from([["empty", "invalid_output"], ["connection_lost"], ["timeout"]])
RETRIES = st.fixed_dictionaries(
    {"attempts": st.integers(0, 3)},
    optional={
        "on_status_codes": CODES,
        "on_kinds": KINDS,
        "use_retry_after_header": st.booleans(),
    },
)
TIMEOUTS = st.sampled_from([2000, 30_000])
LIMITS = st.sampled_from([{"concurrency": 1}, {"per_minute": 2}])
BREAKERS = st.fixed_dictionaries(
    {"failure_threshold": st.integers(1, 3), "cooldown_interval": st.sampled_from([1000, 90_000])}
)
ATTEMPTS = st.fixed_dictionaries({"attempts": st.integers(1, 5)})
BUDGETS = st.fixed_dictionaries(
    {},
    optional={
        "attempts": st.integers(1, 5),
        "deadline": st.sampled_from([1, 7, 45]),
        "max_cost": st.sampled_from([0.05, 0.1, 0.5]),
    },
).filter(bool)
MOVING = {
    "on_refusal": st.sampled_from(["fallback"]),
    "on_status_codes": CODES,
    "top_up": st.booleans(),
}
CACHES = st.just({"mode": "simple"})


def settings_of(budgets):
    return {
        "retry": RETRIES,
        "request_timeout": TIMEOUTS,
        **({} if budgets is None else {"budget": budgets}),
    }


def routes(budgets=BUDGETS, *, shared=True):
    """Configs of every strategy, nested, with settings at every level.

    `shared` are breakers, limits and caches, by which requests get into each other's way.
    """
    more = settings_of(budgets) | ({"cb_config": BREAKERS, "cache": CACHES} if shared else {})
    leaves = st.builds(
        lambda target, settings: {**target, **settings},
        TARGETS,
        st.fixed_dictionaries({}, optional=more | ({"limit": LIMITS} if shared else {})),
    )
    return st.recursive(leaves, lambda inner: groups(inner, more), max_leaves=5)


def groups(children, more):
    strategies = st.one_of(
        st.fixed_dictionaries({"mode": st.just("fallback")}, optional=MOVING),
        st.fixed_dictionaries(
            {"mode": st.just("loadbalance")}, optional={"failover": st.booleans(), **MOVING}
        ),
    )
    return st.fixed_dictionaries(
        {"strategy": strategies, "targets": st.lists(children, min_size=1, max_size=3)},
        optional=more,
    )


DELAYS = st.sampled_from([0.0, 0.0, 1.999, 29.999, NEVER])
ANSWERS = st.builds(
    lambda status, when, delay: Fault(
        kind=FaultKind.STATUS, status=status, retry_after=when, delay=delay
    ),
    st.sampled_from([400, 401, 429, 500, 503]),
    st.sampled_from([None, 0.0, 3.0, 20.0, 61.0]),
    DELAYS,
)
OTHERS = st.builds(
    lambda kind, delay: Fault(kind=kind, delay=delay),
    st.sampled_from(
        [
            FaultKind.DELAY,
            FaultKind.EMPTY,
            FaultKind.REFUSAL,
            FaultKind.RESET,
            FaultKind.WRONG_TYPE,
        ]
    ),
    DELAYS,
)
SCRIPTS = st.lists(ANSWERS | ANSWERS | OTHERS, min_size=1, max_size=8)


@dataclass
class Scripted:
    """Requests are struck by one fault after the other, over and over."""

    faults: list
    asked: int = 0

    def strike(self, provider, model, serial, elapsed):
        self.asked += 1
        return self.faults[(self.asked - 1) % len(self.faults)]


def question(**params):
    return Question(params={**KITE, **params}, options={}, files={})


def forecast(config, **params):
    """Look ahead at a request."""
    loaded = LOADER.load(config)
    return simulate(lambda: look_ahead(loaded, LOADER, question(**params), DRAW))


def happened(config, outlook, faults, seed=0, requests=3, **params):
    """Play some requests one after the other; return what each of them came to."""
    loaded = LOADER.load(config)
    theatre = Theatre(
        loaded=loaded, loader=LOADER, question=question(**params), probes=outlook.probes
    )

    async def main():
        stage = Stage(loaded=loaded, loader=LOADER, fate=Scripted(faults), seed=seed, draw=DRAW)
        return [theatre.measured(await stage.ask({**KITE, **params})) for _ in range(requests)]

    return simulate(main)
