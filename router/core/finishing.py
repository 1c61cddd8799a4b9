"""Finishing: what may be done to a picture that came: fetch it, convert it, give it a URL."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from router.core.media import Format, Media

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Returns the picture behind a URL, fetched without credentials. Raises FetchError."""


class FetchError(Exception):
    """A picture's URL is not allowed, or there is no picture behind it.

    `passing` tells whether asking again may help.
    """

    def __init__(self, message: str, *, passing: bool = False) -> None:
        super().__init__(message)
        self.passing = passing


class ArtefactError(Exception):
    """A picture could not be converted or kept."""


class Converter(Protocol):
    """Writes pictures in other formats."""

    async def convert(self, content: bytes, to: Format, compression: int | None) -> bytes:
        """Return the picture in format `to`; `compression` as OpenAI has it, 0 to 100 (best).

        Raises ArtefactError.
        """
        ...


class ArtefactStore(Protocol):
    """Keeps pictures where a URL finds them."""

    async def put(self, content: bytes, media: Media | None) -> str:
        """Keep a picture and return its URL; the same content has the same.

        `media` is None where the type is unknown. Raises ArtefactError.
        """
        ...


@runtime_checkable
class ReadableStore(ArtefactStore, Protocol):
    """A store that gives back what it keeps; others' URLs are fetched like every URL."""

    async def get(self, url: str) -> bytes | None:
        """Return a picture that is kept here; None where the URL is not one of this store's.

        Raises FetchError where it is, and the picture is gone.
        """
        ...


@runtime_checkable
class ExpiringStore(ArtefactStore, Protocol):
    """A store whose URLs end `seconds` after they were given."""

    @property
    def seconds(self) -> float: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finishing:
    """The ports for it; without a `converter` pictures stay in the format they came in."""

    fetch: Fetch
    store: ArtefactStore
    converter: Converter | None = None
