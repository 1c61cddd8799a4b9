"""Floor: the bare forwarder on the server that this gateway stands on."""

import sys
from importlib.metadata import version
from pathlib import Path

from payloads import QUESTION

from gateway.contender import HOST, Launch, Place, Question

JSON = {"content-type": "application/json"}


class Floor:
    name = "floor"
    title = "bare ASGI + aiohttp on granian"

    def obstacle(self) -> str:
        return ""

    def version(self) -> str:
        return f"granian {version('granian')}, aiohttp {version('aiohttp')}"

    def launch(self, place: Place) -> Launch:
        return Launch(
            [
                sys.executable,
                "-m",
                "granian",
                "--interface=asginl",
                f"--host={HOST}",
                f"--port={place.port}",
                "--workers=1",
                "--no-ws",
                "gateway.forwarder:app",
            ],
            {
                "PYTHONPATH": str(Path(__file__).parents[1]),
                "UPSTREAM": f"http://{HOST}:{place.upstream}",
            },
        )

    def question(self, place: Place, size: str) -> Question:
        del place
        return same_path(size)


def same_path(size: str) -> Question:
    """Ask somebody who passes on whatever path it is asked for."""
    return Question(f"/{size}/v1/images/generations", JSON, QUESTION.decode())
