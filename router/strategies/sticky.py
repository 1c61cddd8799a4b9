"""Sticky: requests that agree in some fields are drawn to the same child.

A weighted rendezvous hash: every process comes to the same choice without a store, and taking a
child away moves only the requests that were drawn to it.
"""

import hashlib
import json
import math
from collections.abc import Sequence
from dataclasses import dataclass

from router.core.images import ImageRequest
from router.strategies.lookup import MISSING, Path, lookup

UNIT = 2.0**53  # the doubles in (0, 1) that a 53-bit integer spreads over evenly


@dataclass(frozen=True, slots=True, kw_only=True)
class Sticky:
    """`ttl` is how long, in seconds, a choice may hold before it is drawn anew."""

    fields: tuple[Path, ...]
    ttl: float

    def key(self, request: ImageRequest, now: float) -> str | None:
        """Name the session of a request; None if it has none of the fields."""
        values = [lookup(request, field) for field in self.fields]
        if all(value is MISSING for value in values):
            return None
        found = [None if value is MISSING else value for value in values]
        session = json.dumps(found, sort_keys=True, default=str)
        # Each session has its own phase, so that they do not all move at one moment.
        phase = _unit(session) * self.ttl
        return f"{session}@{int((now + phase) // self.ttl)}"

    def scores(self, key: str, shares: Sequence[tuple[str, float]]) -> list[float]:
        """Score each (label, weight); the highest is the choice.

        Weighted rendezvous hashing: -weight / ln(u), u uniform in (0, 1).
        Mosko and Schindelhauer, "Weighted distributed hash tables", SPAA 2005.
        """
        return [-weight / math.log(_unit(f"{key}|{label}")) for label, weight in shares]


def _unit(text: str) -> float:
    """Hash into the open interval (0, 1)."""
    digest = hashlib.blake2b(text.encode(), digest_size=8).digest()
    return ((int.from_bytes(digest, "big") >> 11) + 0.5) / UNIT
