"""Kinds: what a file among configs is, told by what is in it and by its folder."""

import re
from pathlib import Path
from typing import Literal, TypeAlias

from router.config.load import load
from router.config.report import Report

FileKind: TypeAlias = Literal["config", "scenario", "report"]
"""A report is what a command has printed as JSON: nobody reads it as anything else."""

SCENARIOS = "scenarios"
"""Where a folder of configs has its scenarios, if it has a folder for them."""

CONFIG_KEYS = frozenset({"provider", "virtual_key", "targets", "strategy"})
"""Some of them stand in every config, and none in a scenario."""

SCENARIO_KEYS = frozenset({"arrivals", "duration", "requests"})
"""Some of them stand in every scenario, and none in a config."""

REPORT_KEYS = (
    frozenset({"scenario", "seconds_played"}),
    frozenset({"configs", "difference"}),
    frozenset({"ok", "files", "problems"}),
    frozenset({"config", "tree", "request"}),
)
"""What simulations, comparisons, checks and tests, and explanations have at their top."""

NAMES = SCENARIO_KEYS.union(*REPORT_KEYS)
HINT = re.compile(rf"\b({'|'.join(sorted(NAMES))})\b".encode())
"""Without one of these words a file can be nothing but a config."""


def kind_of(path: Path) -> FileKind:
    """Tell what a file is; what cannot be read is a config, but for a folder of scenarios."""
    if not path.is_file():
        return "config"
    has_folder = path.resolve().parent.name == SCENARIOS
    if not has_folder and not _has_hint(path):
        return "config"
    source = load(path, Report(), root="scenario")
    if source is None:
        return "scenario" if has_folder else "config"
    keys = source.value.keys()
    if any(report <= keys for report in REPORT_KEYS):
        return "report"
    if not CONFIG_KEYS.isdisjoint(keys):
        return "config"
    return "scenario" if has_folder or not SCENARIO_KEYS.isdisjoint(keys) else "config"


def _has_hint(path: Path) -> bool:
    try:
        return HINT.search(path.read_bytes()) is not None
    except OSError:
        return False
