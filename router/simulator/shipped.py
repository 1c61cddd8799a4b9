"""Shipped: the scenarios that come with the package."""

from pathlib import Path

from router.config.kinds import SCENARIOS

PACKAGE = Path(__file__).resolve().parent.parent


def folder() -> Path:
    """Return where they are: inside the package in a wheel, beside it in a checkout."""
    inside = PACKAGE / SCENARIOS
    return inside if inside.is_dir() else PACKAGE.parent / "configs" / SCENARIOS


def shipped_names() -> list[str]:
    return sorted(path.stem for path in folder().glob("*.yaml"))


def shipped(name: str) -> Path | None:
    """Return a scenario's file by its name."""
    path = folder() / f"{name}.yaml"
    return path if name in shipped_names() else None
