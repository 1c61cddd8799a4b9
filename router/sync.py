"""Sync: `Router`, the blocking face: the same engine on one event loop in a thread of its own."""

import threading
import weakref
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Concatenate, Generic, ParamSpec, Protocol, Self, TypeVar, Unpack

import anyio
from anyio.from_thread import BlockingPortal

from router.answer import Run
from router.client import AsyncRouter
from router.engine import Engine
from router.images import AsyncImages
from router.loop_thread import LoopThread
from router.options import ConfigSource, RequestOptions, RouterOptions

P = ParamSpec("P")
T = TypeVar("T")
HeldT_co = TypeVar("HeldT_co", covariant=True)

LAST_WORDS = 5.0  # seconds that an interrupted request is given to record its attempt


class Errand(Generic[T]):
    """One piece of work on the loop, which can be called off from another thread."""

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._scope: anyio.CancelScope | None = None
        self._ended = threading.Event()

    async def run(self) -> T:
        """Do the work. Nobody hears of its end once it was called off."""
        with anyio.CancelScope() as self._scope:
            try:
                return await self._work()
            finally:
                self._ended.set()
        raise RuntimeError("the work was called off")

    def call_off(self, portal: BlockingPortal) -> None:
        """Cancel the work, and give it a moment to record that."""
        if self._ended.is_set():
            return
        with suppress(RuntimeError):  # the loop may be closing
            portal.start_task_soon(self._cancel)
        self._ended.wait(LAST_WORDS)

    async def _cancel(self) -> None:
        # It came later through the same door, so work that has not begun by now never was asked.
        if self._scope is None:
            self._ended.set()
        else:
            self._scope.cancel()


class Home:
    """Runs work on a loop thread, and ends the thread when nobody holds the home any more."""

    def __init__(self, engine: Engine) -> None:
        self._thread = LoopThread(engine)
        self.close = weakref.finalize(self, self._thread.close)

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run `work` to its end and return what it returns; an interrupt cancels it."""
        portal = self._thread.portal()
        errand = Errand(work)
        try:
            return portal.start_task_soon(errand.run).result()
        except CancelledError:
            raise RuntimeError("this router was closed while the request was under way") from None
        except BaseException:
            errand.call_off(portal)
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


class Blockable(Protocol[HeldT_co]):
    """What the methods of `AsyncImages` return."""

    def blocked(self, run: Run, /) -> HeldT_co:
        """Return the same for code that does not await."""
        ...


def blocking(
    method: Callable[Concatenate[AsyncImages, P], Coroutine[object, object, Blockable[HeldT_co]]],
) -> Callable[Concatenate["Images", P], HeldT_co]:
    """Return the blocking form of a method of `AsyncImages`, with the same keywords."""

    def call(self: "Images", /, *args: P.args, **keywords: P.kwargs) -> HeldT_co:
        async def work() -> Blockable[HeldT_co]:
            return await method(self.core, *args, **keywords)

        return self.home.run(work).blocked(self.home.run)

    call.__doc__ = method.__doc__
    call.__name__ = method.__name__
    return call


class Images:
    """What may be asked of pictures, blocking."""

    def __init__(self, core: AsyncImages, home: Home) -> None:
        self.core = core
        self.home = home

    generate = blocking(AsyncImages.generate)
    edit = blocking(AsyncImages.edit)
    create_variation = blocking(AsyncImages.create_variation)
