"""Emulator: a provider's server side as a function: a request and the world in, an answer out."""

from collections.abc import Callable
from dataclasses import field
from typing import Protocol, runtime_checkable

from router.core.http import HttpRequest, HttpResponse
from router.core.light_value import light_value
from router.emulators.brief import Draw
from router.emulators.drawing import draw
from router.emulators.jobs import Jobs


@light_value
class World:
    """What an emulator has around it for one request.

    `now` gives Unix seconds. `publish` puts a file of that media type where its URL can be opened
    and returns the URL. `serial` numbers the request, so that no two share a request id, and
    `repeat` says how often the very same one came before: where no seed is asked for, it gets
    another picture, as it would from the real API. With `retired`, models that their provider has
    switched off are gone here too. `keys` are the accepted keys; where it is empty every key is
    good that does not contain `invalid`. `jobs` is the only memory there is: what was ordered and
    is asked for later.
    """

    now: Callable[[], float]
    publish: Callable[[bytes, str], str]
    draw: Draw = draw
    serial: int = 0
    repeat: int = 0
    retired: bool = False
    keys: frozenset[str] = frozenset()
    jobs: Jobs = field(default_factory=Jobs)

    def at(self, serial: int, repeat: int, publish: Callable[[bytes, str], str]) -> "World":
        """Return the same world as it is around one request."""
        return World(
            now=self.now,
            publish=publish,
            draw=self.draw,
            serial=serial,
            repeat=repeat,
            retired=self.retired,
            keys=self.keys,
            jobs=self.jobs,
        )

    def accepts(self, key: str) -> bool:
        """Tell whether a key opens this provider's door."""
        return key in self.keys if self.keys else bool(key) and "invalid" not in key.lower()


@runtime_checkable
class Emulator(Protocol):
    """A stand-in for one provider. Stateless, and never raises on any request.

    Requests carry their headers in lower case, the authorization included, and multipart forms
    as `parts`.
    """

    @property
    def provider(self) -> str: ...

    @property
    def roots(self) -> tuple[str, ...]:
        """What this provider's paths begin with, for requests that come by another host."""
        ...

    def serves(self, host: str) -> bool:
        """Tell whether a host name is one of the provider's own."""
        ...

    def model(self, request: HttpRequest) -> str | None:
        """The model that a request asks for; None where it names none."""
        ...

    def handle(self, request: HttpRequest, world: World) -> HttpResponse: ...

    def failure(
        self, status: int, code: str | None, request: HttpRequest, world: World
    ) -> HttpResponse:
        """How the provider words this status; `code` is put in place of the usual one."""
        ...

    def refusal(self, request: HttpRequest, world: World) -> HttpResponse:
        """How the provider's safety system refuses a prompt."""
        ...

    def emptied(self, response: HttpResponse) -> HttpResponse:
        """The same good answer without its pictures."""
        ...
