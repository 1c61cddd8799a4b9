"""Errand: one request of the command line, as it was written there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from pathlib import Path

from router.core.images import Operation
from router.core.jsontypes import JSON
from router.options import ConfigSource
from router.originals.given import Given


class Output(Enum):
    """What is printed at the end, and whether anything is before."""

    TEXT = auto()
    PATHS = auto()
    JSON = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What was asked for on the command line.

    `params` are those of the request, `given` the pictures that it begins with. `name` is what the
    files are called that come of it, before their number.
    """

    operation: Operation
    params: Mapping[str, JSON]
    given: Given
    name: str
    config: ConfigSource
    metadata: Mapping[str, JSON]
    provider: str | None
    folder: Path
    sandbox: bool
    faults: JSON
    environment: Mapping[str, str]
    timeout: float | None
    output: Output
    catalog: Sequence[Path] = ()

    @property
    def is_streamed(self) -> bool:
        return self.params.get("stream") is True
