"""Machine: how fast this one is, so that other figures can be compared with other machines'."""

import asyncio
import socket
import timeit
from collections.abc import Mapping

LOOPS = 200
TRIPS = 500


class MachineSpeed:
    """Seconds for a sum of a thousand numbers, a turn of the event loop, a trip over loopback."""

    def measure(self) -> Mapping[str, float]:
        return {
            "machine.sum": min(timeit.repeat("sum(range(1000))", number=LOOPS)) / LOOPS,
            "machine.turn": asyncio.run(_turn()),
            "machine.trip": _trip(),
        }


async def _turn() -> float:
    loop = asyncio.get_running_loop()
    began = loop.time()
    for _ in range(TRIPS):
        await asyncio.sleep(0)
    return (loop.time() - began) / TRIPS


def _trip() -> float:
    """One byte there and one back, both ends in this process, no event loop."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        ours = socket.create_connection(server.getsockname())
        theirs, _ = server.accept()
        with ours, theirs:
            return timeit.timeit(lambda: _exchange(ours, theirs), number=TRIPS) / TRIPS


def _exchange(ours: socket.socket, theirs: socket.socket) -> None:
    ours.send(b"?")
    theirs.recv(1)
    theirs.send(b"!")
    ours.recv(1)
