"""Httpx sender: the default, on `httpx2` where it is installed, else on `httpx`.

It is written against what both share, and speaks to their transport: a transport knows no
cookies, redirects, environment or retries, so none of them can be left switched on.
"""

import asyncio
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Callable,
    Mapping,
    Sequence,
)
from contextlib import ExitStack, aclosing, asynccontextmanager, suppress
from functools import lru_cache, partial
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType
from typing import BinaryIO, Literal, Protocol, TypeAlias

from router.core.http import HttpRequest, HttpResponse, Part, TransportError, origin
from router.core.ports import Incoming
from router.senders import wording
from router.senders.body import gather, measured
from router.senders.headers import WITH_BODY, incoming, outgoing
from router.senders.host_pools import HostPools
from router.senders.limits import CONNECT_TIMEOUT, MAX_BODY, allowed
from router.senders.tls import Verify, trusting

Library: TypeAlias = Literal["httpx2", "httpx"]

URLS_KEPT = 256
# Parsing a URL costs more than the rest of a request, and a provider has a handful of them.

FormFile: TypeAlias = tuple[str, tuple[str | None, BinaryIO | bytes, str | None]]


class _Headers(Protocol):
    @property
    def raw(self) -> Sequence[tuple[bytes, bytes]]: ...


class _Response(Protocol):
    """What is used of `httpx.Response`."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> _Headers: ...
    @property
    def stream(self) -> AsyncIterable[bytes]: ...
    async def aclose(self) -> None: ...


class _Address(Protocol):
    """What is used of `httpx.URL`."""

    @property
    def host(self) -> str: ...
    @property
    def netloc(self) -> bytes: ...
    def copy_with(self, *, host: str) -> "_Address": ...


class _Transport(Protocol):
    """What is used of `httpx.AsyncHTTPTransport`."""

    async def handle_async_request(self, request: object, /) -> _Response: ...
    async def aclose(self) -> None: ...


class HttpxSender:
    """Sends over a pool of connections that has no limit and belongs to the first send's loop.

    `proxy` is the URL of a proxy for every request, `verify` says whom to trust, `max_body` how
    many bytes an answer may have. `library` is found out where it is not given. A connection
    must stand within 10 s; nothing else is timed, as every attempt brings its own timeout.
    """

    def __init__(
        self,
        *,
        proxy: str | None = None,
        verify: Verify = True,
        max_body: int = MAX_BODY,
        library: Library | None = None,
    ) -> None:
        self._proxy = proxy
        self._verify = trusting(verify)
        self._max_body = max_body
        self._library = library
        self._line: _Line | None = None
        self._closed = False

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Raise TransportError where no whole answer came, RuntimeError once it is closed."""
        line = self._line or self._open()
        return await line.exchange(request, self._max_body)

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[Incoming]:
        """Raise TransportError where no answer begins; leaving early closes its connection."""
        line = self._line or self._open()
        async with line.answer(request, self._max_body) as begun:
            yield begun

    async def aclose(self) -> None:
        self._closed = True
        line, self._line = self._line, None
        if line is not None:
            await line.aclose()

    def _open(self) -> "_Line":
        if self._closed:
            raise RuntimeError("this sender is closed; make a new one")
        name = self._library or ("httpx2" if find_spec("httpx2") else "httpx")
        library = import_module(name)
        transport = partial(
            library.AsyncHTTPTransport,
            # The authorities are read once.
            verify=library.create_ssl_context(verify=self._verify, trust_env=False),
            trust_env=False,
            http2=False,
            limits=library.Limits(max_connections=None, max_keepalive_connections=None),
            proxy=self._proxy,
            retries=0,
        )
        self._line = _Line(library, transport)
        return self._line


