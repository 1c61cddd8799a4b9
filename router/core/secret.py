"""Secrets: values that show themselves to nobody but the one who sends them."""

from collections.abc import Mapping
from dataclasses import field

from router.core.light_value import light_value


class Secret:
    """A string that neither repr, str, format nor pickle gives away; `reveal()` does."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        return self._value

    def __repr__(self) -> str:
        return "Secret('***')"

    __str__ = __repr__

    def __reduce__(self) -> tuple[type["Secret"], tuple[str]]:
        raise TypeError("a secret cannot be pickled")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(self._value)


@light_value
class Credentials:
    """What authenticates one account. `token` is a bearer token that wins over the key."""

    key: Secret | None = None
    token: Secret | None = None
    headers: Mapping[str, Secret] = field(default_factory=dict)
