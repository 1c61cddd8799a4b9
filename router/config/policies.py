"""Policies: retry, breaker, budget, cache and limit as settings. Milliseconds end here."""

from router.config.model import (
    BreakerSettings,
    BudgetSettings,
    CacheSettings,
    LimitSettings,
    RetrySettings,
)
from router.config.report import Report
from router.config.section import Section
from router.core.outcome import Kind
from router.core.settlement import BY_KIND, DEFAULT_RETRY_CODES

MILLISECOND = 0.001  # seconds


def retry(section: Section, report: Report) -> RetrySettings | None:
    found = section.section("retry")
    if found is None:
        return None
    header = one_spelling(found, report, "use_retry_after_header", "use_retry_after_headers")
    codes = found.integers("on_status_codes")
    use_header = found.flag(header)
    return RetrySettings(
        retries=found.integer("attempts") or 0,
        codes=DEFAULT_RETRY_CODES if codes is None else codes,
        kinds=frozenset(Kind(name) for name in found.texts("on_kinds") or () if name in BY_KIND),
        use_retry_after=True if use_header is None else use_header,
    )


def timeout(section: Section) -> float | None:
    """Seconds one call may take."""
    return _seconds(section.number("request_timeout"))


def breaker(section: Section, report: Report) -> BreakerSettings | None:
    """Read `cb_config`, which Portkey's pages put into `strategy`."""
    inside, beside = section.section("strategy"), section.section("cb_config")
    within = inside.section("cb_config") if inside else None
    if within is not None and beside is not None:
        message = "'cb_config' is in 'strategy' too"
        report.error(beside.source, beside.place, message, code="said-twice", at_key=True)
    found = within or beside
    return None if found is None else _breaker(found, report)


def _breaker(found: Section, report: Report) -> BreakerSettings:
    threshold = found.integer("failure_threshold")
    percentage = found.number("failure_threshold_percentage")
    if not is_written(found, report, "failure_threshold", "failure_threshold_percentage"):
        hint = "write failure_threshold or failure_threshold_percentage"
        message, code = "this breaker never opens", "breaker-never-opens"
        report.error(found.source, found.place, message, hint, code=code, at_key=True)
    if "minimum_requests" in found and not is_written(
        found, report, "failure_threshold_percentage"
    ):
        message = "'minimum_requests' has no effect without 'failure_threshold_percentage'"
        hint = "write a percentage too, or leave it out"
        report.warn(found.source, found.at("minimum_requests"), message, hint, at_key=True)
    default = BreakerSettings()
    return BreakerSettings(
        threshold=threshold,
        percentage=percentage,
        minimum_requests=found.integer("minimum_requests") or default.minimum_requests,
        codes=found.integers("failure_status_codes"),
        cooldown=_seconds(found.number("cooldown_interval")) or default.cooldown,
        window=_seconds(found.number("window")) or default.window,
    )


def budget(section: Section, report: Report) -> BudgetSettings | None:
    found = section.section("budget")
    if found is None:
        return None
    if "on_unknown_price" in found and "max_cost" not in found:
        place = found.at("on_unknown_price")
        hint = "write max_cost too, or leave it out"
        message = "'on_unknown_price' has no effect without 'max_cost'"
        report.warn(found.source, place, message, hint, at_key=True)
    return BudgetSettings(
        attempts=found.integer("attempts"),
        deadline=found.number("deadline"),
        max_cost=found.number("max_cost"),
        admits_unknown=found.text("on_unknown_price") == "allow",
    )


def cache(section: Section, report: Report) -> CacheSettings | None:
    found = section.section("cache")
    if found is None:
        return None
    if found.text("mode") == "semantic":
        report.warn(
            found.source, found.at("mode"), "'semantic' is treated as 'simple'", "same words only"
        )
    age = found.number("max_age")
    return CacheSettings() if age is None else CacheSettings(max_age=age)


def limit(section: Section) -> LimitSettings | None:
    found = section.section("limit")
    if found is None:
        return None
    return LimitSettings(
        concurrency=found.integer("concurrency"), per_minute=found.integer("per_minute")
    )


def one_spelling(section: Section, report: Report, *spellings: str) -> str:
    """Return the spelling in use, the first if none is; two at once are an error."""
    used = [key for key in spellings if key in section]
    if len(used) > 1:
        report.error(
            section.source,
            section.at(used[1]),
            f"{used[1]!r} says the same as {used[0]!r}",
            "write one of them",
            code="said-twice",
            at_key=True,
        )
    return used[0] if used else spellings[0]


def is_written(section: Section, report: Report, *keys: str) -> bool:
    """Tell whether one of the keys is there, or a misspelt one that is reported already."""
    return any(key in section or report.is_meant(section.source, section.at(key)) for key in keys)


def _seconds(milliseconds: float | None) -> float | None:
    return None if milliseconds is None else milliseconds * MILLISECOND
