"""Footprint: the resident memory of a session's processes, added up, as Linux accounts for it.

What two processes share is counted for both.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")


def resident(session: int) -> int:
    """Bytes in memory now."""
    return sum(_bytes(process, "VmRSS") for process in _processes(session))


def peak(session: int) -> int:
    """Bytes at each one's peak since `forget_peaks`."""
    return sum(_bytes(process, "VmHWM") for process in _processes(session))


def forget_peaks(session: int) -> None:
    for process in _processes(session):
        with suppress(OSError):  # it has ended meanwhile
            (process / "clear_refs").write_text("5")


def _processes(session: int) -> Iterator[Path]:
    for process in PROC.glob("[0-9]*"):
        # pid (name) state parent group session ...; the name may hold anything
        fields = _read(process / "stat").rpartition(")")[2].split()
        if fields[3:4] == [str(session)]:
            yield process


def _bytes(process: Path, field: str) -> int:
    for line in _read(process / "status").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0  # one that has ended has none


def _read(path: Path) -> str:
    """Return what Linux tells of a process; nothing of one that has ended meanwhile."""
    try:
        return path.read_text()
    except OSError:
        return ""
