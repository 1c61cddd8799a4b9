"""Conduct, as a scenario's file writes it."""

import math
from dataclasses import dataclass, replace

from router.config.report import Report
from router.config.section import Section
from router.core.jsontypes import sequence
from router.simulator.delays import Always, Delay, Empirical, LogNormal, Uniform
from router.simulator.durations import Durations, parse, spoken
from router.simulator.scenario import FOREVER, Conduct, Outage, OutageKind, RateLimit


@dataclass(frozen=True, slots=True)
class ConductReader:
    """Reads how a provider or a model behaves, in a scenario that is over at `end`."""

    report: Report
    durations: Durations
    end: float = FOREVER

    def read(self, section: Section, general: Conduct) -> Conduct:
        """Return the conduct that is written; what is not is as in general."""
        outages = tuple(self._outage(one) for one in section.sections("outages"))
        status = section.integer("error_status")
        found = replace(
            general,
            delay=self._delay(section, general.delay),
            limit=self._limit(section, general.limit),
            error_rate=_or(section.number("error_rate"), general.error_rate),
            error_status=general.error_status if status is None else status,
            refusal_rate=_or(section.number("refusal_rate"), general.refusal_rate),
            cut_rate=_or(section.number("cut_rate"), general.cut_rate),
            empty_rate=_or(section.number("empty_rate"), general.empty_rate),
            outages=(*outages, *general.outages),
            retired=self.durations.or_else(section, "retired_at", general.retired),
        )
        self._check_shares(found, section)
        if "retired_at" in section and FOREVER > found.retired >= self.end:
            self._never(section, "retired_at", "the model is switched off")
        return found

    def _check_shares(self, found: Conduct, section: Section) -> None:
        """Report shares of calls that are more than all calls."""
        shares = {
            "error_rate": found.error_rate,
            "refusal_rate": found.refusal_rate,
            "cut_rate": found.cut_rate,
            "empty_rate": found.empty_rate,
        }
        total = math.fsum(shares.values())
        if total <= 1 or not any(name in section for name in shares):
            return
        named = " and ".join(name for name, share in shares.items() if share)
        written = [name for name in shares if name in section]
        message = f"{named} are {total:g} of all calls together"
        hint = "a call fails in one way only: expected 1 in all at most"
        self.report.error(section.source, section.at(written[-1]), message, hint)

    def _never(self, section: Section, key: str, what: str) -> None:
        """Report what would happen when all is over."""
        hint = f"the scenario ends at {spoken(self.end)}"
        self.report.error(section.source, section.at(key), f"{what} after the end", hint)

    def _delay(self, section: Section, general: Delay) -> Delay:
        below = section.section("latency")
        if below is None:
            seconds = self.durations.read(section, "latency")
            return general if seconds is None else Always(seconds)
        kinds = [name for name in ("median", "between", "measured") if name in below]
        if len(kinds) != 1 or ("median" in below) != ("p95" in below):
            message = "latency is no distribution"
            hint = "expected median with p95, between, or measured"
            self.report.error(below.source, below.place, message, hint)
            return general
        return self._distribution(below, kinds[0]) or general

    def _distribution(self, section: Section, kind: str) -> Delay | None:
        if kind == "median":
            return self._lognormal(section)
        found = [
            seconds for one in sequence(section.value[kind]) if (seconds := parse(one)) is not None
        ]
        if kind == "measured":
            return Empirical(tuple(found)) if found else None
        if len(found) != 2:
            return None
        if found[0] > found[1]:
            self.report.wrong(
                section.source, section.at(kind), "has the longer first", "write the shorter first"
            )
        return Uniform(found[0], found[1])

    def _lognormal(self, section: Section) -> Delay | None:
        median, p95 = (self.durations.read(section, key) for key in ("median", "p95"))
        if median is None or p95 is None:
            return None
        if not 0 < median <= p95:
            hint = "expected a median above 0, and a p95 as long or longer"
            self.report.wrong(
                section.source, section.at("p95"), f"is {p95:g} s, the median {median:g} s", hint
            )
            return None
        return LogNormal(median, p95)

    def _limit(self, section: Section, general: RateLimit | None) -> RateLimit | None:
        below = section.section("rate_limit")
        if below is None:
            return general
        per_minute = below.number("per_minute")
        if not per_minute or per_minute < 0:
            return general  # the schema has complained of it
        return RateLimit(
            per_minute=per_minute,
            burst=max(1.0, below.number("burst") or per_minute),
            is_silent=below.flag("retry_after") is False,
            rejected_count=below.flag("rejected_count") is True,
        )

    def _outage(self, section: Section) -> Outage:
        begin = self.durations.or_else(section, "from", 0.0)
        end = self.durations.or_else(section, "to", FOREVER)
        if end <= begin:
            self.report.wrong(section.source, section.at("to"), "is not later than 'from'")
        elif begin >= self.end:
            self._never(section, "from", "this outage begins")
        if "kind" in section and "status" in section:
            hint = "a status is answered, or something else happens: keep one of the two"
            self.report.wrong(section.source, section.at("kind"), "stands beside a status", hint)
        factor = section.number("latency_factor")
        probability = section.number("probability")
        return Outage(
            begin=begin,
            end=end,
            kind=_kind(section.text("kind")),
            status=section.integer("status") or 503,
            retry_after=self.durations.read(section, "retry_after"),
            probability=_likely(section) if probability is None else probability,
            slower=1.0 if factor is None else factor,
        )


def _likely(outage: Section) -> float:
    """Return the share of calls that fail where it is not said: none where calls are only slow."""
    says_failure = any(key in outage for key in ("status", "kind", "retry_after"))
    return 0.0 if "latency_factor" in outage and not says_failure else 1.0


def _kind(text: str | None) -> OutageKind:
    match text:
        case "reset" | "hang" | "cut" | "empty" | "refusal":
            return text
    return "status"


def _or(found: float | None, general: float) -> float:
    return general if found is None else found
