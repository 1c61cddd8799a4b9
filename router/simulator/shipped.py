"""Shipped: the scenarios that come with the package, and where a user's own are."""

from pathlib import Path

from router.config.load import load
from router.config.report import Report

PACKAGE = Path(__file__).resolve().parent.parent

FOLDER = "scenarios"
"""Where a folder of configs has its scenarios."""


def folder() -> Path:
    """Return where they are: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / FOLDER
    return inside if inside.is_dir() else PACKAGE.parent / "configs" / FOLDER


CONFIG_KEYS = frozenset({"provider", "virtual_key", "targets", "strategy"})
"""Some of them stand in every config, and none in a scenario."""


def is_scenario(path: Path) -> bool:
    """Tell a scenario by the folder it is in; configs may be in one of that name."""
    if not path.is_file() or path.resolve().parent.name != FOLDER:
        return False
    source = load(path, Report(), root="scenario")
    return source is None or CONFIG_KEYS.isdisjoint(source.value)


def shipped_names() -> list[str]:
    return sorted(path.stem for path in folder().glob("*.yaml"))


def shipped(name: str) -> Path | None:
    """Return a scenario's file by its name."""
    path = folder() / f"{name}.yaml"
    return path if name in shipped_names() else None
