"""Stage: a config played in virtual time: the engine that serves, emulators in place of providers.

What is tried here is tried with the code that serves: there is no second model of what a config
means.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from router.core.http import HttpRequest, HttpResponse
from router.core.images import Operation, Pictures
from router.core.jsontypes import JSON
from router.core.ports import Store
from router.core.trace import Observer, Trace
from router.desk import Extras
from router.emulators.brief import Draw
from router.emulators.emulator import Emulator
from router.engine import Engine
from router.errors import RoutingError
from router.lab.grey import grey
from router.lab.recall import Likeness, Recall
from router.options import ConfigSource, RequestOptions
from router.originals.given import Given
from router.sandbox.environment import SandboxEnvironment
from router.sandbox.faults import Fate
from router.sandbox.in_process import SandboxSender
from router.sandbox.latency import Latency, none
from router.view import Prepared, View, furnish
from router.workspace import Loaded, Loader

EPOCH = 1_800_000_000.0
"""Unix seconds at which virtual time begins: the same for every run, so that runs are equal."""

NO_FILES: Given = {}
NO_EXTRAS: Extras = ({}, {})
NO_WISHES: RequestOptions = {}
STAND_INS = SandboxEnvironment({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What became of one request. `began` and `seconds` are virtual time.

    `pictures` are None where it failed; `error` tells why.
    """

    trace: Trace
    began: float
    seconds: float
    pictures: Pictures | None = None
    error: RoutingError | None = None

    @property
    def status(self) -> int:
        return 200 if self.error is None else self.error.status_code


def loader_for(
    environment: SandboxEnvironment = STAND_INS,
    catalog: ConfigSource | Sequence[ConfigSource] | None = None,
) -> Loader:
    """Return what reads configs for a stage: keys that are not set have stand-ins."""
    return Loader(environment=environment, catalog=catalog)


@dataclass(slots=True, kw_only=True)
class Stage:
    """One config, an engine of its own, and emulators that answer as their `fate` has it.

    To be made and used within one `simulate(...)`: what it remembers (breakers, sticky choices,
    caches) begins empty. The same seed gives the same run. `observers` are told of each decision
    and attempt. Pictures are grey fields, unless `draw` says otherwise.
    `store` is where breakers and caches are kept, if somebody wants to watch them. `note` is told
    of each call before it goes out, in the task that makes it. With a `likeness`, answers are made
    once for all calls that are alike, and no log of calls is kept: a million requests take
    less time and no more memory.
    """

    loaded: Loaded
    loader: Loader = field(default_factory=loader_for)
    fate: Fate | None = None
    latency: Latency = none
    seed: int | str = 0
    observers: Sequence[Observer] = ()
    draw: Draw = grey
    store: Store | None = None
    note: Callable[[HttpRequest], None] | None = None
    likeness: Likeness | None = None
    sender: SandboxSender = field(init=False)
    _view: View = field(init=False)

    def __post_init__(self) -> None:
        self.sender = SandboxSender(
            fate=self.fate,
            latency=self.latency,
            draw=self.draw,
            now=wall_time,
            forgetful=self.likeness is not None,
            staff=self._staff,
        )
        furnish(self.sender, self.loaded)
        engine = Engine(
            sender=self.sender if self.note is None else _Noted(self.sender, self.note),
            store=self.store,
            seed=self.seed,
            observers=self.observers,
            now=wall_time,
        )
        self._view = View(loader=self.loader, configs={}, loaded=self.loaded, engine=engine)

    def _staff(self, emulator: Emulator) -> Emulator:
        return emulator if self.likeness is None else Recall(emulator, self.likeness)

    async def prepare(
        self,
        params: Mapping[str, JSON],
        *,
        options: RequestOptions = NO_WISHES,
        operation: Operation = "generate",
        files: Given = NO_FILES,
        extras: Extras = NO_EXTRAS,
    ) -> Prepared:
        """Make a request, to be looked at or run. Raises RoutingError where it is none."""
        return await self._view.prepare(params, extras, options, operation, files)

    async def ask(
        self,
        params: Mapping[str, JSON],
        *,
        options: RequestOptions = NO_WISHES,
        operation: Operation = "generate",
        files: Given = NO_FILES,
        extras: Extras = NO_EXTRAS,
    ) -> Tried:
        """Have one request executed. `params` are those of `images.generate` and the like.

        `extras` are headers, and what goes into the body as it is.
        """
        began = asyncio.get_running_loop().time()
        try:
            prepared = await self.prepare(
                params, options=options, operation=operation, files=files, extras=extras
            )
        except RoutingError as error:
            return Tried(trace=error.trace, began=began, seconds=0.0, error=error)
        return await self.run(prepared)

    async def run(self, prepared: Prepared) -> Tried:
        """Have a request executed that was made before."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            pictures, trace = await prepared.run()
        except RoutingError as error:
            seconds = loop.time() - began
            return Tried(trace=error.trace, began=began, seconds=seconds, error=error)
        seconds = loop.time() - began
        return Tried(trace=trace, began=began, seconds=seconds, pictures=pictures)


@dataclass(frozen=True, slots=True)
class _Noted:
    """A sender of whose calls somebody is told. Streams come whole."""

    sender: SandboxSender
    note: Callable[[HttpRequest], None]

    async def send(self, request: HttpRequest) -> HttpResponse:
        self.note(request)
        return await self.sender.send(request)

    async def aclose(self) -> None:
        """Do nothing: there is nothing to close."""


def wall_time() -> float:
    """Return Unix seconds by the loop's clock."""
    return EPOCH + asyncio.get_running_loop().time()
