"""Rewriting: a file becomes another in one step, with the mode and the owner that it had."""

import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path


def rewrite(path: Path, content: bytes) -> None:
    """Write a file beside and put it in the place of the other. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileNotFoundError):
            _take_after(beside, path.stat())
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _take_after(path: Path, other: os.stat_result) -> None:
    # A file that root has edited must stay readable for whom it was written for.
    with suppress(PermissionError, AttributeError):
        os.chown(path, other.st_uid, other.st_gid)
    path.chmod(stat.S_IMODE(other.st_mode))
