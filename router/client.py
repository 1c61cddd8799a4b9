"""Client: `AsyncRouter`, the library's face: compile once, execute many.

Importing it loads neither the engine nor an event loop: what compiles and executes is imported
when a router is made.
"""

from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from router.images import AsyncImages
from router.options import ConfigSource, RequestOptions, RouterOptions


class AsyncRouter:
    """Routes image requests by a config.

    Raises ConfigError, with every problem at once, before any request. It belongs to the event
    loop of its first request. Close it, or use it as a context manager.
    """

    def __init__(self, config: ConfigSource, **options: Unpack[RouterOptions]) -> None:
        from router.view import open_config

        self.view = open_config(config, options)

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
        from router.view import open_folder

        router = cls.__new__(cls)
        router.view = open_folder(Path(folder), default, options)
        return router

    @property
    def images(self) -> AsyncImages:
        return AsyncImages(self.view)

    def with_options(self, **options: Unpack[RequestOptions]) -> Self:
        """Return a router with other options; both share connections, breakers and cache."""
        other = copy(self)
        other.view = self.view.with_options(options)
        return other

    async def aclose(self) -> None:
        """Close the connections. Closing twice is no error."""
        await self.view.engine.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.view.loaded.document.source!r})"
