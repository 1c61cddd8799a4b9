"""View: a router opened: its configs, the engine they share, and what its requests wish for."""

import os
import re
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from router.artefacts.stores import Directory
from router.asking import Unaskable, Wishes, build_request
from router.config.problems import did_you_mean
from router.core.finishing import ArtefactStore
from router.core.images import ImageRequest, Operation, Pictures
from router.core.jsontypes import JSON
from router.core.ports import Sender
from router.core.trace import Trace
from router.desk import Extras
from router.engine import Engine
from router.errors import routing_error
from router.feed import Feed
from router.options import ConfigSource, RequestOptions, RouterOptions
from router.originals.given import Given
from router.originals.taking import take_originals
from router.workspace import Loaded, Loader, own_hosts

NAME = re.compile(r"[\w-]+")
"""What can only be the name of a config: a path has a dot or a slash, a text a colon."""


class Stage(Sender, Protocol):
    """A sender that stands in for providers at their own hosts, and at others once told."""

    def host(self, url: str, provider: str) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """`configs` are those of a folder by name; `loaded` is the one in use.

    `stage` is the sandbox, where there is one: it learns the hosts of configs that come later.
    """

    loader: Loader
    configs: Mapping[str, Loaded]
    loaded: Loaded
    engine: Engine
    stage: Stage | None = None
    wishes: Wishes = field(default_factory=Wishes)

    def with_options(self, options: RequestOptions) -> "View":
        check_names(options, RequestOptions)
        config = options.get("config")
        loaded = self.loaded if config is None else self._find(config)
        return replace(self, loaded=loaded, wishes=self.wishes.adding(options))

    async def prepare(
        self,
        params: Mapping[str, JSON],
        extras: Extras,
        options: RequestOptions,
        operation: Operation,
        given: Given,
    ) -> "Prepared":
        """Make a request. Raises RoutingError where it is none."""
        wishes = self.wishes.adding(options)
        headers, body = extras
        try:
            request = build_request(params, wishes, headers or {}, body or {}, operation=operation)
            request = await take_originals(request, given, self.fetch, self.loaded.own)
        except Unaskable as refused:
            raise routing_error(refused.failure, self.engine.begin_trace(wishes)) from None
        return Prepared(self.engine, self.loaded, request, wishes)

    async def fetch(self, url: str) -> bytes:
        """Return the picture behind a URL. Raises FetchError."""
        return await self.engine.fetch(url, own=self.loaded.own)

    def _find(self, config: ConfigSource) -> Loaded:
        """Return a config by its name in the folder, or load it."""
        if isinstance(config, str) and config in self.configs:
            return self.configs[config]
        if isinstance(config, str) and self.configs and NAME.fullmatch(config):
            raise LookupError(_unknown(config, self.configs))
        loaded = self.loader.load(config)
        furnish(self.stage, loaded)
        return loaded


@dataclass(slots=True)
class Prepared:
    """A request that can be executed."""

    engine: Engine
    loaded: Loaded
    request: ImageRequest
    wishes: Wishes

    def run(self) -> Coroutine[object, object, tuple[Pictures, Trace]]:
        """Execute it. Raises RoutingError where no target answered it."""
        return self.engine.run(self.loaded, self.request, self.wishes)

    def stream(self) -> Feed:
        """Begin it; its pictures come one after the other."""
        return self.engine.stream(self.loaded, self.request, self.wishes)


def open_config(config: ConfigSource, options: RouterOptions) -> View:
    """Raise ConfigError, with every problem, for a config that cannot be used."""
    check_names(options, RouterOptions)
    loader = _loader(options)
    loaded = loader.load(config)
    stage = _stage(options, (loaded,))
    engine = _engine(options, stage)
    return View(loader=loader, configs={}, loaded=loaded, engine=engine, stage=stage)


def open_folder(folder: Path, default: str, options: RouterOptions) -> View:
    """Raise ConfigError as `open_config`, and LookupError where `default` is not in the folder."""
    check_names(options, RouterOptions)
    loader = _loader(options)
    configs = loader.load_folder(folder)
    if default not in configs:
        raise LookupError(_unknown(default, configs))
    stage = _stage(options, configs.values())
    engine = _engine(options, stage)
    return View(loader=loader, configs=configs, loaded=configs[default], engine=engine, stage=stage)


def _unknown(name: str, configs: Mapping[str, Loaded]) -> str:
    known = ", ".join(configs) or "none"
    hint = did_you_mean(name, configs)
    return f"{name!r} is no config of this router; known configs: {known}" + (hint and f"; {hint}")


def check_names(options: Mapping[str, object], known: type) -> None:
    """Raise TypeError for a name that is no option: a misspelt `sandbox` would cost money."""
    for name in options:
        if name not in known.__annotations__:
            hint = did_you_mean(name, known.__annotations__)
            known_names = ", ".join(known.__annotations__)
            raise TypeError(f"there is no option {name!r}; {hint or f'known: {known_names}'}")


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
        catalog=options.get("catalog"),
    )


def _engine(options: RouterOptions, stage: Stage | None) -> Engine:
    sender = options.get("sender")
    return Engine(
        sender=stage if sender is None else sender,
        store=options.get("store"),
        seed=options.get("seed"),
        observers=options.get("observers", ()),
        artefacts=_artefacts(options.get("artefacts")),
    )


def _artefacts(given: ArtefactStore | str | Path | None) -> ArtefactStore | None:
    """Return the store that is given, or one in the folder that is."""
    return Directory(Path(given)) if isinstance(given, str | Path) else given


def _stage(options: RouterOptions, configs: Iterable[Loaded]) -> Stage | None:
    """Make the sandbox, where one is asked for and no sender given."""
    if options.get("sender") is not None or not options.get("sandbox"):
        return None
    from router.sandbox.in_process import SandboxSender

    stage = SandboxSender()
    for loaded in configs:
        furnish(stage, loaded)
    return stage


def furnish(stage: Stage | None, loaded: Loaded) -> None:
    """Tell the sandbox a config's own hosts, as far as it knows the providers behind them."""
    if stage is None:
        return
    from router.emulators.registry import emulator

    for url, provider in own_hosts(loaded.document):
        if provider is not None and emulator(provider) is not None:
            stage.host(url, provider)
