"""TLS: whom a sender trusts."""

import ssl
from pathlib import Path
from typing import TypeAlias

Verify: TypeAlias = ssl.SSLContext | str | Path | bool
"""True trusts the usual authorities, a path the ones in that file or folder, False everyone."""


def trusting(verify: Verify) -> ssl.SSLContext | bool:
    """Turn a path into a context; raises OSError or ssl.SSLError where there is none to read."""
    if not isinstance(verify, str | Path):
        return verify
    path = Path(verify)
    if path.is_dir():
        return ssl.create_default_context(capath=str(path))
    return ssl.create_default_context(cafile=str(path))
