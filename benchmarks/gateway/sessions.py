"""Sessions: a server and all that it has started, in whatever groups, as Linux lists them."""

from collections.abc import Iterator
from pathlib import Path

PROC = Path("/proc")


def members(session: int) -> Iterator[Path]:
    """Yield the folder of each process of a session; its name is the process's number."""
    for process in PROC.glob("[0-9]*"):
        # pid (name) state parent group session ...; the name may hold anything
        fields = told(process / "stat").rpartition(")")[2].split()
        if fields[3:4] == [str(session)]:
            yield process


def told(path: Path) -> str:
    """Return what Linux tells of a process; nothing of one that has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""
