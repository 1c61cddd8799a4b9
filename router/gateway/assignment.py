"""Assignment: what a worker is told by the process that started it."""

import json
from dataclasses import asdict, dataclass

from router.gateway.serving import Serving

VARIABLE = "PIXROUTE_WORKER"
"""The environment's variable that holds it, as JSON."""

SLOW = 75.0  # seconds, longer than the 60 after which load balancers let an idle connection go


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """`number` is the worker's, from 1. `listener` and `lifeline` are open files of its own.

    It says on the lifeline that it serves, and ends when the other side is closed. `drain` is how
    many seconds requests under way have when it is told to end. `patience` is how many seconds a
    caller has for the head of a request, and a connection for its next one. A `replacement` tells
    what is broken: whoever came first has told it already.
    """

    serving: Serving
    listener: int
    lifeline: int
    drain: float
    number: int = 1
    replacement: bool = False
    patience: float = SLOW
    quiet: bool = False

    def written(self) -> str:
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> "Assignment":
        told = json.loads(text)
        return cls(**{**told, "serving": Serving(**told["serving"])})
