import pytest
from config_tools import document, errors, problems, route

from router.config.model import (
    BreakerSettings,
    BudgetSettings,
    CacheSettings,
    ConditionalSettings,
    FallbackSettings,
    LimitSettings,
    LoadBalanceSettings,
    RetrySettings,
    Single,
    StickySettings,
    targets_of,
)
from router.core.outcome import Kind
from router.core.settlement import BY_KIND, DEFAULT_RETRY_CODES


def target(**more):
    return {"provider": "openai"} | more


def group(mode, *targets, strategy=None, **more):
    return {"strategy": {"mode": mode} | (strategy or {}), "targets": [*targets]} | more


def test_paths_are_places_in_the_config():
    inner = group("single", target())
    read = route(group("fallback", target(), inner))

    assert read.path == "config"
    assert read.targets[0].path == "config.targets[0]"
    assert read.targets[1].targets[0].path == "config.targets[1].targets[0]"


def test_the_targets_of_a_route_are_in_the_order_of_the_config():
    read = route(group("fallback", group("single", target()), target()))

    paths = [one.path for one in targets_of(read)]

    assert paths == ["config.targets[0].targets[0]", "config.targets[1]"]


def test_a_target_alone_is_the_root():
    assert route(target()).path == "config"


def test_times_are_in_seconds():
    read = route(
        target(
            request_timeout=1500,
            cb_config={"failure_threshold": 1, "cooldown_interval": 2500, "window": 90000},
        )
    )

    assert read.settings.timeout == 1.5
    assert (read.settings.breaker.cooldown, read.settings.breaker.window) == (2.5, 90.0)


@pytest.mark.parametrize(
    ("written", "settings"),
    [
        ({"attempts": 2}, RetrySettings(retries=2)),
        ({"attempts": 0}, RetrySettings(retries=0)),
        ({"attempts": 1, "on_status_codes": []}, RetrySettings(retries=1, codes=frozenset())),
        (
            {"attempts": 1, "on_status_codes": [429, 408]},
            RetrySettings(retries=1, codes=frozenset({408, 429})),
        ),
        (
            {"attempts": 1, "on_kinds": ["empty", "connection_lost"]},
            RetrySettings(retries=1, kinds=frozenset({Kind.EMPTY, Kind.CONNECTION_LOST})),
        ),
        (
            {"attempts": 1, "use_retry_after_header": False},
            RetrySettings(retries=1, use_retry_after=False),
        ),
        (
            {"attempts": 1, "use_retry_after_headers": False},
            RetrySettings(retries=1, use_retry_after=False),
        ),
    ],
)
def test_retry_is_read(written, settings):
    assert route(target(retry=written)).settings.retry == settings


def test_retry_has_portkeys_default_codes():
    assert RetrySettings(retries=1).codes == DEFAULT_RETRY_CODES == {429, 500, 502, 503, 504, 529}


@pytest.mark.parametrize("kind", sorted(BY_KIND))
def test_every_kind_that_can_be_retried_can_be_written(kind):
    read = route(target(retry={"attempts": 1, "on_kinds": [str(kind)]}))

    assert read.settings.retry.kinds == {kind}


def test_two_spellings_at_once_are_an_error():
    retry = {"attempts": 1, "use_retry_after_header": True, "use_retry_after_headers": False}

    (error,) = errors(target(retry=retry))

    assert error.endswith("'use_retry_after_headers' says the same as 'use_retry_after_header'")


