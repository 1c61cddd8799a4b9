"""Statuses: which error statuses a provider's failures can have, by its documentation.

The emulators answer with these and no others; a test holds the two together.
"""

from collections.abc import Mapping
from types import MappingProxyType

# What any server, or a proxy in front of one, may answer to a request that it does not like. 409
# and 422 are known to every official client.
ANYWHERE = frozenset({400, 401, 403, 404, 405, 408, 409, 411, 413, 414, 415, 421, 422, 429, 431})

FROM_5XX = frozenset(range(500, 600))
"""A server that is down is told of by whoever stands in front of it, in numbers of its own."""

OWN: Mapping[str, frozenset[int]] = MappingProxyType(
    {
        # Money is a 429 with a code of its own: developers.openai.com/api/docs/guides/error-codes
        "openai": frozenset(),
        "azure-openai": frozenset(),
        "google": frozenset({499}),
        "stability-ai": frozenset({402}),
        "together-ai": frozenset({402}),
        "replicate": frozenset({402}),
        # 406 is also what it says of an empty account: docs.segmind.com/docs/serverless-api
        "segmind": frozenset({406, 410}),
        "monsterapi": frozenset({402}),
    }
)
"""Of each provider whose failures are documented, those beyond what may come from anywhere."""


def statuses_of(provider: str) -> frozenset[int] | None:
    """Return the error statuses that a provider may answer with; None where any may come."""
    own = OWN.get(provider)
    return None if own is None else ANYWHERE | FROM_5XX | own
