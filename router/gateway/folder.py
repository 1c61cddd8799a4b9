"""Folder: the workspace as it is now: its settings and its configs, read anew when files change."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from router.config.problems import ConfigError, render
from router.config.read import KEYS_FILES
from router.gateway.reader import Reader
from router.gateway.settings import Settings
from router.gateway.settings_file import SETTINGS_FILES, read_settings
from router.workspace import Loaded, config_files

log = logging.getLogger("router")

Stamp = tuple[int, int, int]
"""What tells that a file has changed: its time, its size, and which file it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What requests begin with. `broken` says of a config that cannot be used what is wrong."""

    settings: Settings
    configs: Mapping[str, Loaded] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)

    def find(self, name: str) -> Loaded | None:
        """Return a config by its id or by an alias of it."""
        return self.configs.get(self.id_of(name))

    def id_of(self, name: str) -> str:
        return self.settings.aliases.get(name, name)


class Folder:
    """`state` is swapped whole: a request keeps the one that it began with.

    What is broken by an edit stays as it was before, and is told once. Settings that are broken
    from the beginning let nobody in, and so does `guarded` where they name no API keys.
    """

    def __init__(
        self, reader: Reader, tell: Callable[[str], None] = log.error, *, guarded: bool = False
    ) -> None:
        self.path = reader.folder
        self._reader = reader
        self._tell = tell
        self._guarded = guarded
        self._told: dict[str, str] = {}
        self._stamps: Mapping[Path, Stamp] | None = None
        self.state = State(settings=Settings(is_closed=True))
        self.refresh()

    def refresh(self) -> bool:
        """Read what has changed, and tell whether anything had. Files are read: call it beside."""
        stamps = self._look()
        if stamps == self._stamps:
            return False
        self._stamps = stamps
        self.state = self._read(self.state)
        return True

    def _look(self) -> Mapping[Path, Stamp]:
        stamps: dict[Path, Stamp] = {}
        for path in self._files():
            try:
                about = path.stat()
            except OSError:
                continue
            stamps[path] = (about.st_mtime_ns, about.st_size, about.st_ino)
        return stamps

    def _files(self) -> list[Path]:
        """Return every file that is looked at, also those that may come."""
        beside = [self.path / name for name in (*KEYS_FILES, *SETTINGS_FILES)]
        try:
            return [*self._config_files(), *beside]
        except OSError:
            return beside

    def _config_files(self) -> list[Path]:
        """Return the configs; what is no file, such as a pipe, would be waited for in vain."""
        return [path for path in config_files(self.path) if path.is_file() or not path.exists()]

    def _read(self, before: State) -> State:
        configs, broken = self._configs(before)
        return State(
            settings=self._settings(before, [*configs, *broken]),
            configs=MappingProxyType(configs),
            broken=MappingProxyType(broken),
        )

    def _configs(self, before: State) -> tuple[dict[str, Loaded], dict[str, str]]:
        configs: dict[str, Loaded] = {}
        broken: dict[str, str] = {}
        for path in self._config_files():
            try:
                configs[path.stem] = self._reader.file(path)
                self._mended(path.name)
            except ConfigError as error:
                self._complain(path.name, f"{_kept(path.stem, before)}:\n{_shown(error)}")
                if path.stem in before.configs:
                    configs[path.stem] = before.configs[path.stem]
                else:
                    broken[path.stem] = str(error)
        return configs, broken

    def _settings(self, before: State, known: list[str]) -> Settings:
        try:
            settings = read_settings(self.path, known)
        except ConfigError as error:
            self._complain("gateway.yaml", f", the settings stay as they were:\n{_shown(error)}")
            return before.settings
        self._mended("gateway.yaml")
        return replace(settings, is_closed=True) if self._guarded else settings

    def _complain(self, name: str, why: str) -> None:
        """Tell what is wrong with a file, unless that has been told."""
        if self._told.get(name) != why:
            self._told[name] = why
            self._tell(f"{name} cannot be used{why}")

    def _mended(self, name: str) -> None:
        self._told.pop(name, None)


def _shown(error: ConfigError) -> str:
    """Show what was found, each with the lines it is about."""
    return "\n".join(map(render, error.problems))


def _kept(name: str, before: State) -> str:
    return ", it stays as it was" if name in before.configs else ""
