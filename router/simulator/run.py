"""Run: a scenario played through a config, in virtual time.

Each request is a task of its own that begins when the request arrives, as in a server.
"""

import asyncio
import gc
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from router.core.http import NO_HEADERS
from router.core.trace import Observer
from router.emulators.brief import Draw
from router.errors import RoutingError
from router.lab.grey import grey
from router.lab.stage import Stage, Tried
from router.simulator.latecomers import Latecomers
from router.simulator.layout import layout_of
from router.simulator.passage import PASSAGE, Passage
from router.simulator.scenario import Scenario
from router.simulator.tally import Tally
from router.simulator.timeline import timeline_of
from router.simulator.traffic import Likeness, Mix, Wish, arrivals
from router.simulator.weather import Weather
from router.view import Prepared
from router.virtual_time import simulate
from router.workspace import Loaded, Loader

YOUNG = 20_000
"""Objects that are made before Python looks for garbage: a request makes hundreds, nearly all of
which go by themselves."""

KNOWN = 10_000  # requests of different users that are not made anew each time

WATCHED = 200  # requests between two looks at how far it is

Watch = Callable[[Tally], None]
"""Told now and then how far a run has come."""


def unwatched(tally: Tally) -> None:
    """Look at nothing."""


def play(
    scenario: Scenario,
    loaded: Loaded,
    loader: Loader,
    watch: Watch = unwatched,
    draw: Draw = grey,
) -> Tally:
    """Play the scenario to its end.

    Ctrl-C ends it early: the tally says so and has what was found by then.
    """
    timeline = timeline_of(scenario.duration)
    layout = layout_of(loaded)
    tally = Tally(timeline, layout)
    observers = (Latecomers(tally),) if layout.has_cache else ()

    async def main() -> None:
        run = _Run(
            scenario=scenario,
            loaded=loaded,
            loader=loader,
            tally=tally,
            watch=watch,
            draw=draw,
            observers=observers,
        )
        await run.until_the_end()

    try:
        with _little_rubbish():
            simulate(main)
    except KeyboardInterrupt:
        tally.was_interrupted = True
    return tally


class _Run:
    """One run under way. Made within its event loop."""

    def __init__(
        self,
        *,
        scenario: Scenario,
        loaded: Loaded,
        loader: Loader,
        tally: Tally,
        watch: Watch,
        draw: Draw,
        observers: Sequence[Observer],
    ) -> None:
        self._loop = asyncio.get_running_loop()
        weather = Weather(scenario, self._loop.time)
        self._stage = Stage(
            loaded=loaded,
            loader=loader,
            fate=weather,
            latency=weather.latency,
            seed=scenario.seed,
            draw=draw,
            store=tally.store,
            observers=observers,
            note=weather.note,
            likeness=weather.likeness,
        )
        self._arrivals = arrivals(scenario)
        self._mix = Mix(scenario)
        self._tally = tally
        self._watch = watch
        self._tasks: dict[Passage, asyncio.Task[None]] = {}
        self._known: dict[Likeness, Prepared] = {}
        self._number = 0
        self._closed = False
        self._over = asyncio.Event()

    async def until_the_end(self) -> None:
        self._await_next()
        try:
            await self._over.wait()
        finally:
            self._tally.end(self._loop.time(), (passage.place for passage in self._tasks))
        for task in self._tasks.values():
            if task.done():  # one that is still here has failed
                task.result()

    def _await_next(self) -> None:
        """Set the clock for the next arrival, if there is one."""
        at = next(self._arrivals, None)
        if at is None:
            self._closed = True
            self._look()
        else:
            self._loop.call_at(at, self._arrive, at)

    def _arrive(self, at: float) -> None:
        wish = self._mix.wish(self._number)
        passage = Passage(self._number, wish.mark, at, self._tally.arrive(at))
        PASSAGE.set(passage)  # this callback's own context, which the task copies
        self._tasks[passage] = self._loop.create_task(self._ask(wish, passage))
        self._number += 1
        self._await_next()

    async def _ask(self, wish: Wish, passage: Passage) -> None:
        try:
            self._tally.take(await self._tried(wish), passage)
            if self._tally.ended % WATCHED == 0:
                self._watch(self._tally)
        except BaseException:
            self._over.set()  # this task stays among the others, and tells what has happened
            raise
        del self._tasks[passage]
        self._look()

    async def _tried(self, wish: Wish) -> Tried:
        """Have a wish tried; most are like one before, but for the prompt."""
        known = self._known.get(wish.like)
        if known is None:
            extras = NO_HEADERS, wish.extra_body
            try:
                known = await self._stage.prepare(wish.params, options=wish.options, extras=extras)
            except RoutingError as error:
                return Tried(trace=error.trace, began=self._loop.time(), seconds=0.0, error=error)
            if len(self._known) < KNOWN:
                self._known[wish.like] = known
        request = known.request.with_params(wish.params)
        prepared = Prepared(known.engine, known.loaded, request, known.wishes)
        return await self._stage.run(prepared)

    def _look(self) -> None:
        """End the run when nobody comes any more and nobody is left."""
        if self._closed and not self._tasks:
            self._over.set()


@contextmanager
def _little_rubbish() -> Iterator[None]:
    """Let Python look for garbage more seldom."""
    usual = gc.get_threshold()
    gc.set_threshold(YOUNG, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)
