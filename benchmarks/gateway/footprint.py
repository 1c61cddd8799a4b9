"""Footprint: the resident memory of a session's processes, added up, as Linux accounts for it.

What two processes share is counted for both.
"""

from collections.abc import Iterator
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
        (process / "clear_refs").write_text("5")


def _processes(session: int) -> Iterator[Path]:
    for process in PROC.glob("[0-9]*"):
        try:
            stat = (process / "stat").read_text()
        except OSError:  # it has ended meanwhile
            continue
        # pid (name) state parent group session ...; the name may hold anything
        if int(stat.rpartition(")")[2].split()[3]) == session:
            yield process


def _bytes(process: Path, field: str) -> int:
    for line in (process / "status").read_text().splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0  # one that has ended, and waits to be asked how, has none
