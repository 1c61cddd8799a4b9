"""Environment: the variables of a program that runs against the sandbox."""

from collections.abc import Iterator, Mapping

STAND_IN = "sandbox"
"""A word that is a valid key, token and resource name at every emulator."""


class SandboxEnvironment(Mapping[str, str]):
    """The real variables; `get` knows only those, and indexing has a stand-in for any other.

    So a reference with a default takes the default, and one without takes the stand-in.
    """

    def __init__(self, real: Mapping[str, str]) -> None:
        self._real = real

    def __getitem__(self, name: str) -> str:
        return self._real.get(name) or STAND_IN

    def get(self, name: str, default: str | None = None) -> str | None:  # type: ignore[override]
        return self._real.get(name, default)

    def __iter__(self) -> Iterator[str]:
        return iter(self._real)

    def __len__(self) -> int:
        return len(self._real)