@pytest.mark.parametrize(
    ("config", "settings"),
    [
        (group("single", target()), Single()),
        (group("fallback", target()), FallbackSettings()),
        (
            group("fallback", target(), strategy={"on_status_codes": [429]}),
            FallbackSettings(codes=frozenset({429})),
        ),
        (
            group("fallback", target(), on_status_codes=[429]),
            FallbackSettings(codes=frozenset({429})),
        ),
        (
            group("fallback", target(), strategy={"on_status_codes": []}),
            FallbackSettings(codes=frozenset()),
        ),
        (
            group("fallback", target(), strategy={"on_refusal": "fallback"}),
            FallbackSettings(refusals=True),
        ),
        (
            group("fallback", target(), strategy={"on_refusal": "stop"}),
            FallbackSettings(refusals=False),
        ),
        (
            group("fallback", target(), strategy={"top_up": True}),
            FallbackSettings(top_up=True),
        ),
        (
            group("loadbalance", target(), strategy={"failover": True, "top_up": True}),
            LoadBalanceSettings(failover=True, top_up=True),
        ),
        (group("loadbalance", target()), LoadBalanceSettings()),
        (
            group(
                "loadbalance",
                target(),
                strategy={"failover": True, "on_status_codes": [503], "on_refusal": "fallback"},
            ),
            LoadBalanceSettings(failover=True, codes=frozenset({503}), refusals=True),
        ),
        (
            group(
                "loadbalance",
                target(),
                strategy={"sticky": {"enabled": True, "hash_fields": ["metadata.u"], "ttl": 60}},
            ),
            LoadBalanceSettings(sticky=StickySettings(fields=("metadata.u",), ttl=60.0)),
        ),
        (
            group(
                "loadbalance",
                target(),
                strategy={"sticky_session": {"hash_fields": ["params.a.b[0]", "url.pathname"]}},
            ),
            LoadBalanceSettings(
                sticky=StickySettings(fields=("params.a.b[0]", "url.pathname"), ttl=3600.0)
            ),
        ),
        (
            group(
                "loadbalance",
                target(),
                strategy={"sticky": {"enabled": False, "hash_fields": ["metadata.u"]}},
            ),
            LoadBalanceSettings(),
        ),
    ],
)
def test_strategies_are_read(config, settings):
    assert route(config).strategy == settings


@pytest.mark.parametrize(
    ("written", "weight"), [({}, 1.0), ({"weight": 0.75}, 0.75), ({"weight": 0}, 0.0)]
)
def test_weights_are_kept_as_they_are(written, weight):
    read = route(group("loadbalance", target(**written), target()))

    assert read.targets[0].weight == weight


def test_weights_that_are_all_zero_are_an_error():
    config = group("loadbalance", target(weight=0), target(weight=0.0))

    assert errors(config) == ["config.targets: all weights are 0"]


def test_a_nested_group_has_a_weight_and_a_name():
    inner = group("single", target(), weight=3, name="inner")

    read = route(group("loadbalance", inner, target())).targets[0]

    assert (read.weight, read.name) == (3.0, "inner")


def test_the_nearest_retry_timeout_breaker_and_mode_win_whole():
    config = group(
        "fallback",
        target(),
        target(
            retry={"attempts": 1},
            request_timeout=1000,
            cb_config={"failure_threshold": 9},
            on_unsupported="skip",
            forward_headers=["B"],
        ),
        retry={"attempts": 3, "on_status_codes": [429]},
        request_timeout=5000,
        cb_config={"failure_threshold": 5, "minimum_requests": 3},
        on_unsupported="error",
        forward_headers=["X-A", "x-a", "Y"],
    )

    plain, own = (one.settings for one in route(config).targets)

    assert plain.retry == RetrySettings(retries=3, codes=frozenset({429}))
    assert own.retry == RetrySettings(retries=1)
    assert (plain.timeout, own.timeout) == (5.0, 1.0)
    assert plain.breaker == BreakerSettings(threshold=5, minimum_requests=3)
    assert own.breaker == BreakerSettings(threshold=9)
    assert (plain.on_unsupported, own.on_unsupported) == ("error", "skip")
    assert (plain.forward_headers, own.forward_headers) == (("x-a", "y"), ("b",))


