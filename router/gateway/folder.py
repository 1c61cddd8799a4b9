"""Folder: the workspace as it is now: its settings and its configs, read anew when files change."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from router.config.problems import ConfigError, Problem, render
from router.config.read import KEYS_FILES
from router.gateway.notices import Notices, Tell
from router.gateway.reader import Reader
from router.gateway.settings import Settings
from router.gateway.settings_file import SETTINGS_FILES, read_settings, settings_files
from router.workspace import Loaded, candidates, config_files, namesakes

log = logging.getLogger("router")

Stamp = tuple[int, int, int]
"""What tells that a file has changed: its time, its size, and which file it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What requests begin with. `broken` says of a config that cannot be used what is wrong.

    `stale` are the names of files that cannot be used as they are now: what they said before is.
    """

    settings: Settings
    configs: Mapping[str, Loaded] = field(default_factory=dict)
    broken: Mapping[str, str] = field(default_factory=dict)
    stale: tuple[str, ...] = ()

    def find(self, name: str) -> Loaded | None:
        """Return a config by its id or by an alias of it."""
        return self.configs.get(self.id_of(name))

    def id_of(self, name: str) -> str:
        return self.settings.aliases.get(name, name)


class Folder:
    """`state` is swapped whole: a request keeps the one that it began with.

    What is broken by an edit stays as it was before, and so does all of a folder that has lost its
    files; each is told once. Settings that are broken from the beginning let nobody in, and so
    does `guarded` where they name no API keys. Where callers need a key they need one until a
    file says otherwise, or the gateway is started anew: `keyed` says that they did before.
    """

    def __init__(
        self,
        reader: Reader,
        tell: Tell = log.error,
        *,
        note: Tell = log.warning,
        guarded: bool = False,
        keyed: bool = False,
    ) -> None:
        self.path = reader.folder
        self._reader = reader
        self._notices = Notices(tell, note)
        self._guarded = guarded
        self._stamps: Mapping[Path, Stamp] | None = None
        self._is_gone = False
        self._settings_name = SETTINGS_FILES[0] if keyed else None
        self._late: Sequence[str] = ()
        self.state = State(settings=Settings(is_closed=True))
        self.refresh()
        self._begun = self.state.settings

    def refresh(self) -> bool:
        """Read what has changed, and tell whether anything had. Files are read: call it beside."""
        stamps = self._look()
        if self._stamps and self._has_lost(stamps):
            return False
        if stamps == self._stamps:
            return False
        wrong: dict[str, str] = {}
        self.state = self._read(self.state, wrong)
        self._notices.settle(wrong, {path.name for path in stamps})
        if self._stamps is not None:
            self._tell_late(self.state.settings)
        self._stamps = stamps
        return True

    def _has_lost(self, stamps: Mapping[Path, Stamp]) -> bool:
        """Tell whether all files are gone, as in a move: that says nothing of who may call."""
        is_gone = not stamps
        if is_gone and not self._is_gone:
            self._notices.complain(
                f"{self.path} has none of its files any more; what they said holds until some are "
                "there, or the gateway is started anew"
            )
        if self._is_gone and not is_gone:
            self._notices.note(f"{self.path} has files again")
        self._is_gone = is_gone
        return is_gone

    def _tell_late(self, settings: Settings) -> None:
        """Say once which settings have changed that are read at the start only."""
        begun, now = _read_at_start(self._begun), _read_at_start(settings)
        late = [name for name in now if now[name] != begun[name]]
        if late and late != self._late:
            takes = "takes" if len(late) == 1 else "take"
            names = " and ".join(late)
            self._notices.note(
                f"{names} of {self._settings_name or SETTINGS_FILES[0]} "
                f"{takes} effect when the gateway is started anew"
            )
        self._late = late

    def _look(self) -> Mapping[Path, Stamp]:
        """Look at every file; there is none in a folder that cannot be read."""
        stamps: dict[Path, Stamp] = {}
        try:
            paths = [path for path in candidates(self.path) if _may_be_read(path)]
        except OSError:
            return stamps
        for path in (*paths, *(self.path / name for name in (*KEYS_FILES, *SETTINGS_FILES))):
            try:
                about = path.stat()
            except OSError:
                continue
            stamps[path] = (about.st_mtime_ns, about.st_size, about.st_ino)
        return stamps

    def _read(self, before: State, wrong: dict[str, str]) -> State:
        """Read all files, and put into `wrong` what is to be told of those that cannot be used."""
        configs: dict[str, Loaded] = {}
        broken: dict[str, str] = {}
        stale: set[str] = set()
        paths = [path for path in config_files(self.path) if _may_be_read(path)]
        doubled = {problem.file: problem for problem in namesakes(paths)}
        for path in paths:
            try:
                configs[path.stem] = self._config(path, doubled.get(str(path)))
            except ConfigError as error:
                culprits = _culprits(error, path)
                wrong.update(_complaint(error, path, culprits, is_kept=path.stem in before.configs))
                if path.stem in before.configs:
                    configs[path.stem] = before.configs[path.stem]
                    stale |= culprits
                else:
                    configs.pop(path.stem, None)  # nobody can tell which of two is meant
                    broken[path.stem] = str(error)
        settings = self._settings(before, [*configs, *broken], wrong)
        return State(
            settings=settings,
            configs=MappingProxyType(configs),
            broken=MappingProxyType(broken),
            stale=tuple(sorted(stale | (wrong.keys() & set(SETTINGS_FILES)))),
        )

    def _config(self, path: Path, doubled: Problem | None) -> Loaded:
        """Read a config, unless another one has its name already. Raises ConfigError."""
        if doubled is not None:
            raise ConfigError([doubled])
        return self._reader.file(path)

    def _settings(self, before: State, known: list[str], wrong: dict[str, str]) -> Settings:
        found = settings_files(self.path)
        if not found and self._settings_name is not None and before.settings.needs_key:
            name = self._settings_name
            wrong[name] = f"{name} is gone; its settings stay until the gateway is started anew"
            return before.settings
        self._settings_name = found[0].name if found else None
        try:
            settings = read_settings(self.path, known)
        except ConfigError as error:
            name = self._settings_name or SETTINGS_FILES[0]
            wrong[name] = f"{name} cannot be used, the settings stay as they were:\n{_shown(error)}"
            return before.settings
        return replace(settings, is_closed=True) if self._guarded else settings


def _may_be_read(path: Path) -> bool:
    """Tell what is no file, such as a pipe: it would be waited for in vain."""
    return path.is_file() or not path.exists()


def _read_at_start(settings: Settings) -> Mapping[str, object]:
    return {
        "log": settings.log,
        "artefacts": settings.artefacts,
        "public_url": settings.public_url,
    }


def _culprits(error: ConfigError, path: Path) -> set[str]:
    """Return the names of the files that keep a config from being used."""
    found = {one.file for one in error.problems if one.severity == "error"}
    return {Path(file).name for file in found if file is not None} or {path.name}


def _complaint(
    error: ConfigError, path: Path, culprits: set[str], *, is_kept: bool
) -> Mapping[str, str]:
    """Say what is wrong with a config, or once for all with the virtual keys that it reads."""
    if path.name in culprits:
        kept = ", it stays as it was" if is_kept else ""
        return {path.name: f"{path.name} cannot be used{kept}:\n{_shown(error)}"}
    name = min(culprits)
    return {name: f"{name} cannot be used, configs stay as they were:\n{_shown(error)}"}


def _shown(error: ConfigError) -> str:
    """Show what was found, each with the lines it is about."""
    return "\n".join(map(render, error.problems))
