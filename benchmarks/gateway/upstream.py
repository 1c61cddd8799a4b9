"""Upstream: nginx in the provider's place; it answers at once and counts how often it was asked."""

import http.client
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway import nginx
from gateway.answers import SIDES, body
from gateway.contender import HOST
from gateway.processes import free_port, running

# A file is served to GET alone. Being refused as a POST sends nginx to the file all the same.
PLACE = """\
    location = /{size}/v1/images/generations {{ return 405; error_page 405 =200 /{size}.json; }}
"""

HTTP = """\
  default_type application/json;
  open_file_cache max=8;
  server {{
    listen {host}:{port};
    root {folder};
    add_header x-request-id req_benchmark;
    location = /status {{ stub_status; }}
{places}  }}
"""

QUIET = 1.0  # seconds without a call, after which nobody is still asking


class Upstream:
    """Counts requests as nginx does: whoever reads the count is counted."""

    def __init__(self, port: int) -> None:
        self.port = port
        self._readings = 0

    def calls(self) -> int:
        """Return how many pictures have been asked for, once nobody asks any more."""
        count = self._count()
        while True:
            time.sleep(QUIET)
            before, count = count, self._count()
            if count == before:
                return count

    def _count(self) -> int:
        connection = http.client.HTTPConnection(HOST, self.port)
        connection.request("GET", "/status")
        said = connection.getresponse().read().decode()
        connection.close()
        self._readings += 1
        return counted(said) - self._readings


def counted(status: str) -> int:
    """Read the number of requests from the page of `stub_status`.

    The line is ` 5 5 12`: connections accepted, connections handled, requests.
    """
    return int(status.splitlines()[2].split()[2])


@contextmanager
def upstream(folder: Path) -> Iterator[Upstream]:
    port = free_port()
    for size in SIDES:
        (folder / f"{size}.json").write_bytes(body(size))
    places = "".join(PLACE.format(size=size) for size in SIDES)
    config = HTTP.format(host=HOST, port=port, folder=folder, places=places)
    with running(nginx.launch(folder, config), folder) as process:
        process.wait_for(port)
        yield Upstream(port)
