"""Strategies: how a group chooses, as settings; names of targets become indexes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from router.config.conditions import QueryCheck
from router.config.masking import shown
from router.config.model import (
    ConditionalSettings,
    ConditionSettings,
    FallbackSettings,
    LoadBalanceSettings,
    Route,
    Single,
    StickySettings,
    StrategySettings,
)
from router.config.places import Place
from router.config.policies import one_spelling
from router.config.problems import did_you_mean, hints, one_of
from router.config.report import Report
from router.config.section import Section

UNREACHABLE = "unreachable-target"
DEFAULT_TTL = 3600.0  # seconds a sticky choice holds; Portkey's load-balancing page


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """A group as far as it is read: its section, its strategy's, and its targets.

    `is_sent` means that a stranger wrote it.
    """

    section: Section
    strategy: Section
    targets: Sequence[Route]
    report: Report
    is_sent: bool = False

    def settings(self) -> StrategySettings:
        match self.strategy.text("mode"):
            case "fallback":
                return self._fallback()
            case "loadbalance":
                return self._load_balance()
            case "conditional":
                self._warn_codes("conditional")
                return self._conditional()
        self._warn_codes("single")
        self._warn_spare()
        return Single()

    def _fallback(self) -> FallbackSettings:
        return FallbackSettings(
            codes=self._codes(), refusals=self._refusals(), top_up=self._tops_up()
        )

    def _tops_up(self) -> bool:
        return self.strategy.flag("top_up") or False

    def _codes(self) -> frozenset[int] | None:
        """Read `on_status_codes`, which once stood beside `strategy`."""
        own, old = (part.integers("on_status_codes") for part in (self.strategy, self.section))
        if own is not None and old is not None:
            place = self.section.at("on_status_codes")
            hint = "write it there only"
            message = "'on_status_codes' is in 'strategy' too"
            self._error(place, message, hint, code="said-twice", at_key=True)
        return old if own is None else own

    def _refusals(self) -> bool:
        return self.strategy.text("on_refusal") == "fallback"

    def _warn_codes(self, mode: str) -> None:
        for part in (self.strategy, self.section):
            for key in ("on_status_codes", "on_refusal", "top_up"):
                if key in part:
                    message = f"{key!r} has no effect where mode is {mode}"
                    self.report.warn(part.source, part.at(key), message, at_key=True)

    def _warn_spare(self) -> None:
        if len(self.targets) > 1 and self.strategy.text("mode") == "single":
            place = (*self.section.at("targets"), 1)
            self.report.warn(
                self.section.source,
                place,
                "this target is never asked: mode single asks the first one alone",
                "did you mean fallback?",
                code=UNREACHABLE,
                harm="when that one fails, nobody stands in for it",
            )

    def _load_balance(self) -> LoadBalanceSettings:
        if self.targets and not any(target.weight for target in self.targets):
            hint = "give one of them a weight above 0"
            place, message = self.section.at("targets"), "all weights are 0"
            self._error(place, message, hint, code=UNREACHABLE, at_key=True)
        failover = self.strategy.flag("failover") or False
        if not failover:
            self._warn_codes("loadbalance without failover")
        return LoadBalanceSettings(
            sticky=self._sticky(),
            failover=failover,
            codes=self._codes(),
            refusals=self._refusals(),
            top_up=self._tops_up(),
        )

    def _sticky(self) -> StickySettings | None:
        key = one_spelling(self.strategy, self.report, "sticky", "sticky_session")
        found = self.strategy.section(key)
        if found is None or found.flag("enabled") is False:
            return None
        ttl = found.number("ttl")
        fields = found.texts("hash_fields") or ()
        return StickySettings(fields=fields, ttl=DEFAULT_TTL if ttl is None else float(ttl))

    def _conditional(self) -> ConditionalSettings:
        check = QueryCheck(self.strategy.source, self.report, is_sent=self.is_sent)
        conditions: list[ConditionSettings] = []
        for one in self.strategy.sections("conditions"):
            if "query" in one and not self.report.is_marred(one.source, one.at("query")):
                check.query(one.value["query"], one.at("query"))
            query = MappingProxyType(dict(one.mapping("query")))
            conditions.append(ConditionSettings(query=query, then=self._index(one, "then")))
        return ConditionalSettings(
            conditions=tuple(conditions),
            default=self._index(self.strategy, "default"),
            is_sent=self.is_sent,
        )

    def _index(self, section: Section, key: str) -> int:
        """Find the target that a key names; 0, reported, where there is none."""
        name = section.text(key)
        if name is None:
            return 0
        found = [i for i, target in enumerate(self.targets) if target.name == name]
        if len(found) == 1:
            return found[0]
        names = list(self._names())
        if found:
            message = f"{shown(name)} names {len(found)} targets"
            self._error(section.at(key), message, "names must differ", code="unknown-target")
        else:
            hint = hints(one_of(names, "the targets are"), did_you_mean(name, names))
            message = f"{shown(name)} names no target of this group"
            hint = hint or "give the targets names"
            self._error(section.at(key), message, hint, code="unknown-target")
        return 0

    def _names(self) -> Iterator[str]:
        return (target.name for target in self.targets if target.name is not None)

    def _error(
        self, place: Place, message: str, hint: str, *, code: str, at_key: bool = False
    ) -> None:
        self.report.error(self.section.source, place, message, hint, code=code, at_key=at_key)
