"""Client: `AsyncRouter`, the library's face: compile once, execute many."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Self, TypedDict, Unpack

from router.answer import AsyncImage, ImagesResponse
from router.asking import Unaskable, Wishes, build_request
from router.config.model import targets_of
from router.core.http import NO_HEADERS, origin
from router.core.jsontypes import EMPTY, JSON
from router.core.ports import Sender, Store
from router.core.trace import Observer
from router.engine import Engine
from router.errors import routing_error
from router.fetch import fetch_picture
from router.workspace import ConfigSource, Loaded, Loader, TokenProvider


class RouterOptions(TypedDict, total=False):
    """What a router may be made with, besides its config.

    `virtual_keys` is a mapping or a path; `environment` replaces `os.environ`. `sandbox` answers
    every request from the built-in emulators, with keys of its own where variables are not set.
    `seed` makes load balancing and jitter repeatable. `sender`, `store` and `observers` are ports.
    `azure_ad_token_provider` returns a bearer token for Azure, or an awaitable of one.
    """

    virtual_keys: ConfigSource | None
    sender: Sender | None
    store: Store | None
    seed: int | str | None
    observers: Sequence[Observer]
    sandbox: bool
    environment: Mapping[str, str] | None
    azure_ad_token_provider: TokenProvider | None


class RequestOptions(TypedDict, total=False):
    """What `with_options` may set for the requests that follow.

    `config` is a name in the folder, or a config of its own. `timeout` is the deadline in seconds
    for the whole request. `metadata` adds to what was set before.
    """

    config: ConfigSource | None
    metadata: Mapping[str, JSON]
    trace_id: str | None
    timeout: float | None
    provider: str | None
    cache_namespace: str | None
    cache_force_refresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a router sees: its configs, the one in use, the engine they share, the wishes."""

    loader: Loader
    configs: Mapping[str, Loaded]
    loaded: Loaded
    engine: Engine
    wishes: Wishes = field(default_factory=Wishes)

    def find(self, config: ConfigSource) -> Loaded:
        """Return a config by its name in the folder, or load it."""
        if isinstance(config, str) and config in self.configs:
            return self.configs[config]
        return self.loader.load(config)


class AsyncRouter:
    """Routes image requests by a config.

    Raises ConfigError, with every problem at once, before any request. It belongs to the event
    loop of its first request. Close it, or use it as a context manager.
    """

    def __init__(self, config: ConfigSource, **options: Unpack[RouterOptions]) -> None:
        loader = make_loader(options)
        loaded = loader.load(config)
        engine = make_engine(options, (loaded,))
        self._view = View(loader=loader, configs={}, loaded=loaded, engine=engine)

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
        loader = make_loader(options)
        configs = loader.load_folder(Path(folder))
        if default not in configs:
            known = ", ".join(configs) or "none"
            raise LookupError(f"{default!r} is no config in {folder}; known configs: {known}")
        engine = make_engine(options, tuple(configs.values()))
        view = View(loader=loader, configs=configs, loaded=configs[default], engine=engine)
        return cls._of(view)

    @classmethod
    def _of(cls, view: View) -> Self:
        router = cls.__new__(cls)
        router._view = view  # noqa: SLF001  this class's own
        return router

    @property
    def view(self) -> View:
        """What this router sees; for the blocking face."""
        return self._view

    @property
    def images(self) -> "AsyncImages":
        return AsyncImages(self._view)

    def with_options(self, **options: Unpack[RequestOptions]) -> Self:
        """Return a router with other options; both share connections, breakers and cache."""
        view = self._view
        config = options.get("config")
        wishes = view.wishes.adding(
            metadata=options.get("metadata", EMPTY),
            trace_id=options.get("trace_id"),
            timeout=options.get("timeout"),
            provider=options.get("provider"),
            cache_namespace=options.get("cache_namespace"),
            cache_force_refresh=options.get("cache_force_refresh"),
        )
        loaded = view.loaded if config is None else view.find(config)
        return self._of(replace(view, loaded=loaded, wishes=wishes))

    async def aclose(self) -> None:
        """Close the connections. Closing twice is no error."""
        await self._view.engine.aclose()

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
        return f"{type(self).__name__}({self._view.loaded.document.source!r})"


