"""Samples: for each way through a config's conditions, requests that might take it.

They are guesses from what the queries compare with; whether one takes the way is seen when it runs.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from router.config.masking import holds_secret
from router.config.model import ConditionalSettings, GroupRoute, Route
from router.core.images import PATHNAMES, Operation
from router.core.jsontypes import JSON, is_list
from router.core.pattern import Pattern
from router.core.trace import Trace
from router.strategies.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Exists,
    Matches,
    Not,
    parse_query,
)
from router.strategies.lookup import Path

MOST = 40  # guesses for one way: most take it at the first

Guess = Mapping[Path, JSON]
"""What is to stand at some paths into a request."""

NOTHING: Guess = {}

PATHNAME: Path = ("url", "pathname")
OPERATIONS: Mapping[str, Operation] = {path: name for name, path in PATHNAMES.items()}

USUAL: Mapping[str, JSON] = {
    "background": "transparent",
    "model": "gpt-image-2",
    "moderation": "low",
    "n": 1,
    "output_compression": 80,
    "output_format": "webp",
    "quality": "high",
    "response_format": "b64_json",
    "seed": 7,
    "size": "1024x1024",
}
"""What a parameter might be of which a query says only that it is there."""

FLAGS = re.compile(r"\(\?[a-zA-Z]+\)")

# What a pattern has beside the text that it looks for, and what stands in its place.
UNPATTERNED = (
    (re.compile(r"\\[bBAZz]|(?<!\\)[\^$](?![^\[]*\])"), ""),
    (re.compile(r"\[\^[^\]]*\]|\\[wWSD]|(?<!\\)\."), "a"),
    (re.compile(r"\[(.)[^\]]*\]"), r"\1"),
    (re.compile(r"\\d"), "1"),
    (re.compile(r"\\s"), " "),
    (re.compile(r"(?<!\\)(?:[*+?]|\{\d[^}]*\})\??"), ""),
    (re.compile(r"(?<!\\)[()]"), ""),
    (re.compile(r"\\(.)"), r"\1"),
)


@dataclass(frozen=True, slots=True)
class _Written(Pattern):
    """A pattern as it is written, for which nothing is looked."""

    text: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A conditional group at which a condition holds; `number` None means its default."""

    path: str
    queries: Sequence[Mapping[str, JSON]]
    number: int | None

    @property
    def reason(self) -> str:
        """Return how a trace tells it."""
        if self.number is None:
            return "no condition holds: default"
        return f"conditions[{self.number}] holds"

    def guesses(self) -> Iterator[Guess]:
        if self.number is not None:
            return _guesses(_parsed(self.queries[self.number]), wanted=True)
        return _guesses(AnyOf(tuple(map(_parsed, self.queries))), wanted=False)


