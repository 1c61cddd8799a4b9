"""Settings: which findings are wanted and how grave they are: `x-lint` in a config, options."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from router.config.masking import shown
from router.config.places import Place
from router.config.problems import (
    SEVERITIES,
    Problem,
    Severity,
    did_you_mean,
    hints,
    one_of,
)
from router.config.source import Source
from router.core.jsontypes import JSON, is_list
from router.lint.registry import CODES, rule_of

KEY = "x-lint"
IGNORE, SEVERITY = "ignore", "severity"
CODE = "lint-setting"
LIST_CODES = "'pixroute check --explain' lists the codes"

NO_SEVERITIES: Mapping[str, Severity] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class LintSettings:
    """`select` None wants every code. What keeps a config from being used is told in any case."""

    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    severities: Mapping[str, Severity] = field(default_factory=lambda: NO_SEVERITIES)

    def severity_of(self, problem: Problem) -> Severity | None:
        """Return how grave a problem is; None where nobody wants to be told of it."""
        if problem.severity == "error" or rule_of(problem.code) is None:
            return problem.severity
        is_selected = self.select is None or problem.code in self.select
        if not is_selected or problem.code in self.ignore:
            return None
        return self.severities.get(problem.code, problem.severity)

    def overlaid(self, own: "LintSettings") -> "LintSettings":
        """Lay a config's own settings over these."""
        return LintSettings(
            select=self.select,
            ignore=self.ignore | own.ignore,
            severities=MappingProxyType({**self.severities, **own.severities}),
        )


NO_WISHES = LintSettings()


def own_settings(source: Source) -> tuple[LintSettings, tuple[Problem, ...]]:
    """Return what a config says of its own findings, and what is wrong with that."""
    reader = _Reader(source)
    settings = reader.read(source.value.get(KEY))
    return settings, tuple(reader.problems)


@dataclass(slots=True)
class _Reader:
    source: Source
    problems: list[Problem] = field(default_factory=list)

    def read(self, value: JSON) -> LintSettings:
        if value is None:
            return NO_WISHES
        if not isinstance(value, Mapping):
            example = f"for example {KEY}: {{ignore: [uneven-targets]}}"
            self._wrong((KEY,), f"{KEY} is {shown(value)}; expected a mapping", example)
            return NO_WISHES
        for name in value:
            if name not in {IGNORE, SEVERITY}:
                known = [IGNORE, SEVERITY]
                hint = hints(one_of(known), did_you_mean(name, known))
                self._wrong((KEY, name), f"unknown key {shown(name)}", hint, at_key=True)
        return LintSettings(
            ignore=frozenset(self._ignored(value.get(IGNORE))),
            severities=MappingProxyType(dict(self._severities(value.get(SEVERITY)))),
        )

    def _ignored(self, value: JSON) -> Iterator[str]:
        if value is not None and not is_list(value):
            message = f"{IGNORE} is {shown(value)}; expected a list of codes"
            self._wrong((KEY, IGNORE), message, LIST_CODES)
            return
        for i, code in enumerate(value or ()):
            if self._is_code(code, (KEY, IGNORE, i), at_key=False):
                yield str(code)

    def _severities(self, value: JSON) -> Iterator[tuple[str, Severity]]:
        if value is None:
            return
        if not isinstance(value, Mapping):
            message = f"{SEVERITY} is {shown(value)}; expected a mapping of codes"
            self._wrong((KEY, SEVERITY), message, LIST_CODES)
            return
        for code, wanted in value.items():
            place = (KEY, SEVERITY, code)
            severity = next((one for one in SEVERITIES if one == wanted), None)
            if not self._is_code(code, place, at_key=True):
                continue
            if severity is None:
                likely = did_you_mean(wanted, SEVERITIES) if isinstance(wanted, str) else ""
                hint = hints(one_of(SEVERITIES), likely)
                self._wrong(place, f"the severity of {code} is {shown(wanted)}", hint)
            else:
                yield code, severity

    def _is_code(self, code: JSON, place: Place, *, at_key: bool) -> bool:
        rule = rule_of(code) if isinstance(code, str) else None
        if rule is None:
            likely = did_you_mean(code, CODES) if isinstance(code, str) else ""
            message = f"{shown(code)} is no code of a finding"
            self._wrong(place, message, hints(likely, LIST_CODES), at_key=at_key)
        elif rule.fatal and not rule.also_warns:
            message = f"{rule.code} cannot be silenced"
            self._wrong(place, message, "without that there is no config", at_key=at_key)
        return rule is not None

    def _wrong(self, place: Place, message: str, hint: str, *, at_key: bool = False) -> None:
        problem = self.source.problem(
            place, message, hint, code=CODE, severity="warning", at_key=at_key
        )
        self.problems.append(problem)
