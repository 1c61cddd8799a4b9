"""View: a router opened: its configs, the engine they share, and what its requests wish for."""

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from router.asking import Unaskable, Wishes, build_request
from router.config.model import KeyRef, TargetRoute, targets_of
from router.core.http import origin
from router.core.images import Pictures
from router.core.jsontypes import JSON
from router.core.trace import Trace
from router.engine import Engine
from router.errors import routing_error
from router.fetch import fetch_picture
from router.options import ConfigSource, RequestOptions, RouterOptions
from router.workspace import Loaded, Loader


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`configs` are those of a folder by name; `loaded` is the one in use."""

    loader: Loader
    configs: Mapping[str, Loaded]
    loaded: Loaded
    engine: Engine
    wishes: Wishes = field(default_factory=Wishes)

    def with_options(self, options: RequestOptions) -> "View":
        config = options.get("config")
        loaded = self.loaded if config is None else self._find(config)
        return replace(self, loaded=loaded, wishes=self.wishes.adding(options))

    async def ask(
        self,
        params: Mapping[str, JSON],
        extra_headers: Mapping[str, str],
        extra_body: Mapping[str, JSON],
        options: RequestOptions,
    ) -> tuple[Pictures, Trace]:
        """Execute a request. Raises RoutingError where it is none, or no target answered it."""
        wishes = self.wishes.adding(options)
        try:
            request = build_request(params, wishes, extra_headers or {}, extra_body or {})
        except Unaskable as refused:
            raise routing_error(refused.failure, self.engine.begin_trace(wishes)) from None
        return await self.engine.run(self.loaded, request, wishes)

    async def fetch(self, url: str) -> bytes:
        """Return the picture behind a URL. Raises FetchError."""
        own = frozenset(origin(host) for host, _ in _own_hosts(self.loaded))
        return await fetch_picture(url, self.engine.sender, own=own)

    def _find(self, config: ConfigSource) -> Loaded:
        """Return a config by its name in the folder, or load it."""
        if isinstance(config, str) and config in self.configs:
            return self.configs[config]
        return self.loader.load(config)


def open_config(config: ConfigSource, options: RouterOptions) -> View:
    """Raise ConfigError, with every problem, for a config that cannot be used."""
    loader = _loader(options)
    loaded = loader.load(config)
    return View(loader=loader, configs={}, loaded=loaded, engine=_engine(options, (loaded,)))


def open_folder(folder: Path, default: str, options: RouterOptions) -> View:
    """Raise ConfigError as `open_config`, and LookupError where `default` is not in the folder."""
    loader = _loader(options)
    configs = loader.load_folder(folder)
    if default not in configs:
        known = ", ".join(configs) or "none"
        raise LookupError(f"{default!r} is no config in {folder}; known configs: {known}")
    engine = _engine(options, tuple(configs.values()))
    return View(loader=loader, configs=configs, loaded=configs[default], engine=engine)


def _loader(options: RouterOptions) -> Loader:
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
        adapters=tuple(options.get("adapters", ())),
    )


def _engine(options: RouterOptions, configs: Sequence[Loaded]) -> Engine:
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
        origin(host): provider
        for loaded in configs
        for host, provider in _own_hosts(loaded)
        if provider is not None
    }


def _own_hosts(loaded: Loaded) -> Iterator[tuple[str, str | None]]:
    """Yield each host that a config's targets and keys name, and the provider if that is told."""
    document = loaded.document
    named: list[TargetRoute | KeyRef] = [*targets_of(document.route), *document.keys.values()]
    for one in named:
        if one.base_url is not None:
            yield one.base_url, one.provider
