"""LiteLLM's classes of errors, and what a policy says of each."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType

from router.config.places import Place
from router.migrate.part import Part

Classes = Mapping[str, tuple[int, ...]]

RETRIED_CLASSES: Classes = MappingProxyType(
    {
        "BadRequestError": (400, 422),
        "AuthenticationError": (401,),
        "NotFoundError": (404,),
        "TimeoutError": (408, 504),
        "RateLimitError": (429,),
        "ContentPolicyViolationError": (),
        "InternalServerError": (500,),
        "ServiceUnavailableError": (503,),
    }
)
"""The statuses that belong to each class; a refusal has none.

As LiteLLM maps OpenAI's errors: litellm/litellm_core_utils/exception_mapping_utils.py. A 403, 409,
502 or 529 and a lost connection belong to no class: router_utils/get_retry_from_policy.py.
"""

COOLED_CLASSES: Classes = MappingProxyType(
    {**RETRIED_CLASSES, "BadRequestError": (), "BadGatewayError": (502,)}
)
"""The statuses that count for a cooldown, by class: a bad request never does."""


def counts_of(
    policy: Part, ending: str, classes: Classes
) -> Iterator[tuple[str, tuple[int, ...], int, Place]]:
    """Yield each class of which a number is said, its statuses, the number, and where it is."""
    for name, codes in classes.items():
        key = f"{name}{ending}"
        count = policy.whole(key)
        if count is not None:
            yield name, codes, count, policy.at(key)


def strangers_in(policy: Part) -> Iterator[str]:
    """Yield the comments on what is no class: what nobody has read."""
    for key in policy.unread:
        message = f"{key[:60]} is no class of errors that is known here"
        yield policy.ledger.changed(policy.at(key), message)