class AsyncImages:
    """What may be asked of pictures."""

    def __init__(self, view: View) -> None:
        self._view = view

    async def generate(
        self,
        /,
        *,
        prompt: str,
        model: str | None = None,
        n: int | None = None,
        size: str | None = None,
        quality: str | None = None,
        style: str | None = None,
        response_format: str | None = None,
        output_format: str | None = None,
        output_compression: int | None = None,
        background: str | None = None,
        moderation: str | None = None,
        user: str | None = None,
        seed: int | None = None,
        negative_prompt: str | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  it bounds the request, not this coroutine
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool | None = None,
        **params: JSON,
    ) -> ImagesResponse[AsyncImage]:
        """Generate pictures from a prompt.

        The keywords are those of OpenAI's `images.generate`; any other one is passed on too, and
        adapted or dropped, with a note in the trace, where a provider does not know it. What is
        in `extra_body` goes to the provider as it is. `timeout` is the deadline in seconds for
        the whole request, retries and fallbacks included. Cancelling cancels the upstream call.

        Raises RoutingError, by its kind one of its subclasses, where no target gave the pictures.
        """
        params |= {
            "prompt": prompt,
            "model": model,
            "n": n,
            "size": size,
            "quality": quality,
            "style": style,
            "response_format": response_format,
            "output_format": output_format,
            "output_compression": output_compression,
            "background": background,
            "moderation": moderation,
            "user": user,
            "seed": seed,
            "negative_prompt": negative_prompt,
        }
        wishes = self._view.wishes.adding(
            metadata=metadata,
            trace_id=trace_id,
            timeout=timeout,
            provider=provider,
            cache_namespace=cache_namespace,
            cache_force_refresh=cache_force_refresh,
        )
        return await self._ask(params, wishes, extra_headers, extra_body)

    async def _ask(
        self,
        params: Mapping[str, JSON],
        wishes: Wishes,
        extra_headers: Mapping[str, str],
        extra_body: Mapping[str, JSON],
    ) -> ImagesResponse[AsyncImage]:
        engine = self._view.engine
        try:
            request = build_request(params, wishes, extra_headers, extra_body)
        except Unaskable as refused:
            raise routing_error(refused.failure, engine.begin_trace(wishes)) from None
        pictures, trace = await engine.run(self._view.loaded, request, wishes)
        data = tuple(AsyncImage(picture, self.fetch) for picture in pictures.data)
        return ImagesResponse(pictures, data, trace)

    async def fetch(self, url: str) -> bytes:
        """Return the picture behind a URL. Raises FetchError."""
        return await fetch_picture(url, self._view.engine.sender)


def make_loader(options: RouterOptions) -> Loader:
    """Return the reader of configs that the options describe."""
    environment = options.get("environment")
    if environment is None:
        environment = os.environ
    if options.get("sandbox"):
        from router.sandbox.environment import SandboxEnvironment

        environment = SandboxEnvironment(environment)
    return Loader(
        environment=environment,
        virtual_keys=options.get("virtual_keys"),
        token_provider=options.get("azure_ad_token_provider"),
    )


def make_engine(options: RouterOptions, configs: Sequence[Loaded]) -> Engine:
    """Return the engine that the options describe."""
    sender = options.get("sender")
    if sender is None and options.get("sandbox"):
        from router.sandbox.in_process import SandboxSender

        sender = SandboxSender(hosts=_custom_hosts(configs))
    return Engine(
        sender=sender,
        store=options.get("store"),
        seed=options.get("seed"),
        observers=options.get("observers", ()),
    )


def _custom_hosts(configs: Sequence[Loaded]) -> dict[str, str]:
    """Return the provider behind each host of its own that a config names."""
    return {
        origin(target.base_url): target.provider
        for loaded in configs
        for target in targets_of(loaded.document.route)
        if target.base_url is not None and target.provider is not None
    }
