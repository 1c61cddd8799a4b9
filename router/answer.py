"""Answer: what a caller of the library gets: pictures, usage and the trace."""

import base64
import html
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, NoReturn, Protocol, Self, TypeAlias, TypeVar

from router.core.data_url import MARK, decode_data_url
from router.core.dollars import dollars
from router.core.images import Picture, Pictures
from router.core.jsontypes import JSON
from router.core.media import HEAD, Media, sniff, sniff_bytes
from router.core.skeleton import as_object
from router.core.trace import Trace
from router.core.whereabouts import where
from router.errors import FetchError

Data: TypeAlias = bytes
"""`bytes`, for a class in which that is a method."""

Fetch: TypeAlias = Callable[[str], Awaitable[bytes]]
"""Gets the bytes behind a picture's URL."""

T = TypeVar("T")


class Run(Protocol):
    """Runs work on the event loop of a blocking router, to its end."""

    def __call__(self, work: Callable[[], Awaitable[T]], /) -> T: ...


SHOWABLE = ("https://", "http://", "data:image/")
"""How the URLs begin that a notebook may load as a picture."""


class Image:
    """One picture. Fields are named as the openai package names them."""

    __slots__ = ("_fetched", "_picture")

    def __init__(self, picture: Picture) -> None:
        self._picture = picture
        self._fetched: Data | None = None

    @property
    def picture(self) -> Picture:
        """The picture as the engine knows it."""
        return self._picture

    @property
    def b64_json(self) -> str | None:
        """The picture as base64 text; None where the provider gave a URL."""
        b64 = self._picture.b64
        return None if b64 is None else bytes(b64).decode("ascii", "replace")

    @property
    def url(self) -> str | None:
        return self._picture.url

    @property
    def revised_prompt(self) -> str | None:
        return self._picture.revised_prompt

    @property
    def extras(self) -> Mapping[str, JSON]:
        """The provider's own fields, such as `seed` or `content_filter_results`."""
        return self._picture.extras

    @property
    def media(self) -> Media | None:
        """Type and size in pixels; None where only a URL came, or the type is unknown.

        What `read()` has fetched has them too.
        """
        if self._picture.b64 is not None:
            return self._picture.media
        if self._fetched is not None:
            return sniff_bytes(self._fetched[:HEAD])
        url = self.url or ""
        return _sniff_data_url(url) if url.startswith("data:") else None

    def bytes(self) -> Data:
        """Return the picture's bytes. Does no network I/O.

        Raises ValueError where the provider gave a URL that `read()` has not fetched yet.
        """
        data = self._here()
        if data is None:
            raise ValueError(_why_none(self.url or ""))
        return data

    def save(self, path: str | Path) -> Path:
        """Write the picture to a file and return its path. Raises as `bytes` does, and OSError."""
        data = self.bytes()
        path = Path(path)
        path.write_bytes(data)
        return path

    def _here(self) -> Data | None:
        """Return the bytes that came with the answer, or were fetched."""
        if self._picture.b64 is not None:
            return base64.b64decode(self._picture.b64)
        if self._fetched is not None:
            return self._fetched
        if (self.url or "").startswith("data:"):
            return decode_data_url(self.url or "")
        return None

    def _repr_png_(self) -> Data | None:
        media = self.media
        return self._here() if media is not None and media.format == "png" else None

    def _repr_html_(self) -> str:
        source = self._source()
        if not source.startswith(SHOWABLE):
            return f"<code>{html.escape(where(source))}</code>"
        told = html.escape(self.revised_prompt or "")
        style = "max-width:20em;max-height:20em;border-radius:4px"
        return f'<img src="{html.escape(source)}" title="{told}" style="{style}"/>'

    def _source(self) -> str:
        """Return a URL that a notebook can show."""
        if self._picture.b64 is None:
            return self.url or ""
        mime = self.media.mime if self.media else "image/png"
        return f"data:{mime};base64,{self.b64_json}"

    def __repr__(self) -> str:
        media = self.media
        if media is None:
            return f"{type(self).__name__}(url={where(self.url or '')!r})"
        size = f", {media.width}x{media.height}" if media.width and media.height else ""
        return f"{type(self).__name__}({media.format}{size})"


class Fetcher(Generic[T]):
    """Gets what is behind a URL. Copies of a picture share it; a pickle leaves it behind."""

    __slots__ = ("_fetch",)

    def __init__(self, fetch: Callable[[str], T]) -> None:
        self._fetch = fetch

    def __call__(self, url: str) -> T:
        return self._fetch(url)

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __reduce__(self) -> tuple[object, ...]:
        return Fetcher, (_left_behind,)


def _left_behind(url: str) -> NoReturn:
    told = "is not fetched: this picture was pickled, and its router was not"
    raise FetchError(f"{where(url)!r} {told}; read() it before it is pickled, or fetch the URL")


