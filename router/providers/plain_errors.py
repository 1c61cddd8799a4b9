"""Plain errors: what a message means where a provider has no codes for it.

UNCERTAIN, all of it: how refusals are worded is documented nowhere, so these are words that were
seen, and those that other providers use. A message that none fits is judged by its status alone.
"""

import re

from router.core.outcome import Kind

# The first was seen with Segmind; the others are what clients of both companies look for.
REFUSAL = re.compile(
    r"(?i)content[ _.-]?(?:polic|filter)|moderation|\bnsfw\b|safety (?:system|check|filter)"
)

# docs.segmind.com/docs/serverless-api: "Insufficient credits", a team's spend limit
MONEY = re.compile(r"(?i)\bcredits?\b|spend(?:ing)?[ _-]?limit|\bbalance\b|\btop[ -]?up\b")

# docs.segmind.com/docs/serverless-api: "Prompt is Mandatory and must be string"
UNFIT = re.compile(r"(?i)\bmandatory\b|\bmust be\b|\brequired\b|\binvalid\b|\bnot supported\b")


def is_refusal(message: str) -> bool:
    return REFUSAL.search(message) is not None


def is_money(message: str) -> bool:
    """Tell whether waiting would not help: the account has no credits, or may not spend them."""
    return MONEY.search(message) is not None


def kind_of_failed_job(message: str) -> Kind:
    """Return what a job died of; one that died of its parameters would die of them again."""
    if is_refusal(message):
        return Kind.REFUSED
    if is_money(message):
        return Kind.QUOTA_EXHAUSTED
    return Kind.BAD_REQUEST if UNFIT.search(message) else Kind.SERVER_ERROR
