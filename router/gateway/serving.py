"""Serving: which folder a gateway serves, and how."""

from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a gateway is served. Without a `folder` it is the shipped examples.

    One that is `guarded` lets nobody in without an API key, also where none are configured. One
    that is `keyed` had keys when it began: it does not open where their file is gone.
    """

    folder: str | None = None
    sandbox: bool = False
    workers: int = 1
    guarded: bool = False
    keyed: bool = False

    @property
    def path(self) -> Path:
        shipped = Path(str(files("router.cli") / "templates"))
        return shipped if self.folder is None else Path(self.folder)
