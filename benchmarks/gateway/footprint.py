"""Footprint: the resident memory of a session's processes, added up, as Linux accounts for it.

What two processes share is counted for both.
"""

from contextlib import suppress
from pathlib import Path

from gateway.sessions import members, told


def resident(session: int) -> int:
    """Bytes in memory now."""
    return sum(_bytes(process, "VmRSS") for process in members(session))


def peak(session: int) -> int:
    """Bytes at each one's peak since `forget_peaks`."""
    return sum(_bytes(process, "VmHWM") for process in members(session))


def forget_peaks(session: int) -> None:
    for process in members(session):
        with suppress(OSError):  # it has ended meanwhile
            (process / "clear_refs").write_text("5")


def _bytes(process: Path, field: str) -> int:
    for line in told(process / "status").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) * 1024
    return 0  # one that has ended has none
