"""Keys: what a caller shows to be served. Only its digest is stored."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Iterable

from router.gateway.settings import ApiKey

PREFIX = "pxr-"
BYTES = 32  # of randomness in a key; 43 characters once they are written
DIGEST = re.compile(r"sha256:([0-9a-fA-F]{64})")


def new_key() -> str:
    """Make a key that nobody can guess: `pxr-` and 43 characters that need no quotes anywhere."""
    return PREFIX + secrets.token_urlsafe(BYTES)


def digest_of(key: str) -> str:
    """Return the SHA-256 of a key, in lower-case hex."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def written(digest: str) -> str:
    """Write a digest as it stands in `gateway.yaml`."""
    return f"sha256:{digest}"


def read_digest(text: str) -> str | None:
    """Return the hex of a digest that is written so; None where it is none."""
    match = DIGEST.fullmatch(text)
    return None if match is None else match[1].lower()


def looks_like_ours(text: str) -> bool:
    """Tell a key of a gateway, or a part of one, from a key of a provider."""
    return text.strip().startswith(PREFIX)


def find_key(presented: str, keys: Iterable[ApiKey]) -> ApiKey | None:
    """Return the key that was presented, if it is one of these.

    All of them are compared, each in constant time: how long it takes tells nothing.
    """
    digest = digest_of(presented)
    found = None
    for key in keys:
        if hmac.compare_digest(digest, key.digest):
            found = key
    return found