def test_a_breaker_may_stand_in_the_strategy():
    config = group(
        "fallback",
        target(),
        strategy={"cb_config": {"failure_threshold_percentage": 20, "failure_status_codes": [500]}},
    )

    assert route(config).targets[0].settings.breaker == BreakerSettings(
        percentage=20, codes=frozenset({500})
    )


def test_a_breaker_in_two_places_is_an_error():
    breaker = {"failure_threshold": 1}
    config = group("fallback", target(), strategy={"cb_config": breaker}, cb_config=breaker)

    assert errors(config) == ["config.cb_config: 'cb_config' is in 'strategy' too"]


@pytest.mark.parametrize("status", ["x", 99, 200.5])
def test_a_status_that_is_none_is_an_error(status):
    (problem,) = problems(target(retry={"attempts": 1, "on_status_codes": [status, 400]}))

    assert problem.severity == "error"


def test_status_codes_in_two_places_are_an_error():
    config = group("fallback", target(), strategy={"on_status_codes": [429]}, on_status_codes=[])

    assert errors(config) == ["config.on_status_codes: 'on_status_codes' is in 'strategy' too"]


def test_parameters_merge_down_key_by_key():
    config = group(
        "fallback",
        group(
            "single",
            target(
                override_params={"size": "c", "seed": 3},
                default_params={"n": 1},
                drop_params=["style", "a[*].c"],
            ),
            override_params={"size": "b", "quality": "b"},
        ),
        override_params={"size": "a", "user": "a"},
        default_params={"n": 9, "style": "vivid"},
        drop_params=["background", "style"],
    )

    settings = route(config).targets[0].targets[0].settings

    assert settings.override_params == {"size": "c", "quality": "b", "user": "a", "seed": 3}
    assert settings.default_params == {"n": 1, "style": "vivid"}
    assert settings.drop_params == ("background", "style", "a[*].c")


def test_budget_cache_and_limit_bind_where_they_are_written():
    config = group(
        "fallback",
        target(cache={"mode": "simple", "max_age": 60}, limit={"concurrency": 2, "per_minute": 9}),
        budget={"attempts": 3, "deadline": 1.5},
        cache={},
    )

    read = route(config)

    assert read.budget == BudgetSettings(attempts=3, deadline=1.5)
    assert read.cache == CacheSettings(max_age=604_800.0)
    assert read.targets[0].budget is None
    assert read.targets[0].cache == CacheSettings(max_age=60)
    assert read.targets[0].limit == LimitSettings(concurrency=2, per_minute=9)


def test_conditions_name_targets_by_index():
    config = group(
        "conditional",
        target(name="a"),
        target(name="b"),
        strategy={
            "conditions": [{"query": {"params.model": {"$eq": "x"}}, "then": "b"}],
            "default": "a",
        },
    )

    strategy = route(config).strategy

    assert isinstance(strategy, ConditionalSettings)
    assert strategy.default == 0
    assert [(c.query, c.then) for c in strategy.conditions] == [({"params.model": {"$eq": "x"}}, 1)]


@pytest.mark.parametrize(
    ("config", "said"),
    [
        (group("single", target(), target()), "is never asked: mode single"),
        (group("single", target(), on_status_codes=[500]), "'on_status_codes' has no effect"),
        (group("loadbalance", target(), on_status_codes=[500]), "'on_status_codes' has no effect"),
        (target(on_status_codes=[]), "'on_status_codes' has no effect on a single target"),
    ],
)
def test_what_has_no_effect_is_warned_of(config, said):
    read = document(config)

    assert [p.severity for p in read.problems] == ["warning"]
    assert said in read.warnings[0]


def test_a_document_knows_its_file(tmp_path):
    path = tmp_path / "c.yaml"
    path.write_text("provider: openai\n")

    read = document(path)

    assert (read.source, read.base) == (str(path), tmp_path)
    assert document({"provider": "openai"}).source == "config"


def test_a_config_that_is_right_has_no_problems():
    assert problems(group("fallback", target(), target(weight=2))) == ()
