"""Shipped: the scenarios that come with the package, and where a user's own are."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent

FOLDER = "scenarios"
"""Where a folder of configs has its scenarios."""


def folder() -> Path:
    """Return where they are: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / FOLDER
    return inside if inside.is_dir() else PACKAGE.parent / "configs" / FOLDER


def is_scenario(path: Path) -> bool:
    """Tell a scenario by the folder it is in."""
    return path.is_file() and path.resolve().parent.name == FOLDER


def shipped_names() -> list[str]:
    return sorted(path.stem for path in folder().glob("*.yaml"))


def shipped(name: str) -> Path | None:
    """Return a scenario's file by its name."""
    path = folder() / f"{name}.yaml"
    return path if name in shipped_names() else None