class AsyncImage(Image):
    """One picture of an `AsyncRouter`."""

    __slots__ = ("_fetch",)

    def __init__(self, picture: Picture, fetch: Fetch) -> None:
        super().__init__(picture)
        self._fetch = Fetcher(fetch)

    async def read(self) -> bytes:
        """Return the picture's bytes; where only a URL came, fetch it once, without credentials.

        Raises FetchError where the URL is not allowed or gives no picture.
        """
        data = self._here()
        if data is None:
            data = self._fetched = await self._fetch(self.url or "")
        return data

    def blocked(self, run: Run) -> "BlockingImage":
        """Return the same picture for code that does not await."""
        return BlockingImage(self.picture, self.blocking_fetch(run))

    def blocking_fetch(self, run: Run) -> Callable[[str], bytes]:
        """Return what fetches a URL for code that does not await."""
        fetch = self._fetch
        return lambda url: run(lambda: fetch(url))


class BlockingImage(Image):
    """One picture of a `Router`."""

    __slots__ = ("_fetch",)

    def __init__(self, picture: Picture, fetch: Callable[[str], bytes]) -> None:
        super().__init__(picture)
        self._fetch = Fetcher(fetch)

    def read(self) -> bytes:
        """Return the picture's bytes; where only a URL came, fetch it once, without credentials.

        Raises FetchError where the URL is not allowed or gives no picture.
        """
        data = self._here()
        if data is None:
            data = self._fetched = self._fetch(self.url or "")
        return data


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens, as the provider counted them; `details` is its whole report."""

    input_tokens: int
    output_tokens: int
    total_tokens: int
    details: Mapping[str, JSON]


ImageT = TypeVar("ImageT", bound=Image)
OtherT = TypeVar("OtherT", bound=Image)


class ImagesResponse(Generic[ImageT]):
    """The answer to one request."""

    __slots__ = ("_pictures", "data", "trace")

    def __init__(self, pictures: Pictures, data: tuple[ImageT, ...], trace: Trace) -> None:
        self._pictures = pictures
        self.data = data
        self.trace = trace

    @property
    def created(self) -> int:
        """Unix seconds."""
        return self._pictures.created

    @property
    def usage(self) -> Usage | None:
        return usage_in(self._pictures.fields)

    @property
    def cost(self) -> float | None:
        """What was paid for the answer, failed attempts that were billed included, in US dollars.

        None where that is not known; 0 where nothing was bought, as for one from a cache.
        """
        return self.trace.cost

    @property
    def fields(self) -> Mapping[str, JSON]:
        """The answer's other fields as they came: size, quality, background, ..."""
        return self._pictures.fields

    def of(self, kind: Callable[[ImageT], OtherT]) -> "ImagesResponse[OtherT]":
        """Return the same answer with its pictures as another kind of `Image`."""
        return ImagesResponse(self._pictures, tuple(kind(image) for image in self.data), self.trace)

    def blocked(self: "ImagesResponse[AsyncImage]", run: Run) -> "ImagesResponse[BlockingImage]":
        """Return the same answer for code that does not await."""
        return self.of(lambda image: image.blocked(run))

    def __iter__(self) -> Iterator[ImageT]:
        return iter(self.data)

    def __len__(self) -> int:
        return len(self.data)

    def __repr__(self) -> str:
        return f"ImagesResponse(data={list(self.data)!r}, trace={self.trace!r})"

    def _repr_html_(self) -> str:
        caption = html.escape(_caption(self.trace))
        figures = "".join(
            f'<figure style="margin:0 1em 1em 0">{image._repr_html_()}'
            f'<figcaption style="font-size:90%;opacity:.75">{_dimensions(image)}<br>{caption}'
            "</figcaption></figure>"
            for image in self.data
        )
        return f'<div style="display:flex;flex-wrap:wrap;align-items:flex-end">{figures}</div>'


def _caption(trace: Trace) -> str:
    """Say who made the pictures, how long it took and what it cost, as far as that is known."""
    served = trace.served
    if served is None:
        return "from the cache"
    words = [f"{served.provider} {served.model or ''}".rstrip(), f"{served.duration:.1f} s"]
    return " · ".join(words if served.cost is None else [*words, dollars(served.cost)])


def _dimensions(image: Image) -> str:
    """Say what is seen: size and type, as far as they are known."""
    media = image.media
    if media is None:
        return "by its URL"
    size = f"{media.width}x{media.height} " if media.width and media.height else ""
    return f"{size}{media.format.upper()}"


def usage_in(fields: Mapping[str, JSON]) -> Usage | None:
    """Return what an answer's fields say of tokens; None where they say nothing."""
    usage = fields.get("usage")
    return None if usage is None else _usage(as_object(usage))


def _usage(report: Mapping[str, JSON]) -> Usage:
    def count(name: str) -> int:
        value = report.get(name)
        return int(value) if isinstance(value, int | float) else 0

    return Usage(
        input_tokens=count("input_tokens"),
        output_tokens=count("output_tokens"),
        total_tokens=count("total_tokens"),
        details=report,
    )


def _why_none(url: str) -> str:
    """Say why there are no bytes."""
    if url.startswith("data:"):
        return f"the data: URL that came holds no picture in base64 ({where(url)})"
    return f"only a URL came ({where(url)}); read() fetches the picture behind it"


def _sniff_data_url(url: str) -> Media | None:
    """Look at the beginning of what a base64 `data:` URL holds."""
    at = url.find(MARK)
    if at < 0:
        return None
    start = at + len(MARK)
    return sniff(memoryview(url[start : start + HEAD].encode("ascii", "replace")))
