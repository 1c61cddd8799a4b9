"""Linter: all rules, over one config."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from router.config.editing import INTRICATE, refused
from router.config.problems import Problem, Severity
from router.config.source import Source
from router.lint.accounts import UNUSED_KEY, SharedKeys
from router.lint.registry import RULES, rule_of
from router.lint.rule import Finding, Rule
from router.lint.settings import NO_WISHES, LintSettings, own_settings
from router.lint.subject import Subject

UNSET = "unset-variable"
"""The code of the only errors beside which a config says all that it would say without them."""

TOO_EARLY = "errors come first"


def lint(
    subject: Subject, wishes: LintSettings = NO_WISHES, also: Iterable[Problem] = ()
) -> tuple[Problem, ...]:
    """Return what the rules find, what reading warned of, and what is found `also`.

    The config's own `x-lint` has the last word on codes and severities, after the caller's
    `wishes`.
    """
    source = subject.source
    found = [_problem(rule, finding, source) for rule in RULES for finding in rule.check(subject)]
    return told([*subject.document.problems, *_once(found), *also], source, wishes)


def told(problems: Iterable[Problem], source: Source, wishes: LintSettings) -> tuple[Problem, ...]:
    """Return what is told of a text in which these problems are, with the fixes that fit it."""
    own, misspelt = own_settings(source)
    found = _in_time([*problems, *misspelt])
    return _tried(judged(found, wishes.overlaid(own)), source)


def _in_time(problems: Sequence[Problem]) -> Sequence[Problem]:
    """Offer no fix beside an error: who has made one has said something else than was meant."""
    if all(one.severity != "error" or one.code == UNSET for one in problems):
        return problems
    return [
        one if one.fix is None else replace(one, fix=None, unfixed=TOO_EARLY) for one in problems
    ]


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Leave out what is told of the same lines already: aliases show them in several places."""
    told: set[tuple[str, str, str]] = set()
    for problem in problems:
        spot = (problem.code, problem.location, problem.message)
        if problem.line is None or spot not in told:
            yield problem
        told.add(spot)


def _tried(problems: Sequence[Problem], source: Source) -> tuple[Problem, ...]:
    """Keep the fixes that can be made in the text."""
    own = [one.fix for one in problems if one.fix is not None and one.file == source.file]
    wrong = refused(source, own)
    return tuple(
        replace(problem, fix=None, unfixed=INTRICATE.why) if problem.fix in wrong else problem
        for problem in problems
    )


def lint_keys(keys: SharedKeys, wishes: LintSettings = NO_WISHES) -> tuple[Problem, ...]:
    """Return what is wrong with a folder's virtual keys, seen from its configs."""
    found = [_problem(UNUSED_KEY, finding, keys.source) for finding in keys.unused()]
    return told(found, keys.source, wishes)


def judged(problems: Iterable[Problem], settings: LintSettings) -> tuple[Problem, ...]:
    """Leave out what is ignored, and give what is left the severity that it is to have."""
    weighed = ((problem, settings.severity_of(problem)) for problem in problems)
    kept = [_weighed(problem, severity) for problem, severity in weighed if severity is not None]
    return tuple(sorted(kept, key=_order))


def _weighed(problem: Problem, severity: Severity) -> Problem:
    rule = rule_of(problem.code)
    harm = problem.harm or ("" if problem.hint or rule is None else rule.harm)
    return replace(problem, harm=harm, severity=severity)


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
