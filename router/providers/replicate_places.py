"""Places: which address a model is asked at: an official one, a version, a deployment."""

import re
from dataclasses import dataclass
from functools import lru_cache

LONGEST_NAME = 200  # characters

NAME = r"[A-Za-z0-9_][A-Za-z0-9_-]*(?:\.[A-Za-z0-9_-]+)*"
"""What stays one segment of a path, whatever reads it."""

ID = r"[0-9a-f]{64}"

PLACE = re.compile(
    rf"(?P<deployment>deployments/{NAME}/{NAME})"
    rf"|(?P<name>(?!deployments/){NAME}/{NAME})(?::(?P<version>{ID}))?"
    rf"|(?P<bare>{ID})"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An address below `/v1`, and the version that the body names there.

    `name` is the model's own, without a version; of a deployment nobody knows which model it runs.
    """

    path: str
    version: str | None = None
    name: str | None = None


@lru_cache(maxsize=256)
def find_place(model: str) -> Place | None:
    """Read `owner/name`, `owner/name:version`, a version or `deployments/owner/name`.

    None for anything else: it could lead to another path.
    """
    found = PLACE.fullmatch(model) if len(model) <= LONGEST_NAME else None
    if found is None:
        return None
    name, version = found["name"], found["version"] or found["bare"]
    if version is not None:
        return Place(path="predictions", version=version, name=name or version)
    if found["deployment"]:
        return Place(path=f"{model}/predictions")
    return Place(path=f"models/{name}/predictions", name=name)
