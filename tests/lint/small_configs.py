"""Small configs of every shape, for laws about what is said of them."""

from hypothesis import strategies as st

MODELS = {
    "openai": "gpt-image-2",
    "google": "gemini-3-pro-image",
    "stability-ai": "stable-image-core",
    "together-ai": "black-forest-labs/FLUX.2-pro",
    "replicate": "black-forest-labs/flux-schnell",
    "monsterapi": "txt2img",
    "azure-openai": "gpt-image-2",
}
"""A provider for each target, so that it is seen whose call it is.

Segmind is not among them: it asks for such pauses that not every retry is made.
"""

SECONDS = (0, 5, 30, 61, 100)

MONEY = (0.0, 0.001, 0.02, 0.05, 0.5)
"""Dollars; each is too little for somebody."""

CODES = st.sampled_from([[], [418], [402], [503], [429, 503], [401, 500]])
BUDGETS = st.builds(lambda most: {"attempts": most}, st.integers(1, 4))
RETRIES = st.fixed_dictionaries(
    {"attempts": st.integers(0, 3)}, optional={"on_status_codes": CODES}
)
SETTINGS = {"budget": BUDGETS, "retry": RETRIES, "weight": st.sampled_from([0, 1, 1, 3])}
STRATEGIES = st.one_of(
    st.fixed_dictionaries({"mode": st.just("fallback")}, optional={"on_status_codes": CODES}),
    st.just({"mode": "loadbalance"}),
    st.fixed_dictionaries(
        {"mode": st.just("loadbalance"), "failover": st.just(value=True)},
        optional={"on_status_codes": CODES},
    ),
    st.sampled_from([{"mode": "single"}, {"mode": "conditional", "default": "0"}]),
)
TARGETS = st.fixed_dictionaries(
    {},
    optional={
        **SETTINGS,
        "cb_config": st.just({"failure_threshold": 1}),
        "on_unsupported": st.just("skip"),
    },
)


def groups(below):
    targets = st.lists(below, min_size=1, max_size=3)
    return st.fixed_dictionaries({"strategy": STRATEGIES, "targets": targets}, optional=SETTINGS)


def small_configs():
    below = st.one_of(TARGETS, TARGETS, groups(TARGETS))
    return groups(below).map(finished).filter(lambda config: config is not None)


def finished(config):
    """Give each target a provider, and conditions targets to send requests to."""
    providers = iter(MODELS)
    return _finished(config, "0", providers) if len(list(leaves(config))) <= len(MODELS) else None


def leaves(config):
    if "targets" not in config:
        yield config
    for one in config.get("targets", ()):
        yield from leaves(one)


def _finished(config, name, providers):
    done = {**config, "name": name}
    if "targets" not in config:
        provider = next(providers)
        azure = {"resource_name": "r", "deployment_id": "d"} if "azure" in provider else {}
        params = {"model": MODELS[provider]}
        return {**done, **azure, "provider": provider, "override_params": params}
    done["targets"] = [_finished(one, str(i), providers) for i, one in enumerate(config["targets"])]
    mode = config["strategy"]["mode"]
    if mode == "conditional":
        chosen = {"query": {"metadata.a": 1}, "then": str(len(done["targets"]) // 2)}
        done["strategy"] = {**config["strategy"], "conditions": [chosen]}
    if mode == "loadbalance" and not any(one.get("weight", 1) for one in done["targets"]):
        done["targets"][0]["weight"] = 1
    return done


def priced(config):
    """Return a config whose budgets have money in place of calls."""
    done = dict(config)
    if "budget" in config:
        done["budget"] = {"max_cost": MONEY[config["budget"]["attempts"]]}
    if "targets" in config:
        done["targets"] = [priced(one) for one in config["targets"]]
    return done


def timed(config, timeout):
    """Return a config whose budgets have seconds in place of calls, and where 408 is for 503."""
    done = dict(config)
    if "budget" in config:
        done["budget"] = {"deadline": SECONDS[config["budget"]["attempts"]]}
    if 503 in config.get("retry", {}).get("on_status_codes", ()):
        done["retry"] = {**config["retry"], "on_status_codes": [408]}
    if "targets" in config:
        done["targets"] = [timed(one, None) for one in config["targets"]]
    return done if timeout is None else {**done, "request_timeout": timeout}


def asking_for(config, n):
    """Return a config that asks for several pictures."""
    return {**config, "override_params": {"n": n}}


def without(config, *keys, but=None, path="config"):
    """Return a config without some settings, wherever they are; those at one path may stay."""
    done = {key: value for key, value in config.items() if key not in keys or path == but}
    if "targets" in config:
        done["targets"] = [
            without(one, *keys, but=but, path=f"{path}.targets[{i}]")
            for i, one in enumerate(config["targets"])
        ]
    return done
