"""Events: what a streamed answer is made of, as the provider sends it and as the caller gets it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from router.core.images import Picture
from router.core.jsontypes import EMPTY, JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One server-sent event. `name` is its `event:` line, `message` if there was none."""

    name: str
    data: bytes

    def __repr__(self) -> str:
        return f"Event({self.name!r}, {len(self.data)} bytes)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Partial:
    """A picture that is not finished; `index` counts from 0. `fields` are the event's others.

    `place` says which of the pictures asked for it will be, from 0; the engine sets it.
    """

    picture: Picture
    index: int
    fields: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    place: int = 0
