"""Light values: what is made for each request and never changed after that, made cheaply.

A frozen dataclass writes each field through `object.__setattr__`, which takes three times as long
as all else about making one; and a request makes many. Here it is the type checker that refuses a
change, not the interpreter. What is made once, such as a tree, can afford to be frozen.

The interpreter would let a key of a mapping be changed, and many of these hold mappings themselves:
none of them can be hashed.
"""

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def light_value(described: type[T]) -> type[T]:
    """Make a dataclass that is slotted, keyword-only, and frozen to the type checker."""
    return dataclass(slots=True, kw_only=True)(described)
