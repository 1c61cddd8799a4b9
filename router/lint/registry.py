"""Registry: every code that a finding may have."""

from collections.abc import Mapping
from types import MappingProxyType

from router.lint.abilities import UNABLE, UNEVEN
from router.lint.accounts import SAME_CREDENTIAL, UNUSED_KEY
from router.lint.breakers import IDLE_PERCENTAGE, NEVER_OPENS
from router.lint.budgets import RETRIES_BEYOND_BUDGET, STARVED
from router.lint.costs import UNPAID, UNPAID_PLAIN
from router.lint.deadlines import (
    DEADLINE_TOO_SHORT,
    HURRIED,
    RETRIES_BEYOND_DEADLINE,
    TIMEOUT_BEYOND_DEADLINE,
)
from router.lint.models import UNKNOWN_MODEL
from router.lint.reading import READING
from router.lint.rule import Rule
from router.lint.statuses import IMPOSSIBLE
from router.lint.timeouts import TIMEOUT_TOO_SHORT
from router.lint.unreachable import DEAD_CONDITION, DRAINED, UNREACHABLE, UNREACHABLE_FALLBACK
from router.lint.weights import IDLE_WEIGHT

RULES: tuple[Rule, ...] = (
    UNREACHABLE,
    UNREACHABLE_FALLBACK,
    DEAD_CONDITION,
    DRAINED,
    STARVED,
    UNPAID,
    UNPAID_PLAIN,
    RETRIES_BEYOND_BUDGET,
    RETRIES_BEYOND_DEADLINE,
    TIMEOUT_BEYOND_DEADLINE,
    HURRIED,
    DEADLINE_TOO_SHORT,
    TIMEOUT_TOO_SHORT,
    IMPOSSIBLE,
    NEVER_OPENS,
    IDLE_PERCENTAGE,
    UNKNOWN_MODEL,
    UNABLE,
    UNEVEN,
    SAME_CREDENTIAL,
    UNUSED_KEY,
    IDLE_WEIGHT,
    *READING,
)
"""Those that look at a config first, then those of reading it."""

BY_CODE: Mapping[str, Rule] = MappingProxyType({rule.code: rule for rule in RULES})

CODES: tuple[str, ...] = tuple(BY_CODE)


def rule_of(code: str) -> Rule | None:
    """Return the rule of a code; None where there is none."""
    return BY_CODE.get(code)
