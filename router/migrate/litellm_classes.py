"""LiteLLM's classes of errors, and what a policy says of each."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from router.config.places import Place
from router.migrate.part import Part

CLASSES: Mapping[str, tuple[int, ...]] = MappingProxyType(
    {
        "BadRequestError": (400,),
        "AuthenticationError": (401,),
        "NotFoundError": (404,),
        "TimeoutError": (408,),
        "RateLimitError": (429,),
        "ContentPolicyViolationError": (),
        "InternalServerError": (500, 502, 504, 529),
        "ServiceUnavailableError": (503,),
    }
)
"""The statuses that belong to each class; a refusal has none."""


def counts_of(policy: Part, ending: str) -> Iterator[tuple[tuple[int, ...], int, Place]]:
    """Yield the statuses of each class of which a number is said, the number, and where it is."""
    for name, codes in CLASSES.items():
        key = f"{name}{ending}"
        count = policy.whole(key)
        if count is not None:
            yield codes, count, policy.at(key)


def strangers_in(policy: Part) -> Iterator[str]:
    """Yield the comments on what is no class: what nobody has read."""
    for key in policy.unread:
        message = f"{key[:60]} is no class of errors that is known here"
        yield policy.ledger.changed(policy.at(key), message)
