"""Workspace: configs, read and compiled once, by name."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, is_dataclass, replace
from pathlib import Path

from router.compiler import compile_document
from router.config.foreign import Stranger
from router.config.kinds import kind_of
from router.config.model import Document, KeyRef, TargetRoute, targets_of
from router.config.problems import ConfigError, Problem
from router.config.read import KEYS_FILES, read
from router.core.adapter import Adapter
from router.core.catalog import Catalog
from router.core.http import origin
from router.core.node import Node
from router.core.ports import Vault
from router.core.provider import ProviderInfo, info_of
from router.keys.vault import EnvVault
from router.options import ConfigSource, TokenProvider
from router.providers.catalog import catalog_of
from router.providers.registry import INSTALLED, adapter, providers

GATEWAY_FILES = ("gateway.yaml", "gateway.yml", "gateway.json")
"""Where a folder has the settings of its gateway."""

NO_CONFIGS = (*KEYS_FILES, *GATEWAY_FILES)
"""Files in a folder of configs that are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """One config, ready to execute requests. `own` are the origins of the hosts that it names.

    `forwards` tells whether some target passes on headers that came with a request.
    """

    tree: Node
    vault: Vault
    document: Document
    own: frozenset[str]
    forwards: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader:
    """Reads and compiles configs, all with the same keys and environment.

    `hides_keys` keeps the names of virtual keys from those who ask for one that there is not.
    """

    environment: Mapping[str, str]
    virtual_keys: ConfigSource | None = None
    token_provider: TokenProvider | None = None
    adapters: tuple[Adapter, ...] = ()
    catalog: ConfigSource | Sequence[ConfigSource] | None = None
    hides_keys: bool = False

    @property
    def providers(self) -> tuple[ProviderInfo, ...]:
        """The providers that configs may name: the caller's own, and those of the registry."""
        own = tuple(info_of(one.provider) for one in self.adapters)
        names = {info.name for info in own}
        return (*own, *(info for info in providers() if info.name not in names))

    def load(
        self, source: ConfigSource, scope: str | None = None, *, stranger: Stranger | None = None
    ) -> Loaded:
        """Raise ConfigError, with every problem, for a config that cannot be used.

        What a `stranger` has sent is a mapping or a text, and uses only what that one may.
        """
        document = read(
            source,
            providers=self.providers,
            virtual_keys=self.virtual_keys,
            environment=self.environment,
            has_token_provider=self.token_provider is not None,
            elsewhere=INSTALLED,
            catalog=self.catalog,
            catalog_of=catalog_of,
            stranger=stranger,
        )
        tree = compile_document(
            document,
            providers=self.providers,
            adapter_of=lambda name: informed(self._adapter(name), document.catalogs),
            scope=scope or document.source,
            hides_keys=self.hides_keys or stranger is not None,
        )
        vault = EnvVault(
            keys=document.keys,
            environment=self.environment,
            base=document.base,
            token_provider=self.token_provider,
        )
        own = frozenset(origin(url) for url, _ in own_hosts(document))
        forwards = any(one.settings.forward_headers for one in targets_of(document.route))
        return Loaded(tree=tree, vault=vault, document=document, own=own, forwards=forwards)

    def _adapter(self, name: str) -> Adapter:
        """Return the caller's own adapter of a provider, else the registry's."""
        own = (one for one in self.adapters if one.provider == name)
        return next(own, None) or adapter(name)

    def load_folder(self, folder: Path) -> dict[str, Loaded]:
        """Load every config of a folder by its file's name. Raises ConfigError for all of them."""
        loaded: dict[str, Loaded] = {}
        paths = _listed(folder)
        problems = list(namesakes(paths))
        for path in paths:
            try:
                loaded[path.stem] = self.load(path, scope=path.stem)
            except ConfigError as error:
                problems += error.problems
        if problems:
            raise ConfigError(problems)
        return loaded


def informed(adapter: Adapter, catalogs: Mapping[str, Catalog]) -> Adapter:
    """Return the adapter with a user's own models laid over those it knows.

    An adapter of somebody else's that has no `catalog` stays as it is.
    """
    own, known = catalogs.get(adapter.provider), getattr(adapter, "catalog", None)
    if own is None or not isinstance(known, Catalog) or not is_dataclass(adapter):
        return adapter
    return replace(adapter, catalog=known.overlaid(own))


def own_hosts(document: Document) -> Iterator[tuple[str, str | None]]:
    """Yield each host that a config's keys and targets name, and the provider if that is told.

    The targets come last: theirs is the last word on a host, as a key may be there for nobody.
    """
    named: list[TargetRoute | KeyRef] = [*document.keys.values(), *targets_of(document.route)]
    for one in named:
        if one.base_url is not None:
            yield one.base_url, one.provider


def config_files(folder: Path) -> Iterator[Path]:
    """Yield a folder's configs in order; scenarios and what a command has printed are none."""
    yield from (path for path in candidates(folder) if kind_of(path) == "config")


def candidates(folder: Path) -> Iterator[Path]:
    """Yield what is a config by its name, in order; virtual keys and routing tests are none."""
    for path in sorted(folder.iterdir()):
        is_config = path.suffix in {".yaml", ".yml", ".json"} and ".test." not in path.name
        if is_config and path.name not in NO_CONFIGS and not path.name.startswith("."):
            yield path


def namesakes(paths: Iterable[Path]) -> Iterator[Problem]:
    """Yield a problem for each config whose name another one of its folder has already."""
    files: dict[tuple[Path, str], Path] = {}
    for path in paths:
        first = files.setdefault((path.parent, path.stem), path)
        if first != path:
            message = f"{path.stem!r} is the name of {path.name} and of {first.name}"
            yield _problem(path, message, "rename one")


def _listed(folder: Path) -> list[Path]:
    """Return a folder's configs. Raises ConfigError where there is no folder to read."""
    try:
        return list(config_files(folder))
    except FileNotFoundError:
        problem = _problem(folder, "the folder does not exist")
    except NotADirectoryError:
        hint = "Router.from_file reads one config"
        problem = _problem(folder, "is a file; expected a folder of configs", hint)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        problem = _problem(folder, f"the folder cannot be read: {reason}")
    raise ConfigError([problem])


def _problem(path: Path, message: str, hint: str = "") -> Problem:
    return Problem(message=message, place="config", hint=hint, code="no-config", file=str(path))
