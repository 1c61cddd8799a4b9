"""Aiohttp sender: the fast one, for those who ask for it (the extra `fast`)."""

import asyncio
import io
import mimetypes
from collections.abc import AsyncGenerator, AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager
from functools import lru_cache, partial

from router.core.http import HttpRequest, HttpResponse, Part, origin
from router.core.ports import Incoming
from router.senders import wording
from router.senders.body import gather, measured
from router.senders.headers import incoming, outgoing
from router.senders.host_pools import HostPools
from router.senders.limits import CONNECT_TIMEOUT, MAX_BODY, allowed
from router.senders.tls import Verify, trusting

try:
    import aiohttp
    from aiohttp import ClientResponse
    from yarl import URL
except ImportError as missing:
    raise ImportError("AiohttpSender needs aiohttp: pip install 'pixroute[fast]'") from missing

URLS_KEPT = 256  # as in the other sender

ONE_PIECE = 2**16  # bytes that are sent in one write

READ_AHEAD = 2**20  # bytes of an answer that may wait for their reader: half of what is held

TIMEOUT = aiohttp.ClientTimeout(
    total=None, connect=CONNECT_TIMEOUT, sock_connect=CONNECT_TIMEOUT, sock_read=None
)


class AiohttpSender:
    """Sends over a pool of connections that has no limit and belongs to the first send's loop.

    `proxy`, `verify` and `max_body` are those of HttpxSender, and so is everything it promises.
    """

    def __init__(
        self, *, proxy: str | None = None, verify: Verify = True, max_body: int = MAX_BODY
    ) -> None:
        self._proxy = proxy
        self._verify = trusting(verify)
        self._max_body = max_body
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._pinned: HostPools[aiohttp.ClientSession] = HostPools(
            self._new_session, aiohttp.ClientSession.close
        )
        self._address = lru_cache(maxsize=URLS_KEPT)(_parse)

    async def send(self, request: HttpRequest) -> HttpResponse:
        """Raise TransportError where no whole answer came, RuntimeError once it is closed."""
        # The answer may come before all of a file is sent, so files are closed at the very end.
        with ExitStack() as files:
            response = await self._begin(request, files)
            try:
                return await self._read(response, request.url, allowed(request, self._max_body))
            except (aiohttp.ClientError, OSError) as error:
                raise wording.broken_off(request.url, error) from None
            finally:
                response.close()

    @asynccontextmanager
    async def stream(self, request: HttpRequest) -> AsyncIterator[Incoming]:
        """Raise TransportError where no answer begins; leaving early closes its connection."""
        with ExitStack() as files:
            response = await self._begin(request, files)
            headers = incoming(response.raw_headers)
            limit = allowed(request, self._max_body)
            try:
                async with aclosing(_chunks(response, headers, request.url, limit)) as chunks:
                    yield Incoming(status=response.status, headers=headers, chunks=chunks)
            finally:
                response.close()

    def _ready(self) -> aiohttp.ClientSession:
        """Return the session of this loop."""
        session = self._session or self._open()
        if asyncio.get_running_loop() is not self._loop:
            raise RuntimeError("this sender belongs to another event loop; make one for each loop")
        return session

    async def _begin(self, request: HttpRequest, files: ExitStack) -> ClientResponse:
        """Send the request, and return the answer as it begins."""
        session = self._ready()
        if not request.public:
            return await self._ask(session, request, files)
        return await self._pinned.ask(
            request.url, files, lambda pinned, pin: self._ask(pinned, request, files, pin)
        )

    async def _ask(
        self,
        session: aiohttp.ClientSession,
        request: HttpRequest,
        files: ExitStack,
        pin: str | None = None,
    ) -> ClientResponse:
        """Send it; with `pin` to that address. TLS and the Host header still name the host."""
        try:
            content = _content(request, files)
        except OSError as error:
            raise wording.unreadable(request.url, error) from None
        try:
            url = self._address(request.url)
            headers = outgoing(request)
            if pin is not None:
                headers["host"] = url.authority
            return await session.request(
                request.method,
                url if pin is None else url.with_host(pin),
                headers=headers,
                data=content,
                allow_redirects=False,
                server_hostname=None if pin is None else url.host,
                middlewares=None if pin is None else (partial(_once, url=request.url),),
            )
        except (ValueError, TypeError, aiohttp.ClientError):
            raise wording.unsendable(request.url) from None

    async def aclose(self) -> None:
        self._closed = True
        session, self._session = self._session, None
        if session is not None:
            await session.close()
            await self._pinned.aclose()

    def _open(self) -> aiohttp.ClientSession:
        if self._closed:
            raise RuntimeError("this sender is closed; make a new one")
        self._loop = asyncio.get_running_loop()
        self._session = self._new_session()
        return self._session

    def _new_session(self) -> aiohttp.ClientSession:
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=0, limit_per_host=0, ssl=self._verify),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=TIMEOUT,
            auto_decompress=False,
            read_bufsize=READ_AHEAD,
            trust_env=False,
            proxy=self._proxy,
            middlewares=(_once,),
        )

    async def _read(self, response: ClientResponse, url: str, max_body: int) -> HttpResponse:
        headers = incoming(response.raw_headers)
        chunks = response.content.iter_any()
        body = await gather(chunks, headers, limit=max_body, url=url)
        return HttpResponse(status=response.status, headers=headers, body=body)


