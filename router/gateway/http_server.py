"""HTTP server: granian within an event loop, on a socket that is open already."""

import socket

from granian._granian import SocketHolder
from granian.constants import HTTPModes, Interfaces
from granian.http import HTTP1Settings
from granian.log import LogLevels
from granian.server.embed import Server

from router.gateway.draining import App
from router.gateway.listening import BACKLOG

CONNECTIONS = 2048  # that one worker holds at once, idle ones too

HEAD = 64 * 1024  # bytes of a request's head that surely pass; hyper refuses from twice as many on

# granian's own log goes where ours does, and is silent about what an embedded server always says.
LOGGING = {
    "loggers": {"_granian": {"level": "ERROR", "handlers": [], "propagate": True}},
    "handlers": {},
}


class HttpServer(Server):
    """One worker's server. `patience` is how many seconds a head, and a pause, may take."""

    def __init__(self, app: App, listener: socket.socket, *, patience: float) -> None:
        super().__init__(
            app,
            interface=Interfaces.ASGINL,
            http=HTTPModes.http1,
            websockets=False,
            backlog=BACKLOG,
            backpressure=CONNECTIONS,
            http1_settings=HTTP1Settings(
                header_read_timeout=round(patience * 1000), max_buffer_size=HEAD
            ),
            log_dictconfig=LOGGING,
            log_level=LogLevels.error,
        )
        self._listener = listener

    def _init_shared_socket(self) -> None:
        """Take the socket that is there, as granian does where ports cannot be shared."""
        holder = SocketHolder(self._listener.detach(), False, BACKLOG)  # type: ignore[call-arg]
        self._shd = holder  # type: ignore[assignment]
