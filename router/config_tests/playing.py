"""Playing: a test's requests are asked of the engine that serves, in virtual time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial

import anyio

from router.config_tests.answers import Answers
from router.config_tests.asks import numbered
from router.config_tests.model import Ask, Case
from router.config_tests.names import Names
from router.core.http import NO_HEADERS
from router.emulators.brief import Brief
from router.lab.grey import grey
from router.lab.stage import Stage, Tried
from router.options import RequestOptions
from router.originals.given import NOTHING, Given
from router.testing import simulate
from router.workspace import Loaded, Loader

SIDE = 1024  # pixels of the picture that an edit begins with

Plays = tuple[tuple[Tried, ...], ...]
"""What became of each request, and of each of its repetitions."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Player:
    """Plays the tests of one config, which was read once; nothing else is shared between them.

    `seed` is that of tests which name none.
    """

    loaded: Loaded
    loader: Loader
    names: Names
    seed: int | str = 0

    def play(self, case: Case) -> Plays:
        """Raise what breaks a test, such as ImportError for a picture that needs Pillow."""
        try:
            return simulate(partial(self._play, case))
        except ExceptionGroup as broken:
            raise _first(broken) from None

    async def _play(self, case: Case) -> Plays:
        answers = Answers(case.given, case.latency, self.names)
        stage = Stage(
            loaded=self.loaded,
            loader=self.loader,
            fate=answers,
            latency=answers.latency,
            seed=self.seed if case.seed is None else case.seed,
            observers=(answers,),
        )
        found: dict[tuple[int, int], Tried] = {}
        for together in _batches(case.asks):
            async with anyio.create_task_group() as tasks:
                for place, ask in together:
                    for run in self._runs(place, ask, stage, found):
                        tasks.start_soon(run)
        return tuple(
            tuple(found[place, number] for number in range(ask.repeat))
            for place, ask in enumerate(case.asks)
        )

    def _runs(
        self, place: int, ask: Ask, stage: Stage, found: dict[tuple[int, int], Tried]
    ) -> Iterator["_Run"]:
        """Return what is to begin now: one after the other, or each at its time."""
        numbers = range(ask.repeat)
        files = self._files(ask)
        for some in [numbers] if ask.at is None else [[number] for number in numbers]:
            yield _Run(place=place, numbers=some, ask=ask, files=files, stage=stage, found=found)

    def _files(self, ask: Ask) -> Given:
        """Draw what an edit or a variation begins with."""
        if ask.operation == "generate":
            return NOTHING
        image = Brief(provider="openai", model="given", prompt="", width=SIDE, height=SIDE)
        files = {"image": grey(image)}
        if ask.mask:
            files["mask"] = grey(
                Brief(
                    provider="openai",
                    model="given",
                    prompt="",
                    width=SIDE,
                    height=SIDE,
                    transparent=True,
                )
            )
        return files


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """Repetitions of a request that follow one another."""

    place: int
    numbers: Iterable[int]
    ask: Ask
    files: Given
    stage: Stage
    found: dict[tuple[int, int], Tried]

    async def __call__(self) -> None:
        for number in self.numbers:
            await self._wait(number)
            self.found[self.place, number] = await self.stage.ask(
                numbered(self.ask.params, number + 1),
                options=self._options(number),
                operation=self.ask.operation,
                files=self.files,
                extras=(NO_HEADERS, self.ask.extra_body),
            )

    async def _wait(self, number: int) -> None:
        if self.ask.at is not None:
            start = self.ask.at + number * self.ask.every
            await anyio.sleep(max(0.0, start - anyio.current_time()))

    def _options(self, number: int) -> RequestOptions:
        metadata = self.ask.options.get("metadata") or {}
        return {**self.ask.options, "metadata": numbered(metadata, number + 1)}


def _first(error: Exception) -> Exception:
    """Return the first of errors that were raised together."""
    return _first(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error


def _batches(asks: tuple[Ask, ...]) -> Iterator[list[tuple[int, Ask]]]:
    """Part the requests into those that do not wait for one another."""
    batch: list[tuple[int, Ask]] = []
    for place, ask in enumerate(asks):
        if batch and ask.at is None:
            yield batch
            batch = []
        batch.append((place, ask))
        if ask.at is None:
            yield batch
            batch = []
    if batch:
        yield batch