async def _chunks(
    response: ClientResponse, headers: Mapping[str, str], url: str, limit: int
) -> AsyncGenerator[bytes, None]:
    """Hand on the body; its errors are told in our words."""
    pieces = measured(response.content.iter_any(), headers, limit=limit, url=url)
    try:
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
    except (aiohttp.ClientError, OSError) as error:
        raise wording.broken_off(url, error) from None


def _parse(url: str) -> URL:
    """Keep the URL to the letter where it can be: quoting anew would break a signature in it."""
    origin(url)
    return URL(url, encoded=url.isascii() and url.isprintable() and " " not in url)


async def _once(
    request: aiohttp.ClientRequest, ask: aiohttp.ClientHandlerType, url: str = ""
) -> ClientResponse:
    """Turn every error into ours here, for aiohttp repeats some requests after some of its own.

    It does so once, for GET and other idempotent methods, when a connection that was kept alive
    breaks: a second bill where a GET makes pictures. What is not its own error it lets pass.
    `url` is what is told where the request goes to an address in its place.
    """
    url = url or str(request.url)
    try:
        return await ask(request)
    except aiohttp.ConnectionTimeoutError:
        raise wording.slow_connection(url) from None
    except (aiohttp.ClientConnectorError, aiohttp.ClientHttpProxyError) as error:
        raise wording.unreachable(url, error) from None
    except (aiohttp.ClientError, OSError) as error:
        raise wording.broken_off(url, error) from None


def _content(
    request: HttpRequest, files: ExitStack
) -> aiohttp.FormData | io.BytesIO | bytes | None:
    """Return what the library is to send; large bodies as a file, which it sends in pieces."""
    if request.parts:
        return _form(request.parts, files)
    if len(request.body) > ONE_PIECE:
        return io.BytesIO(request.body)
    return request.body or None


def _form(parts: Sequence[Part], files: ExitStack) -> aiohttp.FormData:
    """Put the parts in the library's words; the texts come before the files.

    Names are not percent-encoded: `image[]` would arrive as `image%5B%5D`.
    """
    form = aiohttp.FormData(quote_fields=False, default_to_multipart=True)
    for part in sorted(parts, key=lambda part: part.filename is not None):
        if part.filename is None:
            form.add_field(part.name, part.read().decode(), content_type=part.content_type)
            continue
        guess = mimetypes.guess_type(part.filename)[0] or "application/octet-stream"
        form.add_field(
            part.name,
            files.enter_context(part.open()),
            content_type=part.content_type or guess,
            filename=part.filename,
        )
    return form
