"""Sync: `Router`, the blocking face: the same engine on one event loop in a thread of its own."""

import os
import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Concatenate, ParamSpec, Self, TypeVar, Unpack

from anyio.from_thread import BlockingPortal, start_blocking_portal

from router.answer import AsyncImage, BlockingImage, ImagesResponse
from router.client import AsyncImages, AsyncRouter
from router.engine import Engine
from router.options import ConfigSource, RequestOptions, RouterOptions

P = ParamSpec("P")
T = TypeVar("T")

LAST_WORDS = 5.0  # seconds that an interrupted request is given to record its attempt


class LoopThread:
    """An engine and the thread whose event loop it lives on.

    The thread starts at the first call. After a fork it is gone, so engine and thread are made
    anew in the child.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._lease: AbstractContextManager[BlockingPortal] | None = None
        self._portal: BlockingPortal | None = None
        self._pid = os.getpid()
        self._closed = False

    def settled(self) -> BlockingPortal:
        """Return the way into the running loop."""
        with self._lock:
            if self._closed:
                raise RuntimeError("this router is closed; make a new one")
            if self._pid != os.getpid():
                self._engine.renew()
                self._portal, self._pid = None, os.getpid()
            if self._portal is None:
                self._lease = start_blocking_portal()
                self._portal = self._lease.__enter__()
            return self._portal

    def close(self) -> None:
        """End the thread. Closing twice, or in a forked child, is no error."""
        with self._lock:
            self._closed = True
            portal, lease = self._portal, self._lease
            self._portal = self._lease = None
        if portal is not None and lease is not None and self._pid == os.getpid():
            portal.call(self._engine.aclose)
            lease.__exit__(None, None, None)


class Home:
    """Runs work on a loop thread, and ends the thread when nobody holds the home any more."""

    def __init__(self, engine: Engine) -> None:
        self._thread = LoopThread(engine)
        self.close = weakref.finalize(self, self._thread.close)

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` to its end and return what it returns; an interrupt cancels it."""
        portal = self._thread.settled()
        ended = threading.Event()

        async def to_the_end() -> T:
            try:
                return await work()
            finally:
                ended.set()

        future = portal.start_task_soon(to_the_end)
        try:
            return future.result()
        except BaseException:
            if future.cancel():
                ended.wait(LAST_WORDS)
            raise


class Router:
    """Routes image requests by a config, blocking. Many threads may use one at once.

    Raises ConfigError, with every problem at once, before any request. Close it, or use it as a
    context manager; a program that ends closes it too.
    """

    def __init__(self, config: ConfigSource, **options: Unpack[RouterOptions]) -> None:
        self._core = AsyncRouter(config, **options)
        self._home = Home(self._core.view.engine)

    @classmethod
    def from_file(cls, path: str | Path, **options: Unpack[RouterOptions]) -> Self:
        """Read a config file, with the `virtual-keys.yaml` beside it if there is one."""
        return cls(Path(path), **options)

    @classmethod
    def from_folder(
        cls, folder: str | Path, *, default: str, **options: Unpack[RouterOptions]
    ) -> Self:
        """Read every config of a folder; `with_options(config=NAME)` chooses among them.

        Raises LookupError where `default` is none of them.
        """
        return cls._of(AsyncRouter.from_folder(folder, default=default, **options))

    @classmethod
    def _of(cls, core: AsyncRouter, home: Home | None = None) -> Self:
        router = cls.__new__(cls)
        router._core = core  # noqa: SLF001  this class's own
        router._home = home or Home(core.view.engine)  # noqa: SLF001
        return router

    @property
    def images(self) -> "Images":
        return Images(self._core.images, self._home)

    def with_options(self, **options: Unpack[RequestOptions]) -> Self:
        """Return a router with other options; both share connections, breakers and cache."""
        return self._of(self._core.with_options(**options), self._home)

    def close(self) -> None:
        """Close the connections and end the thread. Closing twice is no error."""
        self._home.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return repr(self._core).replace("AsyncRouter", "Router", 1)


def blocking(
    method: Callable[
        Concatenate[AsyncImages, P], Coroutine[object, object, ImagesResponse[AsyncImage]]
    ],
) -> Callable[Concatenate["Images", P], ImagesResponse[BlockingImage]]:
    """Return the blocking form of a method of `AsyncImages`, with the same keywords."""

    def call(
        self: "Images", /, *args: P.args, **keywords: P.kwargs
    ) -> ImagesResponse[BlockingImage]:
        async def work() -> ImagesResponse[AsyncImage]:
            return await method(self.core, *args, **keywords)

        return self.held(self.home.run(work))

    call.__doc__ = method.__doc__
    call.__name__ = method.__name__
    return call


class Images:
    """What may be asked of pictures, blocking."""

    def __init__(self, core: AsyncImages, home: Home) -> None:
        self.core = core
        self.home = home

    generate = blocking(AsyncImages.generate)

    def held(self, answer: ImagesResponse[AsyncImage]) -> ImagesResponse[BlockingImage]:
        """Return the answer with pictures that fetch themselves blocking."""
        return answer.of(lambda image: BlockingImage(image.picture, self._fetch))

    def _fetch(self, url: str) -> bytes:
        async def work() -> bytes:
            return await self.core.fetch(url)

        return self.home.run(work)
