"""Output file: what a command was asked to write, and whether it may be, told before it works."""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from router.cli.rewriting import write_new, write_out
from router.cli.terminal import Failed

BEGINNING = 1000  # bytes, in which a file says what made it


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFile:
    """A file that a command makes in a folder that is there: one that is not was mistyped.

    It replaces what begins with `mark`, which is a `kind` of file, and anything else by `force`
    alone; but never what the command itself reads.
    """

    path: Path
    force: bool
    kind: str = ""
    mark: str | None = None

    def need_room(self, inputs: Iterable[Path]) -> None:
        """Raise Failed where it cannot be written; `inputs` are looked at if there is a file."""
        try:
            if self.path.exists() and any(self._is(other) for other in inputs):
                raise Failed(f"{self.path} is read by this run; write to another file")
            self._need_free()
            self._need_place()
        except OSError as error:
            raise self._failed(error.strerror or str(error)) from None

    def write(self, text: str) -> None:
        """Write it, whole or not at all. Raises Failed, also where a file has come meanwhile."""
        try:
            self._need_free()
        except OSError as error:
            raise self._failed(error.strerror or str(error)) from None
        if self.force or self.path.exists():
            write_out(self.path, text)
            return
        try:
            write_new(self.path, text)
        except FileExistsError:
            raise self._taken() from None

    def _is(self, other: Path) -> bool:
        return other.exists() and self.path.samefile(other)

    def _need_free(self) -> None:
        if not (self.force or self._is_free()):
            raise self._taken()

    def _is_free(self) -> bool:
        """Tell whether nothing is lost; a pipe or a device loses nothing."""
        if not self.path.is_file():
            return True
        with self.path.open("rb") as file:
            begins = file.read(BEGINNING)
        return not begins or (self.mark is not None and self.mark.encode() in begins)

    def _need_place(self) -> None:
        real = self.path.resolve()
        if not real.parent.is_dir():
            raise self._failed(f"there is no folder {self.path.parent}")
        if not real.is_file() and real.exists():
            return  # a pipe or a device, which is not replaced
        if not os.access(real.parent, os.W_OK | os.X_OK):
            raise self._failed("its folder is read-only for you")

    def _failed(self, reason: str) -> Failed:
        return Failed(f"{self.path} cannot be written: {reason}")

    def _taken(self) -> Failed:
        other = f" and is no {self.kind}" if self.kind else ""
        return Failed(f"{self.path} exists{other}; --force writes over it")