@dataclass(frozen=True, slots=True)
class Way:
    """What is decided on the way to a place below conditional groups, from above."""

    steps: tuple[Step, ...]

    def is_taken(self, trace: Trace) -> bool:
        made = {(one.path, one.reason) for one in trace.decisions if one.by == "conditional"}
        return all((step.path, step.reason) in made for step in self.steps)

    def samples(self) -> Iterator["Sample"]:
        """Yield requests that might take it; none with a secret, which a test would hold."""
        guesses = _together([step.guesses() for step in self.steps])
        for guess in islice(guesses, MOST):
            found = _sample(guess)
            if found is not None and not found.holds_secret:
                yield found


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A request; `params` and `metadata` are what sets it apart from a plain one."""

    params: Mapping[str, JSON]
    metadata: Mapping[str, JSON]
    operation: Operation = "generate"

    @property
    def holds_secret(self) -> bool:
        return holds_secret(self.params) or holds_secret(self.metadata)

    def __str__(self) -> str:
        """Write what sets it apart: `size 1536x1024, plan pro`."""
        asked = [f"{self.operation}"] if self.operation != "generate" else []
        asked += [f"{name} {value}" for name, value in {**self.params, **self.metadata}.items()]
        return ", ".join(asked) or "a plain request"


def ways(route: Route, above: tuple[Step, ...] = ()) -> Iterator[Way]:
    """Yield a way for each condition of a config, and for each default."""
    if not isinstance(route, GroupRoute):
        return
    settings = route.strategy
    if not isinstance(settings, ConditionalSettings):
        for child in route.targets:
            yield from ways(child, above)
        return
    queries = tuple(one.query for one in settings.conditions)
    turns = [*((number, one.then) for number, one in enumerate(settings.conditions))]
    for number, then in [*turns, (None, settings.default)]:
        steps = (*above, Step(route.path, queries, number))
        yield Way(steps)
        yield from ways(route.targets[then], steps)


def _parsed(query: Mapping[str, JSON]) -> Condition:
    return parse_query(query, lambda text: _Written(re.compile(""), 0, text))


def _guesses(condition: Condition, *, wanted: bool) -> Iterator[Guess]:
    """Yield guesses at requests for which a condition holds, or does not, the likeliest first."""
    match condition:
        case Not(part):
            yield from _guesses(part, wanted=not wanted)
        case All(parts) | AnyOf(parts):
            each = [_guesses(part, wanted=wanted) for part in parts]
            if isinstance(condition, All) is wanted:
                yield from _together(each)
            else:
                yield from (guess for own in each for guess in own)
        case Exists(path, there):
            yield from ({path: value} for value in _usual(path)) if there is wanted else [NOTHING]
        case Compare() if wanted:
            yield from ({condition.path: value} for value in _values(condition))
        case Matches(path, _Written(text=text)) if wanted:
            yield from ({path: value} for value in _texts(path, text))
        case _:  # what is not there fits no comparison
            yield NOTHING
            if isinstance(condition, Compare | Matches):
                yield from ({condition.path: value} for value in _usual(condition.path))


def _together(each: Sequence[Iterable[Guess]]) -> Iterator[Guess]:
    """Yield guesses that are one of each; of two values at a path either may be the one."""
    if not each:
        yield NOTHING
        return
    rest = list(islice(_together(each[1:]), MOST))
    for guess in each[0]:
        for other in rest:
            yield {**guess, **other}
            if any(guess[path] != other[path] for path in guess.keys() & other.keys()):
                yield {**other, **guess}


def _values(compare: Compare) -> Iterator[JSON]:
    operand = compare.operand
    match compare.operator:
        case "$eq" | "$gte" | "$lte":
            yield operand
        case "$in" if is_list(operand):
            yield from operand
        case "$gt":
            yield from _beyond(operand, 1)
        case "$lt":
            yield from _beyond(operand, -1)
        case "$ne" | "$nin":
            yield from _usual(compare.path)


def _beyond(operand: JSON, step: int) -> Iterator[JSON]:
    """Yield values just above an operand, or below it."""
    if isinstance(operand, str):
        yield f"{operand}a" if step > 0 else operand[:-1]
    elif isinstance(operand, int | float):
        yield operand + step
        yield operand + step / 2


def _usual(path: Path) -> Iterator[JSON]:
    """Yield what might stand at a path."""
    if path == PATHNAME:
        yield from PATHNAMES.values()
        return
    if path[0] == "params" and path[1] in USUAL:
        yield USUAL[str(path[1])]
    yield from ("lucy", 1)


def _texts(path: Path, pattern: str) -> Iterator[JSON]:
    """Yield texts in which a pattern may be found: of its alternatives each."""
    if path == PATHNAME:
        yield from PATHNAMES.values()
    head, _, tail = FLAGS.sub("", pattern).replace("(?:", "(").partition("(")
    for part in [f"{head}{one}" for one in tail.split("|")] if tail else head.split("|"):
        text = part
        for found, instead in UNPATTERNED:
            text = found.sub(instead, text)
        yield text


def _sample(guess: Guess) -> Sample | None:
    """Make a request of a guess; None where there is no such request."""
    parts: dict[str, dict[str, JSON]] = {"params": {}, "metadata": {}}
    operation: Operation = "generate"
    for path, value in guess.items():
        if path == PATHNAME and isinstance(value, str):
            if value not in OPERATIONS:
                return None
            operation = OPERATIONS[value]
        elif not _put(parts, path, value):
            return None
    return Sample(params=parts["params"], metadata=parts["metadata"], operation=operation)


def _put(parts: dict[str, dict[str, JSON]], path: Path, value: JSON) -> bool:
    """Put a value where a path leads; False where nothing can stand there."""
    below: dict[str, JSON] = parts[str(path[0])]
    for step in path[1:-1]:
        inner = below.setdefault(str(step), {})
        if not isinstance(inner, dict):
            return False
        below = inner
    if not all(isinstance(step, str) for step in path):
        return False
    below[str(path[-1])] = value
    return True
