"""Routes: the tree of groups and targets, settings inherited on the way down."""

from dataclasses import dataclass

from router.config.inherit import inherited
from router.config.model import GroupRoute, Route, Settings
from router.config.places import shown_place
from router.config.policies import budget, cache
from router.config.portkey import WITHOUT_EFFECT
from router.config.section import Section
from router.config.strategies import Group
from router.config.targets import Targets


@dataclass(frozen=True, slots=True)
class Routes:
    targets: Targets

    def read(self, section: Section, above: Settings) -> Route:
        """Read a group or a target, and everything below."""
        self._warn(section)
        settings = inherited(section, above, self.targets.reading.report)
        if "targets" in section or "strategy" in section:
            return self._group(section, settings)
        if "on_status_codes" in section:
            self.targets.reading.report.warn(
                section.source,
                section.at("on_status_codes"),
                "'on_status_codes' has no effect on a single target",
                "nobody else could be asked",
                at_key=True,
            )
        return self.targets.read(section, settings)

    def _group(self, section: Section, settings: Settings) -> GroupRoute:
        targets = tuple(self.read(below, settings) for below in section.sections("targets"))
        report = self.targets.reading.report
        strategy = section.section("strategy") or Section(
            section.source, {}, section.at("strategy")
        )
        group = Group(
            section=section,
            strategy=strategy,
            targets=targets,
            report=report,
            is_sent=self.targets.reading.stranger is not None,
        )
        weight = section.number("weight")
        return GroupRoute(
            path=shown_place(section.place, section.source.root),
            strategy=group.settings(),
            targets=targets,
            name=section.text("name"),
            weight=1.0 if weight is None else float(weight),
            budget=budget(section, report),
            cache=cache(section, report),
        )

    def _warn(self, section: Section) -> None:
        for key, reason in WITHOUT_EFFECT.items():
            if key in section:
                self.targets.reading.report.warn(
                    section.source, section.at(key), f"{key!r} has no effect", reason, at_key=True
                )
