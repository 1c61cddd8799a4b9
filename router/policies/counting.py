"""Counting: `n` alone says how many pictures; a provider's own word for it becomes `n`."""

from collections.abc import Sequence

from router.core.context import Aim
from router.core.guard import guard
from router.core.images import PARAMETERS, ImageRequest
from router.core.jsontypes import JSON

COMMON = PARAMETERS | {"image", "images", "mask", "model", "prompt"}
"""Words that everybody understands alike: a request of these alone needs no adapter's advice."""

LONGEST_VALUE = 40  # characters of a value that a message shows


class UncountableError(Exception):
    """A provider's own word says no number of pictures; `param` is the word."""

    def __init__(self, param: str, value: JSON) -> None:
        shown = repr(value)[:LONGEST_VALUE]
        super().__init__(f"{param} is {shown}; expected a whole number of 1 or more")
        self.param = param


def counted(request: ImageRequest, aim: Aim) -> tuple[ImageRequest, tuple[str, ...]]:
    """Return the request with its count in `n` alone, and notes of what else was said.

    Before calls are planned and paid for, so that nothing is bought that nobody has counted.
    Raises UncountableError, and AdapterError where the adapter has a bug.
    """
    if COMMON.issuperset(request.params):
        return request, ()
    unfolded, words = guard(_own_words, request, aim)
    given = [word for word in words if word in unfolded.params] if words else words
    return _with_n(unfolded, given) if given else (unfolded, ())


def _own_words(request: ImageRequest, aim: Aim) -> tuple[ImageRequest, Sequence[str]]:
    unfolded = aim.adapter.unfolded(request, aim.target)
    return unfolded, aim.adapter.count_words(unfolded, aim.target)


def _with_n(request: ImageRequest, words: Sequence[str]) -> tuple[ImageRequest, tuple[str, ...]]:
    """Let `n` win over every other word, and the first of those over the rest."""
    params = dict(request.params)
    said = {word: _whole(word, params.pop(word)) for word in words}
    told = {word: count for word, count in said.items() if count is not None}
    winner = "n" if params.get("n") is not None else next(iter(told), "n")
    if winner in told:
        params["n"] = told[winner]
    notes = tuple(
        f"{word} {count} dropped ({winner} is given)"
        for word, count in told.items()
        if count != params["n"]
    )
    return request.with_params(params), notes


def _whole(word: str, value: JSON) -> int | None:
    """Read a count as forms and careless clients write it too: `"4"`, `4.0`."""
    if value is None:
        return None
    if isinstance(value, str) and value.strip().isdecimal():
        value = int(value.strip()[:LONGEST_VALUE])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UncountableError(word, value)
    return value
