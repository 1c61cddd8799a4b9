"""Call: one request for pictures, from its first byte to its last."""

import asyncio
import hashlib
import json
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TypeAlias

from router.core.beside import beside
from router.core.http import NO_HEADERS
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import JSON
from router.core.trace import Trace
from router.engine import Engine
from router.errors import RoutingError
from router.gateway.admission import Admission
from router.gateway.alarms import Alarms
from router.gateway.answers import answer_body, failure_reply
from router.gateway.arrival import Arrival
from router.gateway.asking import Asked, ask
from router.gateway.bodies import Body, form_body, json_body
from router.gateway.callers import Caller, caller_of
from router.gateway.choosing import Choice, Chooser
from router.gateway.exchange import Recorder
from router.gateway.flights import Flights, GoneError, LateError
from router.gateway.folder import State
from router.gateway.headers import trace_headers
from router.gateway.incoming import PATIENCE, DisconnectedError, Incoming
from router.gateway.instructions import LONGEST_ID, PREFIX, Instructions, instructions_in
from router.gateway.links import Links, linked
from router.gateway.record import Record
from router.gateway.refusal import Refusal
from router.gateway.reply import Receive, Reply, Send, SlowCallerError, error_reply, send_reply
from router.gateway.routes import ChatPath, ImagePath
from router.gateway.streaming import Streaming
from router.gateway.trace_context import outgoing, read
from router.policies.aim import split_slug

Answer: TypeAlias = tuple[Pictures, Trace]

log = logging.getLogger("router")

CHAT = (
    "this gateway is for pictures: it takes POST /v1/images/generations, /edits and /variations, "
    "and a chat completion only where it has a 'prompt' in place of 'messages'"
)
ONCE = {"x-should-retry": "false"}
FORM = "multipart/form-data"
LATE = "the same request of yours is under way, and was not done in the time you have given"
MOST_NAMED = 10  # configs, in a message
UNROUTED = (
    "nothing says where this goes: name a config in the header x-portkey-config (here: {configs}), "
    "or, where you may, a provider in x-portkey-provider"
)
JOINED = "joined the same request, whose caller had gone"
CUT = "the body is cut off, or not as its headers say; nothing was asked of a provider"
ENDING = "the gateway ends, and this request was not done in time; it may have been paid for"
BUG = "the gateway has met a bug of its own; its log has more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What calls share within one worker. `now` is wall time, in Unix seconds."""

    engine: Engine
    chooser: Chooser
    admission: Admission
    flights: Flights[Answer] = field(default_factory=Flights)
    patience: Alarms = field(default_factory=lambda: Alarms(PATIENCE))
    links: Links | None = None
    recorders: Sequence[Recorder] = ()
    now: Callable[[], float] = time.time


