"""Conversation: one attempt under way: it drives an adapter's flow, and sends what it yields."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache

import anyio

from router.core.adapter import Emit, Flow, Send
from router.core.beside import beside
from router.core.context import Context
from router.core.delivery import Delivery
from router.core.events import Event, Partial
from router.core.guard import AdapterError, guard
from router.core.http import BEARER, Auth, HttpRequest, HttpResponse, TransportError, origin
from router.core.images import ImageRequest, Pictures
from router.core.outcome import Failure, Kind, Outcome
from router.core.secret import Credentials
from router.core.trace import Attempt
from router.core.wholeness import find_fault
from router.strategies.listening import Listening
from router.strategies.mask import NO_MASK, mask_of

UNDO_TIMEOUT = 5.0  # seconds a cancelled remote job is given to be told so
CLOSE_TIMEOUT = 2.0  # seconds a stream is given to end
HAND_OVER = 600.0  # seconds a caller has to take a picture, where nothing says how long

REQUEST_IDS = ("x-request-id", "apim-request-id")

LONGEST_MESSAGE = 200  # characters
LONGEST_ID = 80  # characters

log = logging.getLogger("router")

STEPS = (Send, Emit, Pictures, Failure)
ENDS = (Pictures, Failure)
"""Made once: `Pictures | Failure` is a new object wherever it is written."""

known_origin = lru_cache(maxsize=1024)(origin)


class UnreadError(Exception):
    """Nobody has taken a partial picture: the caller has gone without a word."""


class Conversation:
    """Talks to one target, and remembers what the trace needs."""

    def __init__(self, request: ImageRequest, context: Context) -> None:
        self._request = request
        self._context = context
        self._aim = context.aim
        self._credentials: Credentials | None = None
        self._mask = NO_MASK
        self._sent = False
        self._answered = False
        self._was_late: bool | None = None  # when it was cut off, before anything was undone
        self._received = 0
        self._request_id: str | None = None
        self._listening: Listening | None = None
        self._model = self._aim.adapter.model(request, self._aim.target)
        self._started = context.time() - context.began

    @property
    def sent(self) -> bool:
        """Whether anything has left for the provider."""
        return self._sent

    async def hold(self) -> Pictures | Failure:
        """Talk until the adapter has its answer."""
        try:
            self._credentials = await self._fetch_credentials()
        except LookupError as missing:
            message = str(missing.args[0]) if missing.args else "the credential cannot be had"
            return Failure(kind=Kind.AUTH, status=401, message=message, local=True)
        self._mask = mask_of(self._credentials)
        try:
            outcome = await self._drive()
        except TransportError as broken:
            message = self._mask.text(str(broken))[:LONGEST_MESSAGE]
            outcome = _broken(message, sent=broken.sent or self._answered)
        except UnreadError as unread:
            outcome = Failure(kind=Kind.CANCELLED, status=499, message=str(unread), billed=None)
        except AdapterError as bug:
            outcome = bug.failure(sent=self._sent)
        return self._signed(outcome) if isinstance(outcome, Failure) else outcome

    def _signed(self, failure: Failure) -> Failure:
        """Return a failure without secrets; an event says no request id, but its answer did."""
        if failure.request_id is None and self._listening is not None:
            failure = replace(failure, request_id=self._request_id)
        return self._mask.failure(failure)

    def opened(self) -> Attempt:
        """Return the attempt as it began."""
        target, pause = self._aim.target, self._context.pause
        return Attempt(
            path=target.path,
            provider=target.provider,
            model=self._model,
            virtual_key=target.credential,
            started=self._started,
            waited=pause.seconds if pause else 0.0,
            wait_reason=pause.reason if pause else "",
            adaptations=self._context.adaptations,
        )

    def closed(self, outcome: Outcome | None, cost: float | None) -> Attempt:
        """Return the attempt as it ended; no outcome means that it was cancelled."""
        target, pause = self._aim.target, self._context.pause
        failure = outcome if isinstance(outcome, Failure) else None
        if outcome is None:
            failure = self._cut_off()
        request_id = (failure.request_id if failure else None) or self._request_id
        return Attempt(
            path=target.path,
            provider=target.provider,
            model=self._model,
            virtual_key=target.credential,
            status=failure.status if failure else 200,
            kind=failure.kind if failure else None,
            message=failure.message if failure else "",
            started=self._started,
            duration=self._context.time() - self._context.began - self._started,
            waited=pause.seconds if pause else 0.0,
            wait_reason=pause.reason if pause else "",
            billed=failure.billed if failure else True,
            adaptations=self._context.adaptations,
            received=self._received,
            request_id=request_id and request_id[:LONGEST_ID],
            cost=cost,
        )

    def _cut_off(self) -> Failure:
        """Tell a timeout from a caller who went away."""
        billed = None if self._sent else False
        if self._is_late() if self._was_late is None else self._was_late:
            return Failure(kind=Kind.TIMEOUT, status=408, message="timed out", billed=billed)
        return Failure(kind=Kind.CANCELLED, status=499, message="cancelled", billed=billed)

    def _is_late(self) -> bool:
        expiry = self._context.expiry
        return expiry is not None and expiry.is_over

    async def _drive(self) -> Pictures | Failure:
        """Send what the adapter's flow yields, and hand it what comes back."""
        flow = self._flow()
        undo: HttpRequest | None = None
        step: Send | Emit | Pictures | Failure | None = None
        try:
            if self._request.operation == "generate":
                step = guard(_go_on, flow, None)
            else:  # with pictures there is much to write
                step = await beside(guard, _go_on, flow, None)
            while not isinstance(step, ENDS):
                if isinstance(step, Send):
                    undo = step.undo or undo
                    talk = self._listen if step.stream else self._exchange
                    step = guard(_go_on, flow, await talk(step))
                else:
                    step = guard(_go_on, flow, await self._hand_over(step.partial))
        except (asyncio.CancelledError, TransportError, UnreadError, AdapterError):
            self._was_late = self._is_late()
            if undo is not None:
                await self._undo(undo)
            raise
        finally:
            if not isinstance(step, ENDS):
                _close(flow)
            if self._listening is not None:
                await self._stop_listening(self._listening)
        return step

    def _flow(self) -> Flow:
        """Begin the adapter's flow within a generator, so that it fails where it is driven."""
        return (yield from self._aim.adapter.flow(self._request, self._aim.target))

    async def _exchange(self, send: Send) -> HttpResponse | None:
        """Send, and return the answer; None where it broke and that may happen."""
        if send.after:
            await anyio.sleep(send.after)
        request = self._leaving(send.request)
        try:
            response = await self._context.sender.send(request)
        except TransportError as broken:
            if not send.lenient:
                raise
            provider, why = self._aim.target.provider, self._mask.text(str(broken))
            log.debug("a question to %s that is asked again broke: %s", provider, why)
            return None
        self._received += len(response.body)
        return self._heard(response)

    async def _listen(self, send: Send) -> HttpResponse | Event | None:
        """Send, and return the answer: its first event, if it is a stream."""
        if send.after:
            await anyio.sleep(send.after)
        if self._listening is not None:
            await self._stop_listening(self._listening)
        self._listening = listening = Listening()
        request = self._leaving(send.request)
        response = self._heard(await listening.ask(self._context.sender, request))
        return await self._next_event() if listening.has_begun else response

    async def _hand_over(self, partial: Partial | None) -> Event | None:
        """Wait until the caller has taken the picture, which is no time of the provider's.

        A broken one is kept back: nothing has been shown, so somebody else may still be asked.
        """
        delivery, expiry = self._context.delivery, self._context.expiry
        if partial is not None and delivery is not None and find_fault(partial.picture) is None:
            if expiry is not None:
                expiry.suspend()
            await self._offer(partial, delivery, expiry.between if expiry else HAND_OVER)
            if expiry is not None:
                expiry.renew(self._context.time())
        return await self._next_event()

    async def _offer(self, partial: Partial, delivery: Delivery, patience: float) -> None:
        """Hold a picture out for so many seconds. Raises UnreadError where nobody takes it.

        What is held for a reader who has stopped reading, the connection and the place in a lane,
        is missed by others.
        """
        with anyio.CancelScope(deadline=self._context.time() + patience) as waiting:
            await delivery.emit(partial)
        if waiting.cancelled_caught:
            late = f"nobody took a picture within {patience:g} s, so the stream was ended"
            raise UnreadError(late)

    async def _next_event(self) -> Event | None:
        """Return the stream's next event; None where it has ended, or none was begun."""
        event = None if self._listening is None else await self._listening.next()
        return None if event is None else self._mask.event(event)

    async def _stop_listening(self, listening: Listening) -> None:
        """End a stream, whoever is cancelled meanwhile; what it has brought is not lost by it."""
        self._received += listening.received
        with anyio.CancelScope(shield=True, deadline=self._context.time() + CLOSE_TIMEOUT):
            with suppress(TransportError):
                await listening.close()

    def _leaving(self, request: HttpRequest) -> HttpRequest:
        """Return what is sent, and note that it leaves now."""
        authorised = self._authorised(request)
        self._sent = True
        if self._context.expiry is not None:
            self._context.expiry.sent = True
        return authorised

    def _heard(self, response: HttpResponse) -> HttpResponse:
        """Note what has come back, and return it for the adapter to read."""
        self._answered = True
        response = self._mask.response(response)
        self._request_id = _request_id(response) or self._request_id
        return response

    async def _undo(self, request: HttpRequest) -> None:
        """Cancel the remote job, so that nobody pays for a picture nobody waits for."""
        with anyio.CancelScope(shield=True, deadline=self._context.time() + UNDO_TIMEOUT):
            try:
                await self._context.sender.send(self._authorised(request))
            except (TransportError, AdapterError) as broken:
                why = self._mask.text(str(broken))
                log.debug("could not cancel the job at %s: %s", self._aim.target.provider, why)

    async def _fetch_credentials(self) -> Credentials | None:
        name = self._aim.target.credential
        return None if name is None else await self._context.vault.credentials(name)

    def _authorised(self, request: HttpRequest) -> HttpRequest:
        """Add the caller's headers and the secret, where the credential may go."""
        headers = dict(request.headers)
        if guard(known_origin, request.url) in self._aim.origins:
            headers |= self._own_headers()
            if request.auth is not None:
                headers |= _auth_headers(request.auth, self._credentials)
        return HttpRequest(
            method=request.method,
            url=request.url,
            headers=headers,
            body=request.body,
            parts=request.parts,
            max_body=request.max_body,
            public=request.public,
        )

    def _own_headers(self) -> dict[str, str]:
        """Return what the target and the caller add, and what is forwarded."""
        target, request = self._aim.target, self._request
        if not (target.headers or request.headers or target.forward_headers):
            return {}
        incoming = request.incoming.items()
        forwarded = {name: value for name, value in incoming if name in target.forward_headers}
        return {**target.headers, **request.headers, **forwarded}


