"""Page file: whether a page may be written where it is to be, told before a run of minutes."""

import os
from collections.abc import Iterable
from pathlib import Path

from router.cli.terminal import Failed

BEGINNING = 1000  # bytes, in which a page says what made it


def need_room(path: Path, inputs: Iterable[Path], mark: str, *, force: bool) -> None:
    """Raise Failed where a page cannot be written, or would replace what is no page with `mark`.

    What the run itself reads is never replaced. Folders are made.
    """
    try:
        if any(other.exists() and path.exists() and path.samefile(other) for other in inputs):
            raise Failed(f"{path} is read by this run; write the page to another file")
        if not (force or _is_free(path, mark)):
            raise Failed(
                f"{path} exists and is no page of 'pixroute simulate'; --force replaces it"
            )
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror or error}") from None
    if not os.access(path.parent, os.W_OK | os.X_OK):
        raise Failed(f"{path} cannot be written: its folder is read-only for you")


def _is_free(path: Path, mark: str) -> bool:
    """Tell whether nothing is lost; a pipe or a device loses nothing."""
    if not path.is_file():
        return True
    with path.open("rb") as file:
        begins = file.read(BEGINNING)
    return not begins or mark.encode() in begins
