"""Linter: all rules, over one config."""

from collections.abc import Iterable
from dataclasses import replace

from router.config.problems import Problem
from router.config.source import Source
from router.lint.accounts import UNUSED_KEY, SharedKeys
from router.lint.registry import RULES, rule_of
from router.lint.rule import Finding, Rule
from router.lint.settings import NO_WISHES, LintSettings, own_settings
from router.lint.subject import Subject


def lint(subject: Subject, wishes: LintSettings = NO_WISHES) -> tuple[Problem, ...]:
    """Return what the rules find, and what was warned of when the config was read.

    The config's own `x-lint` has the last word on codes and severities, after the caller's
    `wishes`.
    """
    own, misspelt = own_settings(subject.source)
    found = [
        _problem(rule, finding, subject.source) for rule in RULES for finding in rule.check(subject)
    ]
    problems = [*subject.document.problems, *misspelt, *found]
    return judged(problems, wishes.overlaid(own))


def lint_keys(keys: SharedKeys, wishes: LintSettings = NO_WISHES) -> tuple[Problem, ...]:
    """Return what is wrong with a folder's virtual keys, seen from its configs."""
    own, misspelt = own_settings(keys.source)
    found = [_problem(UNUSED_KEY, finding, keys.source) for finding in keys.unused()]
    return judged([*misspelt, *found], wishes.overlaid(own))


def judged(problems: Iterable[Problem], settings: LintSettings) -> tuple[Problem, ...]:
    """Leave out what is ignored, and give what is left the severity that it is to have."""
    kept = [_weighed(problem, settings) for problem in problems if settings.wants(problem)]
    return tuple(sorted(kept, key=_order))


def _weighed(problem: Problem, settings: LintSettings) -> Problem:
    rule = rule_of(problem.code)
    if rule is None:
        return problem
    harm = problem.harm or ("" if problem.hint else rule.harm)
    wanted = None if _is_fatal(problem, rule) else settings.severities.get(problem.code)
    return replace(problem, harm=harm, severity=wanted or problem.severity)


def _is_fatal(problem: Problem, rule: Rule) -> bool:
    return rule.fatal and problem.severity == "error"


def _problem(rule: Rule, finding: Finding, source: Source) -> Problem:
    return source.problem(
        finding.place,
        finding.message,
        finding.hint or rule.remedy,
        code=rule.code,
        harm=finding.harm or rule.harm,
        severity=finding.severity or rule.severity,
        at_key=finding.at_key,
        fix=finding.fix,
    )


def _order(problem: Problem) -> tuple[str, int, int]:
    return (problem.file or "", problem.line or 0, problem.column or 0)
