"""Codes: those that findings may have, and the page of each."""

import re

import click

from router.config.problems import did_you_mean
from router.lint.pages import page
from router.lint.registry import RULES, rule_of

COMMENT = re.compile(r"<!--.*?-->\n\n", re.DOTALL)


def known(code: str) -> str:
    """Return the code. Raises UsageError where there is none of that name."""
    if rule_of(code) is None:
        likely = did_you_mean(code, (rule.code for rule in RULES))
        advice = likely or "'pixroute check --explain' lists them"
        raise click.UsageError(f"{code!r} is no code of a finding; {advice}")
    return code


def explained(code: str) -> str:
    """Return the page of a code; the list of all where none is named. Raises UsageError."""
    if code:
        return "".join(part for part in COMMENT.split(page(known(code)))).rstrip()
    width = max(len(rule.code) for rule in RULES)
    return "\n".join(f"{rule.code:{width}}  {rule.severity:7}  {rule.title}" for rule in RULES)
