"""Others: how much of the machine was used meanwhile by processes that are not ours."""

import os
import resource
import time
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
IDLE = (3, 4)  # in /proc/stat: idle, and waiting for a disk


class Watch:
    """From its making on. Whoever was started by us counts as ours once we have waited for it."""

    def __init__(self) -> None:
        self._began = time.perf_counter()
        self._before = _used() - _ours()

    def share(self) -> float:
        """Return what others have used, as a share of all processors' time."""
        elapsed = (time.perf_counter() - self._began) * (os.cpu_count() or 1)
        return max(0.0, (_used() - _ours() - self._before) / elapsed)


def _used() -> float:
    """Seconds that all processors together have worked since the machine was started."""
    return used(Path("/proc/stat").read_text())


def used(stat: str) -> float:
    """Add up the first line: `cpu  user nice system idle iowait irq softirq steal guest ...`.

    What a guest has used is in its host's `user` already.
    """
    ticks = [int(figure) for figure in stat.splitlines()[0].split()[1:9]]
    return sum(figure for place, figure in enumerate(ticks) if place not in IDLE) / TICKS


def _ours() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)
