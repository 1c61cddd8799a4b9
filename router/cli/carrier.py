"""Carrier: takes an errand to a router, and makes files of what comes back."""

import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from router.answer import AsyncImage, Usage, usage_in
from router.cli import report, report_json
from router.cli.errand import Errand, Output
from router.cli.gallery import Gallery
from router.cli.progress import Plain, Progress, Silent
from router.cli.terminal import Failed, is_lively
from router.client import AsyncRouter
from router.config.problems import ConfigError
from router.core.http import NO_HEADERS
from router.core.jsontypes import EMPTY, JSON
from router.core.trace import Trace
from router.desk import Prepared
from router.errors import FetchError, RoutingError
from router.events import AsyncImageEvent
from router.streams import ImageStream

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it
NO_EXTRAS = (NO_HEADERS, EMPTY)


def run(errand: Errand) -> int:
    """Do it, and return the exit code."""
    carrier = Carrier(errand, _progress(errand.output))
    try:
        return asyncio.run(carrier.go())
    except ConfigError as error:
        is_json = errand.output is Output.JSON
        show = report_json.show_config if is_json else report.show_config
        show(error)
        return 1
    except KeyboardInterrupt:
        report.show_interrupt(carrier.gallery, carrier.seconds)
        return INTERRUPTED


def _progress(output: Output) -> Progress:
    if output is not Output.TEXT:
        return Silent()
    if not is_lively(sys.stderr):
        return Plain()
    # rich takes a tenth of a second to import; only a display needs it.
    from router.cli.lively import Lively

    return Lively()


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a request came to, streamed or not."""

    images: Sequence[AsyncImage]
    usage: Usage | None
    trace: Trace


class Carrier:
    """One errand under way."""

    def __init__(self, errand: Errand, progress: Progress) -> None:
        self.errand = errand
        self.progress = progress
        self.gallery = Gallery(errand.folder, errand.name)
        self._began = time.monotonic()
        self._unkept = ""

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began

    async def go(self) -> int:
        """Make the router that the errand needs, and take it there."""
        errand = self.errand
        router = AsyncRouter(
            errand.config,
            environment=errand.environment,
            sandbox=errand.sandbox,
            catalog=errand.catalog,
            observers=[self.progress],
        )
        if errand.faults is not None:
            _play(router, errand.faults)
        _prepare(errand.folder)
        async with router:
            return await self.take_to(router)

    async def take_to(self, router: AsyncRouter) -> int:
        """Ask a router, save the pictures, tell of them, and return the exit code."""
        self._began = time.monotonic()
        try:
            answer = await self._asked(router)
        except RoutingError as error:
            return await self._failed(router, error)
        seconds = self.seconds
        for place, image in enumerate(answer.images):
            await self._save(image, place)
        self._tell(answer, seconds)
        return 0

    async def _asked(self, router: AsyncRouter) -> Answer:
        errand = self.errand
        prepared = await router.view.prepare(
            errand.params,
            NO_EXTRAS,
            {
                "metadata": errand.metadata,
                "provider": errand.provider,
                "timeout": errand.timeout,
            },
            errand.operation,
            errand.given,
        )
        ask = self._streamed if errand.is_streamed else self._whole
        with self.progress.shown():
            try:
                return await ask(prepared, router)
            except RoutingError:
                self.progress.erase()
                raise

    async def _whole(self, prepared: Prepared, router: AsyncRouter) -> Answer:
        pictures, trace = await prepared.run()
        images = [AsyncImage(picture, router.view.fetch) for picture in pictures.data]
        return Answer(images=images, usage=usage_in(pictures.fields), trace=trace)

    async def _streamed(self, prepared: Prepared, router: AsyncRouter) -> Answer:
        """Save each partial picture when it comes; leaving early cancels the upstream call."""
        finished: list[AsyncImageEvent] = []
        stream = ImageStream(prepared.stream(), self.errand.operation, router.view.fetch)
        async with stream:
            async for event in stream:
                if event.is_partial:
                    await self._keep(event)
                else:
                    finished.append(event)
        usage = finished[-1].usage if finished else None
        return Answer(images=finished, usage=usage, trace=stream.trace)

    async def _keep(self, event: AsyncImageEvent) -> None:
        """Save a partial picture. One that cannot be saved must not cost the finished one."""
        try:
            saved = self.gallery.hang_partial(event, await event.read())
        except FetchError as error:
            self._unkept = str(error)
        except OSError as error:
            self._unkept = error.strerror or str(error)
        else:
            self.progress.pictured(saved)

    async def _save(self, image: AsyncImage, place: int | None = None) -> None:
        folder = self.errand.folder
        try:
            self.gallery.hang(image, await image.read(), place)
        except FetchError as error:
            raise Failed(f"a picture was made but could not be had: {error}") from None
        except OSError as error:
            raise Failed(f"{folder} cannot be written: {error.strerror}") from None

    def _tell(self, answer: Answer, seconds: float) -> None:
        match self.errand.output:
            case Output.JSON:
                report_json.show_answer(answer.trace, answer.usage, self.gallery, seconds)
            case Output.PATHS:
                report.show_paths(self.gallery)
            case Output.TEXT:
                report.show_answer(answer.trace, self.gallery, seconds)
                if self._unkept:
                    report.warn(f"a partial picture could not be kept: {self._unkept}")

    async def _failed(self, router: AsyncRouter, error: RoutingError) -> int:
        """Save what came all the same, and say what went wrong."""
        for picture in (*error.pictures, *error.unfinished):
            with suppress(Failed):
                await self._save(AsyncImage(picture, router.view.fetch))
        is_json = self.errand.output is Output.JSON
        show = report_json.show_failure if is_json else report.show_failure
        show(error, self.gallery, self.seconds)
        return 1


def _play(router: AsyncRouter, faults: JSON) -> None:
    from router.sandbox.in_process import SandboxSender

    sender = router.view.engine.sender
    if isinstance(sender, SandboxSender):
        sender.play(faults)


def _prepare(folder: Path) -> None:
    """Make the folder before anything is paid for. Raises Failed where it cannot be used."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failed(f"the folder {folder} cannot be made: {error.strerror}") from None
    if not os.access(folder, os.W_OK | os.X_OK):
        raise Failed(f"the folder {folder} cannot be written to")