class _Line:
    """A library, its connections, and the loop that they belong to."""

    def __init__(self, library: ModuleType, transport: Callable[[], _Transport]) -> None:
        self._transport = transport()
        self._pinned: HostPools[_Transport] = HostPools(transport, _close)
        self._loop = asyncio.get_running_loop()
        self._library = library
        self._address = lru_cache(maxsize=URLS_KEPT)(self._parse)
        self._extensions = {"timeout": library.Timeout(None, connect=CONNECT_TIMEOUT).as_dict()}
        self._unbuildable = (library.InvalidURL, ValueError, TypeError)
        self._unreached = (
            library.ConnectError,
            library.PoolTimeout,
            library.ProxyError,
        )
        self._refused = (library.UnsupportedProtocol, library.LocalProtocolError)

    async def aclose(self) -> None:
        await self._transport.aclose()
        await self._pinned.aclose()

    async def exchange(self, request: HttpRequest, max_body: int) -> HttpResponse:
        with ExitStack() as files:
            response = await self._begin(request, files)
            try:
                try:
                    return await self._read(response, request.url, allowed(request, max_body))
                finally:
                    await response.aclose()
            except (self._library.HTTPError, OSError) as error:
                raise self._explained(error, request.url) from None

    @asynccontextmanager
    async def answer(self, request: HttpRequest, max_body: int) -> AsyncIterator[Incoming]:
        """Send, and hand over the answer as it comes."""
        with ExitStack() as files:
            response = await self._begin(request, files)
            headers = incoming(response.headers.raw)
            limit = allowed(request, max_body)
            try:
                async with aclosing(self._chunks(response, headers, request.url, limit)) as chunks:
                    yield Incoming(status=response.status_code, headers=headers, chunks=chunks)
            finally:
                with suppress(self._library.HTTPError, OSError):
                    await response.aclose()

    async def _begin(self, request: HttpRequest, files: ExitStack) -> _Response:
        """Send the request, and return the answer as it begins."""
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("this sender belongs to another event loop; make one for each loop")
        if not request.public:
            return await self._ask(self._transport, request, files)
        return await self._pinned.ask(
            request.url, files, lambda pinned, pin: self._ask(pinned, request, files, pin)
        )

    async def _ask(
        self,
        transport: _Transport,
        request: HttpRequest,
        files: ExitStack,
        pin: str | None = None,
    ) -> _Response:
        try:
            prepared = self._build(request, files, pin)
        except self._unbuildable:
            raise wording.unsendable(request.url) from None
        except OSError as error:
            raise wording.unreadable(request.url, error) from None
        try:
            return await transport.handle_async_request(prepared)
        except (self._library.HTTPError, OSError) as error:
            raise self._explained(error, request.url) from None

    async def _chunks(
        self, response: _Response, headers: Mapping[str, str], url: str, limit: int
    ) -> AsyncGenerator[bytes, None]:
        """Hand on the body; its errors are told in our words."""
        pieces = measured(response.stream, headers, limit=limit, url=url)
        try:
            async with aclosing(pieces):
                async for piece in pieces:
                    yield piece
        except (self._library.HTTPError, OSError) as error:
            raise self._explained(error, url) from None

    def _build(self, request: HttpRequest, files: ExitStack, pin: str | None) -> object:
        """Make the library's request; given a stream, it adds no headers and parses nothing.

        With `pin` it goes to that address; TLS and the Host header still name the URL's host.
        """
        url, host = self._address(request.url)
        extensions = self._extensions
        if pin is not None:
            extensions = {**extensions, "sni_hostname": url.host}
            url = url.copy_with(host=pin)
        headers = outgoing(request)
        if request.parts:
            return self._library.Request(
                request.method,
                url,
                headers={"host": host, **headers},
                files=_files(request.parts, files),
                extensions=extensions,
            )
        if request.body or request.method in WITH_BODY:
            headers["content-length"] = str(len(request.body))
        return self._library.Request(
            request.method,
            url,
            headers={"host": host, **headers},
            stream=self._library.ByteStream(request.body),
            extensions=extensions,
        )

    def _parse(self, url: str) -> tuple[_Address, str]:
        """Return the library's URL, and the value of its Host header."""
        origin(url)
        parsed: _Address = self._library.URL(url)
        return parsed, parsed.netloc.decode("ascii")

    async def _read(self, response: _Response, url: str, max_body: int) -> HttpResponse:
        headers = incoming(response.headers.raw)
        body = await gather(response.stream, headers, limit=max_body, url=url)
        return HttpResponse(status=response.status_code, headers=headers, body=body)

    def _explained(self, error: Exception, url: str) -> TransportError:
        if isinstance(error, self._library.ConnectTimeout):
            return wording.slow_connection(url)
        if isinstance(error, self._unreached):
            return wording.unreachable(url, error)
        if isinstance(error, self._refused):
            return wording.unsendable(url)
        return wording.broken_off(url, error)


async def _close(transport: _Transport) -> None:
    await transport.aclose()


def _files(parts: Sequence[Part], opened: ExitStack) -> list[FormFile]:
    """Put the parts in the library's words; the texts come before the files."""
    ordered = sorted(parts, key=lambda part: part.filename is not None)
    return [
        (part.name, (part.filename, _content(part, opened), part.content_type)) for part in ordered
    ]


def _content(part: Part, opened: ExitStack) -> BinaryIO | bytes:
    """Return a file as a stream, which the library sends in pieces."""
    return part.read() if part.filename is None else opened.enter_context(part.open())
