"""Secrets: keys of the source become references; none of them is ever written out."""

import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from router.config.masking import holds_secret
from router.config.references import Variable, parts
from router.core.jsontypes import JSON

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class Variables:
    """The variables that keys written out in the source are to be kept in from now on.

    The same key has one name wherever it stands. `taken` are names that mean another one.
    """

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._names: dict[str, str] = {}
        self._taken = set(taken)

    def name_for(self, secret: str, wish: str) -> str:
        """Return the name of the variable for a secret, as much like `wish` as can be."""
        if secret not in self._names:
            number, name = 2, wish
            while name in self._taken:
                name, number = f"{wish}_{number}", number + 1
            self._taken.add(name)
            self._names[secret] = name
        return self._names[secret]


def variable_name(*words: str) -> str:
    """Make the name of an environment variable of what somebody calls a thing."""
    name = re.sub(r"[^A-Z0-9]+", "_", "_".join(words).upper()).strip("_")
    return f"KEY_{name}" if not name or name[0].isdigit() else name


def is_reference(text: str) -> bool:
    """Tell whether a text is one of our own references and nothing else."""
    try:
        found = [part for part in parts(text) if part != ""]
    except ValueError:
        return False
    return len(found) == 1 and isinstance(found[0], Variable) and found[0].default is None


def is_telling(url: str) -> bool:
    """Tell whether a URL has a user name, a password or a query: where keys are put."""
    try:
        split = urlsplit(url)
    except ValueError:
        return True
    return bool("@" in split.netloc or split.query or split.fragment)


def secretive(name: str, value: JSON) -> bool:
    """Tell whether a parameter is, or has in it, what looks like a secret.

    A model's name may look like one.
    """
    return name != "model" and holds_secret(value, name)