def _go_on(flow: Flow, response: HttpResponse | Event | None) -> Send | Emit | Pictures | Failure:
    """Let an adapter take its next step."""
    try:
        step: object = flow.send(response)
    except StopIteration as end:
        step = end.value
    if isinstance(step, STEPS):
        return step
    raise TypeError(f"the flow gave {type(step).__name__}")


def _close(flow: Flow) -> None:
    """End a flow that broke off; a bug in that must not take the place of what broke it off."""
    with suppress(AdapterError):
        guard(flow.close)


def _request_id(response: HttpResponse) -> str | None:
    """Return the number by which the provider's support finds the request."""
    for name in REQUEST_IDS:
        if name in response.headers:
            return response.headers[name]
    return None


def _auth_headers(auth: Auth, credentials: Credentials | None) -> dict[str, str]:
    """Write the secret as the adapter asked; a token is always a bearer's."""
    if credentials is None:
        return {}
    headers = {name: secret.reveal() for name, secret in credentials.headers.items()}
    if credentials.token is not None:
        headers[BEARER.header] = BEARER.prefix + credentials.token.reveal()
    elif credentials.key is not None:
        headers[auth.header] = auth.prefix + credentials.key.reveal()
    return headers


def _broken(message: str, *, sent: bool) -> Failure:
    """Return the failure of a broken exchange; `sent` tells whether anything may be billed."""
    if sent:
        return Failure(kind=Kind.CONNECTION_LOST, status=502, message=message, billed=None)
    return Failure(kind=Kind.CONNECTION, status=503, message=message, billed=False)
