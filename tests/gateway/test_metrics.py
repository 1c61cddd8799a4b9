"""Metrics: what is counted of requests and their attempts, in a bounded number of series."""

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families

from router.core.images import Picture
from router.core.outcome import Failure, Kind
from router.gateway.instruments import BUCKETS
from router.gateway.metrics import Metrics
from router.testing import MemoryStore, Scripted, simulate
from tests.gateway.recorded import (
    OPENED,
    a_trace,
    attempt,
    exchange,
    number,
    record,
    samples,
    values_of,
)
from tests.toys import Providers, ask, breaker, compiled, fallback, target

PICTURE = Picture(url="https://pictures.test/1")
BUSY = {"status": 503, "kind": Kind.OVERLOADED, "billed": False, "cost": 0.0, "received": 10}
OPENAI = {"provider": "openai", "model": "gpt-image-2"}


def measured(*exchanges, **options):
    metrics = Metrics(**options)
    record(metrics, *exchanges)
    return metrics


def test_requests_are_counted_by_what_was_asked_and_how_it_was_answered():
    metrics = measured(
        exchange(), exchange(), exchange(cache="HIT"), exchange(status=429, operation="edit")
    )

    about = {"operation": "generate", "status": "200", "config": "main"}
    assert number(metrics, "requests_total", **about, cache="DISABLED") == 2
    assert number(metrics, "requests_total", **about, cache="HIT") == 1
    refused = {**about, "operation": "edit", "status": "429", "cache": "DISABLED"}
    assert number(metrics, "requests_total", **refused) == 1


def test_every_attempt_is_counted_by_target_and_by_how_it_ended():
    trace = a_trace(attempt(**BUSY), attempt(**BUSY), attempt(), attempt(provider="segmind"))

    metrics = measured(exchange(trace))

    assert number(metrics, "attempts_total", **OPENAI, kind="overloaded") == 2
    assert number(metrics, "attempts_total", **OPENAI, kind="success") == 1
    segmind = {**OPENAI, "provider": "segmind"}
    assert number(metrics, "attempts_total", **segmind, kind="success") == 1


def test_an_attempt_under_way_is_told_apart_and_has_taken_no_time_yet():
    metrics = measured(exchange(a_trace(attempt(status=0, billed=None, cost=None))))

    assert number(metrics, "attempts_total", **OPENAI, kind="under_way") == 1
    assert number(metrics, "attempt_seconds_count", **OPENAI) == 0


def test_a_target_without_a_model_is_of_an_unknown_model():
    metrics = measured(exchange(a_trace(attempt(model=None))))

    assert values_of(metrics, "attempts_total", "model") == {"unknown"}


def test_time_is_counted_in_buckets_that_fit_pictures():
    metrics = measured(exchange(a_trace(attempt(duration=42.0)), seconds=42.5))

    assert (BUCKETS[0], BUCKETS[-1]) == (0.1, 600.0)
    assert number(metrics, "request_seconds_bucket", operation="generate", le="30.0") == 0
    assert number(metrics, "request_seconds_bucket", operation="generate", le="45.0") == 1
    assert number(metrics, "attempt_seconds_sum", **OPENAI) == 42


def test_requests_in_flight_are_those_begun_and_not_ended():
    metrics = Metrics()

    seen = [number(metrics, "in_flight")]
    metrics.begin()
    metrics.begin()
    seen.append(number(metrics, "in_flight"))
    metrics.end(exchange())
    seen.append(number(metrics, "in_flight"))

    assert seen == [0, 2, 1]


def test_what_was_billed_is_added_up_and_what_nobody_can_price_is_counted():
    unpriced = attempt(cost=None)
    trace = a_trace(attempt(), attempt(), unpriced, attempt(**BUSY), attempt(billed=None))

    metrics = measured(exchange(trace))

    assert number(metrics, "cost_dollars_total", **OPENAI) == pytest.approx(0.08)
    assert number(metrics, "unpriced_attempts_total", **OPENAI) == 1


def test_bytes_are_counted_by_where_they_came_from_and_went():
    trace = a_trace(attempt(received=2000), attempt(received=500))

    metrics = measured(exchange(trace, bytes_in=30, bytes_out=2400))

    assert number(metrics, "bytes_total", direction="from_callers") == 30
    assert number(metrics, "bytes_total", direction="to_callers") == 2400
    assert number(metrics, "bytes_total", direction="from_providers") == 2500


def test_pictures_are_counted_for_the_model_that_made_them():
    trace = a_trace(attempt(provider="segmind", **BUSY), attempt())

    metrics = measured(exchange(trace, pictures=(PICTURE,) * 3))

    assert number(metrics, "pictures_total", **OPENAI) == 3
    assert number(metrics, "pictures_total", provider="segmind", model="gpt-image-2") == 0


def test_pictures_from_a_cache_are_nobodys():
    metrics = measured(exchange(a_trace(), cache="HIT", pictures=(PICTURE,)))

    assert values_of(metrics, "pictures_total", "provider") == set()


def test_pictures_of_a_request_that_failed_are_not_given():
    trace = a_trace(attempt(), attempt(**BUSY), failed=True)

    metrics = measured(exchange(trace, status=503, pictures=(PICTURE,)))

    assert number(metrics, "pictures_total", **OPENAI) == 0


