"""Block: a mapping that will be written as YAML, with comments beside what they are about."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from router.core.jsontypes import JSON

Written: TypeAlias = "JSON | Block | Sequence[Block]"


@dataclass(slots=True)
class Block:
    """Keys in the order they are put in. `loose` comments stand above the first of them."""

    loose: list[str] = field(default_factory=list)
    _values: dict[str, Written] = field(default_factory=dict)
    _comments: dict[str, list[str]] = field(default_factory=dict)

    def put(self, key: str, value: Written, *comments: str) -> None:
        self._values[key] = value
        self._comments.setdefault(key, []).extend(comments)

    def say(self, *comments: str) -> None:
        """Comment on what is not there."""
        self.loose.extend(comment for comment in comments if comment not in self.loose)

    def take(self, other: "Block") -> None:
        """Take in all that another block has."""
        self.say(*other.loose)
        for key, value, comments in other:
            self.put(key, value, *comments)

    def __iter__(self) -> Iterator[tuple[str, Written, Sequence[str]]]:
        for key, value in self._values.items():
            yield key, value, self._comments[key]

    def __contains__(self, key: str) -> bool:
        return key in self._values

    def __bool__(self) -> bool:
        return bool(self._values)

    def get(self, key: str) -> Written:
        return self._values.get(key)

    def comments(self, key: str) -> Sequence[str]:
        return self._comments.get(key, ())

    def recomment(self, key: str, comments: Sequence[str]) -> None:
        self._comments[key] = list(comments)

    def drop(self, key: str) -> None:
        self._values.pop(key, None)
        self._comments.pop(key, None)

    @property
    def is_bare(self) -> bool:
        """Tell whether nothing in it has a comment of its own or is a block itself."""
        said = bool(self.loose) or any(self._comments.values())
        return not said and not any(_is_deep(value) for value in self._values.values())


def as_json(value: Written) -> JSON:
    """Return what is written without its comments."""
    if isinstance(value, Block):
        return {key: as_json(one) for key, one, _ in value}
    if isinstance(value, Mapping):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    return value if value is None or isinstance(value, str | int | float) else None


def _is_deep(value: Written) -> bool:
    return isinstance(value, Block | Mapping) or has_blocks(value)


def has_blocks(value: Written) -> bool:
    """Tell a list of blocks from one of values."""
    return isinstance(value, list | tuple) and any(isinstance(one, Block) for one in value)
