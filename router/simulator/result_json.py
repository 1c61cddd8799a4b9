"""Results as JSON: stable names, seconds and dollars in all of it."""

from collections.abc import Mapping

from router.core.jsontypes import JSON
from router.simulator.results import BreakerResult, Latency, Result, TargetResult

DECIMALS = 6  # of seconds and shares


def as_json(result: Result) -> Mapping[str, JSON]:
    return {
        "config": result.config,
        "scenario": result.scenario,
        "seed": result.seed,
        "duration": result.duration,
        "interrupted": result.was_interrupted,
        "seconds_played": _rounded(result.seconds),
        "requests": {
            "arrived": result.requests,
            "succeeded": result.ok,
            "failed": result.failed,
            "from_cache": result.cached,
            "joined": result.joined,
            "success_rate": _rounded(result.success_rate),
            "failures": dict(result.failures),
            "reasons": dict(result.reasons),
        },
        "latency": _latency(result.latency),
        "latency_of_failures": _latency(result.latency_of_failures),
        "attempts": {
            "calls": result.calls,
            "per_request": {str(number): count for number, count in result.attempts.items()},
            "amplification": _rounded(result.amplification),
            "rate_limited": result.rate_limited,
            "rate_limit_waste": _rounded(result.rate_limit_waste),
            "fallbacks": result.fallbacks,
            "seconds_waited": _rounded(result.waited),
        },
        "cost": {
            "total": result.cost,
            "wasted": result.wasted,
            "unpriced_calls": result.unpriced,
            "perhaps_billed_calls": result.unsure,
        },
        "targets": [_target(target) for target in result.targets],
        "breakers": [_breaker(breaker) for breaker in result.breakers],
        "timeline": {
            "seconds_per_bucket": _rounded(result.width),
            "arrived": list(result.arrived_at),
            "failed": list(result.failed_at),
            "under_way": list(result.under_way_at),
            "fallbacks": list(result.fallbacks_at),
        },
    }


def _target(target: TargetResult) -> Mapping[str, JSON]:
    return {
        "path": target.path,
        "provider": target.provider,
        "model": target.model or None,
        "calls": target.calls,
        "served": target.served,
        "share": _rounded(target.share),
        "rate_limited": target.rate_limited,
        "failures": dict(target.failures),
        "reasons": dict(target.reasons),
        "latency": _latency(target.latency),
        "cost": target.cost,
        "wasted": target.wasted,
        "unpriced_calls": target.unpriced,
        "perhaps_billed_calls": target.unsure,
        "timeline": {
            "calls": list(target.calls_at),
            "failed": list(target.failed_at),
            "rate_limited": list(target.full_at),
        },
    }


def _breaker(breaker: BreakerResult) -> Mapping[str, JSON]:
    return {
        "path": breaker.path,
        "provider": breaker.provider,
        "opened": breaker.opened,
        "first_opened": _rounded(breaker.first_opened),
        "seconds_open": _rounded(breaker.open_seconds),
        "seconds_half_open": _rounded(breaker.half_open_seconds),
        "timeline": {
            "open": [_rounded(seconds) for seconds in breaker.open_at],
            "half_open": [_rounded(seconds) for seconds in breaker.half_open_at],
        },
    }


def _latency(latency: Latency) -> Mapping[str, JSON]:
    return {
        "p50": _rounded(latency.p50),
        "p90": _rounded(latency.p90),
        "p95": _rounded(latency.p95),
        "p99": _rounded(latency.p99),
        "max": _rounded(latency.most),
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DECIMALS)