def test_a_request_refused_before_it_was_routed_counts_as_a_request_only():
    metrics = measured(exchange(None, status=401, kind="auth", config=""))

    assert values_of(metrics, "requests_total", "status") == {"401"}
    assert values_of(metrics, "attempts_total", "kind") == set()


def test_an_opening_counts_for_the_provider_that_was_asked_there():
    trace = a_trace(attempt(**BUSY), attempt(path="other", provider="b"), decisions=[OPENED])

    assert number(measured(exchange(trace)), "breaker_openings_total", provider="openai") == 1


def asked_in_turn(route, times, **senders):
    """Ask a real tree again and again; return what a gateway would tell of it."""
    node = compiled(route)

    async def main():
        store, metrics = MemoryStore(), Metrics()
        for _ in range(times):
            run = await ask(node, Providers(**senders), store=store)
            failure = run.outcome if isinstance(run.outcome, Failure) else None
            run.trace.failed = failure is not None
            said = {"kind": failure.kind, "message": failure.message} if failure else {}
            record(metrics, exchange(run.trace, status=run.status, **said))
            await anyio.sleep(0.5)
        return metrics

    return simulate(main)


def test_a_breaker_that_opens_is_counted_once_and_then_each_time_it_is_met():
    route = fallback(target("a", breaker=breaker(2)), target("b"))

    metrics = asked_in_turn(route, 5, a=Scripted(503, repeat=True), b=Scripted(200, repeat=True))

    assert number(metrics, "breaker_openings_total", provider="a") == 1
    assert number(metrics, "breaker_left_alone_total", provider="a") == 3


def test_a_lone_target_left_alone_is_counted_by_the_request_that_failed():
    metrics = asked_in_turn(target("a", breaker=breaker(1)), 3, a=Scripted(503, repeat=True))

    assert number(metrics, "breaker_left_alone_total", provider="a") == 2


def test_records_dropped_by_the_log_are_counted_as_they_come():
    dropped = iter((0, 2, 2, 5))
    metrics = Metrics(dropped=lambda: next(dropped))

    seen = []
    for _ in range(4):
        record(metrics, exchange())
        seen.append(number(metrics, "log_dropped_total"))

    assert seen == [0, 2, 2, 5]


def test_thousands_of_model_names_make_no_more_series_than_allowed():
    made_up = [exchange(a_trace(attempt(model=f"model-{n}"))) for n in range(3000)]

    metrics = measured(*made_up, most=200)

    models = values_of(metrics, "attempts_total", "model")
    assert len(models) == 201
    assert number(metrics, "attempts_total", provider="openai", model="other", kind="success") == (
        3000 - 200
    )


def test_names_that_nobody_knows_do_not_take_the_places_of_true_ones():
    unknown = {"status": 404, "kind": Kind.BAD_REQUEST, "billed": False, "cost": 0.0}
    junk = [exchange(a_trace(attempt(model=f"junk-{n}", **unknown))) for n in range(50)]

    metrics = measured(*junk, exchange(a_trace(attempt(model="true"))), most=10)

    models = values_of(metrics, "attempts_total", "model")
    assert "true" in models
    assert len(models) == 5 + 1 + 1  # half of the places, the true one, and `other`


def test_a_model_known_already_keeps_its_place():
    before, after = attempt(model="first"), attempt(model="last")

    metrics = measured(*(exchange(a_trace(one)) for one in (before, after, before)), most=1)

    assert number(metrics, "attempts_total", provider="openai", model="first", kind="success") == 2
    assert number(metrics, "attempts_total", provider="openai", model="other", kind="success") == 1


def test_thousands_of_config_ids_make_no_more_series_than_allowed():
    metrics = measured(*(exchange(config=f"pc-{n}") for n in range(3000)), most=200)

    assert len(values_of(metrics, "requests_total", "config")) <= 201


def test_inline_configs_and_none_keep_their_places():
    crowd = [exchange(config=f"pc-{n}") for n in range(50)]

    metrics = measured(*crowd, exchange(config="inline"), exchange(config=""), most=10)

    assert {"inline", "", "other"} <= values_of(metrics, "requests_total", "config")


ANY_TEXT = st.text(st.characters(exclude_categories=())) | st.just("half a pair: \ud83d")


@given(st.lists(ANY_TEXT, max_size=5), st.booleans())
def test_any_name_that_a_caller_makes_up_can_be_told(names, failed):
    status = 400 if failed else 200
    made_up = (exchange(a_trace(attempt(model=n, status=status)), config=n) for n in names)

    text, kind = measured(*made_up).render()

    assert list(text_string_to_metric_families(text.decode()))
    assert kind.startswith("text/plain; version=0.0.4")


def test_a_name_of_a_million_characters_is_no_label():
    metrics = measured(exchange(a_trace(attempt(model="m" * 1_000_000)), config="c" * 1_000_000))

    assert values_of(metrics, "attempts_total", "model") == {"other"}
    assert values_of(metrics, "requests_total", "config") == {"other"}


def test_two_gateways_in_one_program_count_for_themselves():
    one, other = measured(exchange()), Metrics()

    assert values_of(one, "requests_total", "status") == {"200"}
    assert values_of(other, "requests_total", "status") == set()


def test_nothing_is_told_but_what_is_ours():
    names = {name for name, _ in samples(measured(exchange(a_trace(attempt()))))}

    assert all(name.startswith("pixroute_") for name in names)
    assert not [name for name in names if name.endswith("_created")]
