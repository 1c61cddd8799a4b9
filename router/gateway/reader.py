"""Reader: compiles configs, those of files and those that requests bring."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from router.config.foreign import Stranger
from router.config.read import KEYS_FILES
from router.core.jsontypes import JSON
from router.view import Stage, furnish
from router.workspace import Loaded, Loader


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """`folder` has the virtual keys; `stage` is the sandbox, where there is one."""

    folder: Path
    loader: Loader
    stage: Stage | None = None

    def file(self, path: Path) -> Loaded:
        """Read the operator's config. Raises ConfigError."""
        loader = replace(self.loader, hides_keys=True)
        return self._met(loader.load(path, scope=path.stem))

    def sent(self, config: Mapping[str, JSON], *, scope: str, stranger: Stranger) -> Loaded:
        """Read a config that a request has brought. Raises ConfigError."""
        beside = (self.folder / name for name in KEYS_FILES)
        keys = next((path for path in beside if path.is_file()), None)
        loader = replace(self.loader, virtual_keys=keys)
        return self._met(loader.load(config, scope=scope, stranger=stranger))

    def _met(self, loaded: Loaded) -> Loaded:
        furnish(self.stage, loaded)
        return loaded