class Call:
    """Takes a request in, has it executed, and answers; whatever happens is recorded once."""

    def __init__(
        self, desk: Desk, state: State, path: ImagePath | ChatPath, arrival: Arrival
    ) -> None:
        self._desk = desk
        self._state = state
        self._path = path
        self._arrival = arrival
        self._began = asyncio.get_running_loop().time()
        request_id = desk.engine.name_request()
        self._record = Record(
            request_id=request_id,
            context=read(arrival.headers, request_id),
            operation=path.operation if isinstance(path, ImagePath) else "generate",
            began=desk.now(),
            trace_id=_trace_id(arrival) or request_id,
        )

    async def serve(self, receive: Receive, send: Send) -> None:
        self._tell(lambda recorder: recorder.begin())
        try:
            most, patience = self._state.settings.max_body, self._desk.patience
            await self._serve(Incoming(receive, most, patience), send)
        finally:
            seconds = asyncio.get_running_loop().time() - self._began
            exchange = self._record.end(seconds)
            self._tell(lambda recorder: recorder.end(exchange))

    def _tell(self, news: Callable[[Recorder], None]) -> None:
        """Tell every recorder; the failure of one is its own."""
        for recorder in self._desk.recorders:
            try:
                news(recorder)
            except Exception:
                log.exception("a recorder failed")

    async def _serve(self, incoming: Incoming, send: Send) -> None:
        """Answer, whatever happens."""
        record = self._record
        try:
            await self._admit(incoming, send)
        except Refusal as refusal:
            record.refused(refusal)
            await incoming.discard(self._arrival.headers)
            await self._send(error_reply(refusal, self._plain_headers()), send)
        except RoutingError as error:
            record.failed(error)
            if not record.bytes_out:
                await self._send(failure_reply(error, record.request_id), send)
        except (GoneError, SlowCallerError):
            record.left()
        except DisconnectedError:
            record.left()
            await send_reply(error_reply(Refusal(400, CUT), self._plain_headers()), send)
        except asyncio.CancelledError:
            await self._break_off(Refusal(503, ENDING, headers=ONCE), send)
        except Exception:
            log.exception("%s: the gateway failed", record.request_id)
            await self._break_off(Refusal(500, BUG, headers=ONCE), send)

    async def _break_off(self, refusal: Refusal, send: Send) -> None:
        """Say why there is no answer, unless one has begun."""
        self._record.refused(refusal)
        if not self._record.bytes_out:
            await self._send(error_reply(refusal, self._plain_headers()), send)

    async def _admit(self, incoming: Incoming, send: Send) -> None:
        settings, headers = self._state.settings, self._arrival.headers
        caller = caller_of(headers, settings)
        self._record.api_key = caller.name
        with self._desk.admission.admitted(caller.key, settings) as room:
            incoming.take = room.take
            refusal = self._desk.admission.refusal(caller.key, self._began)
            if refusal is not None and not self._desk.flights.waits_for_any(f"{caller.name}/"):
                raise refusal
            said = instructions_in(headers)
            self._record.is_private = said.is_private
            body = self._named(await self._body(incoming))
            choice = await self._choose(said, caller)
            asked = await self._ask(body, said, caller, choice)
            name = partial(_name, asked.request, said, choice, caller)
            if refusal is not None and (asked.streams or not self._desk.flights.waits_for(name())):
                raise refusal  # it is no second try of a request whose caller has gone
            if asked.streams:
                await self._stream(asked, choice, incoming, send)
            else:
                await self._send(await self._run(asked, said, choice, name, incoming), send)

    async def _body(self, incoming: Incoming) -> Body:
        arrival = self._arrival
        incoming.check(arrival.headers)
        if arrival.content_type == FORM:
            body = await form_body(arrival.headers["content-type"], incoming.chunks())
        else:
            body = json_body(await incoming.whole())
        self._record.bytes_in = incoming.size
        return body

    def _named(self, body: Body) -> Body:
        """Return the body with the model that the path names; the body's own wins."""
        if isinstance(self._path, ChatPath):
            if "messages" in body.params or "prompt" not in body.params:
                raise Refusal(501, CHAT, code="not_implemented", headers=ONCE)
        elif self._path.deployment is not None and not body.params.get("model"):
            body = replace(body, params={**body.params, "model": self._path.deployment})
        self._record.model = _text(body.params.get("model")) or None
        self._record.prompt = _text(body.params.get("prompt"))
        return body

    async def _choose(self, said: Instructions, caller: Caller) -> Choice:
        model = self._record.model
        self._check_routed(said, model, caller)
        chooser = self._desk.chooser
        if chooser.takes_long(said):
            choice = await beside(chooser.choose, said, model, caller, self._state)
        else:
            choice = chooser.choose(said, model, caller, self._state)
        self._record.config = choice.name
        return choice

    def _check_routed(self, said: Instructions, model: str | None, caller: Caller) -> None:
        """Refuse a request that nothing says where to send, and say what would."""
        settings, key = self._state.settings, caller.key
        default = settings.config or (key.config if key else None)
        if default or said.chooses or split_slug(model)[0] is not None:
            return
        known = sorted(self._state.configs) if key is None or key.configs is None else key.configs
        configs = ", ".join(sorted(known)[:MOST_NAMED]) or "none yet"
        message = UNROUTED.format(configs=configs)
        raise Refusal(400, message, code="no_route", headers=ONCE)

    def _ask(
        self, body: Body, said: Instructions, caller: Caller, choice: Choice
    ) -> Awaitable[Asked]:
        context = self._record.context
        return ask(
            body=body,
            operation=self._record.operation,
            said=said,
            headers=self._arrival.headers,
            added=NO_HEADERS if context.parent is None else outgoing(context),
            caller=caller,
            loaded=choice.loaded,
            engine=self._desk.engine,
            settings=self._state.settings,
            request_id=self._record.request_id,
        )

    async def _run(
        self,
        asked: Asked,
        said: Instructions,
        choice: Choice,
        name: Callable[[], str],
        incoming: Incoming,
    ) -> Reply:
        record, engine = self._record, self._desk.engine
        context = engine.begin(choice.loaded, asked.wishes)
        record.trace = context.trace
        record.lead = context.began - self._began

        def joining() -> None:
            record.trace, record.message = None, JOINED

        try:
            pictures, trace = await self._desk.flights.fly(
                lambda: engine.run(choice.loaded, asked.request, asked.wishes, context),
                name,
                incoming.left,
                self._state.settings.grace,
                joining=joining,
                patience=asked.wishes.timeout or math.inf,
            )
        except LateError:
            raise Refusal(408, LATE, headers=ONCE) from None
        record.pictures = pictures.data
        links = self._desk.links
        asks_form = "response_format" in asked.request.params
        if links is not None and not asks_form and not said.is_private:
            pictures = await linked(pictures, links)
        headers = trace_headers(trace, record.request_id)
        headers[f"{PREFIX}trace-id"] = context.trace.id  # whoever's call it has joined
        return Reply(
            headers=headers,
            body=answer_body(pictures, is_strict=said.is_strict),
        )

    async def _stream(self, asked: Asked, choice: Choice, incoming: Incoming, send: Send) -> None:
        record, engine = self._record, self._desk.engine
        record.streamed = True
        feed = engine.stream(choice.loaded, asked.request, asked.wishes)
        record.trace = feed.trace
        record.lead = asyncio.get_running_loop().time() - self._began

        async def fetch(url: str) -> bytes:
            return await engine.fetch(url, own=choice.loaded.own)

        streaming = Streaming(
            feed=feed,
            operation=record.operation,
            send=send,
            headers=lambda: trace_headers(feed.trace, record.request_id),
            fetch=fetch,
        )
        try:
            pictures = await streaming.run(incoming.left)
            record.status, record.pictures = 200, pictures.data
        finally:
            record.bytes_out = streaming.size

    async def _send(self, reply: Reply, send: Send) -> None:
        self._record.status = reply.status
        self._record.bytes_out = len(reply.body)
        await send_reply(reply, send)

    def _plain_headers(self) -> Mapping[str, str]:
        """Return the headers of what was refused before it was routed."""
        record = self._record
        return {"x-request-id": record.request_id, f"{PREFIX}trace-id": record.trace_id}


def _trace_id(arrival: Arrival) -> str:
    """Return the caller's own id, if it has one."""
    return arrival.headers.get(f"{PREFIX}trace-id", "").strip()[:LONGEST_ID]


def _text(value: JSON) -> str:
    return value if isinstance(value, str) else ""


def _name(request: ImageRequest, said: Instructions, choice: Choice, caller: Caller) -> str:
    """Name a request by all that it says: the same caller asking the same thing."""
    key = caller.provider_key
    asked = [
        None if key is None else key.reveal(),
        choice.name,
        said.config,
        said.provider,
        said.virtual_key,
        said.namespace,
        said.refresh,
        said.timeout,
        said.retries,
        said.is_private,
        dict(said.options),
        dict(said.forwarded),
        request.operation,
        dict(request.params),
        {field: [one.digest for one in some] for field, some in request.files.items()},
        dict(request.metadata),
    ]
    text = json.dumps(asked, default=dict, sort_keys=True)
    return f"{caller.name}/{hashlib.sha256(text.encode()).hexdigest()}"
