"""Errand: one request of the command line, from its config to files."""

import asyncio
import os
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum, auto
from pathlib import Path

import click

from router.answer import AsyncImage, ImagesResponse
from router.cli import report
from router.cli.arguments import Arguments
from router.cli.gallery import hang, slug
from router.cli.progress import Plain, Progress, Silent
from router.cli.terminal import Failed, is_lively
from router.client import AsyncRouter
from router.config.problems import ConfigError
from router.core.jsontypes import JSON
from router.core.media import sniff_bytes
from router.errors import FetchError, RoutingError
from router.options import ConfigSource

INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it


class Output(Enum):
    """What is printed at the end, and whether anything is before."""

    TEXT = auto()
    PATHS = auto()
    JSON = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Errand:
    """What was asked for on the command line."""

    prompt: str
    config: ConfigSource
    arguments: Arguments
    metadata: Mapping[str, JSON]
    provider: str | None
    folder: Path
    sandbox: bool
    faults: JSON
    environment: Mapping[str, str]
    timeout: float | None
    output: Output
    catalog: Sequence[Path] = ()


def run(errand: Errand) -> int:
    """Do it, and return the exit code."""
    began = time.monotonic()
    progress = _progress(errand.output)
    try:
        return asyncio.run(_Run(errand, progress).go())
    except ConfigError as error:
        show = report.show_config_json if errand.output is Output.JSON else report.show_config
        show(error)
        return 1
    except KeyboardInterrupt:
        took = time.monotonic() - began
        said = "a call that was under way is cancelled, and may have been billed"
        click.echo(f"interrupted after {took:.1f} s; {said}", err=True)
        return INTERRUPTED


def _progress(output: Output) -> Progress:
    if output is not Output.TEXT:
        return Silent()
    if not is_lively(sys.stderr):
        return Plain()
    # rich takes a tenth of a second to import; only a display needs it.
    from router.cli.lively import Lively

    return Lively()


@dataclass(slots=True)
class _Run:
    """One errand under way."""

    errand: Errand
    progress: Progress
    began: float = field(default_factory=time.monotonic)
    saved: list[report.Saved] = field(default_factory=list)

    async def go(self) -> int:
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
            try:
                return await self._asked(router)
            except RoutingError as error:
                return await self._failed(router, error)

    async def _asked(self, router: AsyncRouter) -> int:
        self.began = time.monotonic()
        with self.progress.shown():
            try:
                answer = await self._ask(router)
            except RoutingError:
                self.progress.erase()
                raise
        seconds = time.monotonic() - self.began
        await self._save(answer.data)
        match self.errand.output:
            case Output.JSON:
                report.show_answer_json(answer, self.saved, seconds)
            case Output.PATHS:
                report.show_paths(self.saved)
            case Output.TEXT:
                report.show_answer(answer.trace, self.saved, seconds)
        return 0

    async def _ask(self, router: AsyncRouter) -> ImagesResponse[AsyncImage]:
        errand, arguments = self.errand, self.errand.arguments
        return await router.images.generate(
            prompt=errand.prompt,
            model=arguments.model,
            n=arguments.n,
            size=arguments.size,
            quality=arguments.quality,
            style=arguments.style,
            seed=arguments.seed,
            negative_prompt=arguments.negative_prompt,
            output_format=arguments.output_format,
            output_compression=arguments.output_compression,
            response_format=arguments.response_format,
            background=arguments.background,
            moderation=arguments.moderation,
            user=arguments.user,
            metadata=errand.metadata,
            provider=errand.provider,
            timeout=errand.timeout,
            trace_id=None,
            cache_namespace=None,
            cache_force_refresh=False,
            extra_headers={},
            extra_body={},
            stream=None,
            partial_images=None,
            **arguments.others,
        )

    async def _failed(self, router: AsyncRouter, error: RoutingError) -> int:
        """Save what came all the same, and say what went wrong."""
        images = [AsyncImage(picture, router.images.fetch) for picture in error.pictures]
        with suppress(Failed):
            await self._save(images)
        show = report.show_failure
        if self.errand.output is Output.JSON:
            show = report.show_failure_json
        show(error, self.saved, time.monotonic() - self.began)
        return 1

    async def _save(self, images: Sequence[AsyncImage]) -> None:
        name = slug(self.errand.prompt)
        for image in images:
            try:
                data = await image.read()
                media = sniff_bytes(data[:4096])
                path = hang(self.errand.folder, name, data, media)
            except FetchError as error:
                raise Failed(f"a picture was made but could not be had: {error}") from None
            except OSError as error:
                raise Failed(f"{self.errand.folder} cannot be written: {error.strerror}") from None
            self.saved.append(
                report.Saved(path=path, media=media, size=len(data), picture=image.picture)
            )


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
