"""Drive: a gateway in virtual time, its folder, and callers who stay or leave."""

import asyncio
import json
from dataclasses import dataclass, field

import anyio

from router.engine import Engine
from router.gateway.admission import Admission
from router.gateway.app import Gateway
from router.gateway.call import Desk
from router.gateway.choosing import Chooser
from router.gateway.folder import Folder
from router.gateway.reader import Reader
from router.testing import Scripted
from router.workspace import Loader

GENERATIONS = "/v1/images/generations"
OPERATORS = "sk-operators-own"
ENVIRONMENT = {"OPENAI_API_KEY": OPERATORS, "STABILITY_API_KEY": OPERATORS}
KITE = {"prompt": "a kite", "model": "gpt-image-2"}
OPENAI = {"x-portkey-provider": "openai"}


class Told(list):
    """A recorder that keeps what it is told."""

    def begin(self):
        pass

    def end(self, exchange):
        self.append(exchange)


@dataclass
class Seen:
    """What a caller got: `pieces` are those of the body, each with its time."""

    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    pieces: list[tuple[float, bytes]] = field(default_factory=list)
    ended: float | None = None
    began: float | None = None

    @property
    def body(self):
        return b"".join(piece for _, piece in self.pieces)

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self):
        return self.json["error"]

    @property
    def message(self):
        return self.error["message"]


def written(folder, **files):
    """Write files of a folder, `gateway` as `gateway.yaml`; a mapping as JSON, which is YAML."""
    for name, content in files.items():
        text = content if isinstance(content, str) else json.dumps(content)
        (folder / f"{name.replace('_', '-')}.yaml").write_text(text)
    return folder


def opened(folder, *steps, sender=None, environment=ENVIRONMENT, recorders=(), tell=None):
    """Return a gateway of a folder whose providers answer by a script, 200 without one."""
    sender = sender or Scripted(*(steps or (200,)), repeat=True)
    reader = Reader(folder=folder, loader=Loader(environment=environment))
    desk = Desk(
        engine=Engine(sender=sender, seed=1),
        chooser=Chooser(reader),
        admission=Admission(),
        recorders=recorders,
        now=lambda: 1_700_000_000.0,
    )
    kept = Folder(reader) if tell is None else Folder(reader, tell)
    return Gateway(folder=kept, desk=desk)


async def ask(
    gateway, path=GENERATIONS, *, method="POST", json_=KITE, body=None, headers=(), leaves=None
):
    """Ask as one caller does, who goes after so many seconds, or stays until the end."""
    seen, gone = Seen(), anyio.Event()
    messages = iter(_body(body, json_))

    async def receive():
        message = next(messages, None)
        if message is not None:
            return message
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        now = anyio.current_time()
        if message["type"] == "http.response.start":
            seen.status, seen.began = message["status"], now
            seen.headers = {k.decode(): v.decode("latin-1") for k, v in message["headers"]}
            return
        if message.get("body"):
            seen.pieces.append((now, message["body"]))
        if not message.get("more_body"):
            seen.ended = now

    async def leave():
        await anyio.sleep(leaves)
        gone.set()

    async with anyio.create_task_group() as tasks:
        if leaves is not None:
            tasks.start_soon(leave)
        path, _, query = path.partition("?")
        scope = {
            "type": "http",
            "method": method,
            "path": path,
            "query_string": query.encode(),
            "headers": _headers(headers),
        }
        await gateway(scope, receive, send)
        tasks.cancel_scope.cancel()
    return seen


def _body(body, json_):
    """Yield the messages of a body: bytes at once, or a list of them piece by piece.

    After a piece that is None nothing more comes.
    """
    pieces = body if isinstance(body, list) else [body]
    if body is None:
        pieces = [json.dumps(json_).encode()]
    for at, piece in enumerate(pieces):
        if piece is None:
            return
        yield {"type": "http.request", "body": piece, "more_body": at < len(pieces) - 1}


def _headers(headers):
    pairs = headers.items() if isinstance(headers, dict) else headers
    return [(_raw(name), _raw(value)) for name, value in pairs]


def _raw(text):
    return text if isinstance(text, bytes) else text.encode()


async def together(*asks):
    """Do all at once, and return what each has come to, in order."""
    return await asyncio.gather(*asks)
