"""Vault: looks credentials up at call time, in the environment and in files."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from router.config.model import KeyRef, SecretRef
from router.config.references import resolve
from router.core.secret import Credentials, Secret

TokenProvider: TypeAlias = Callable[[], str | Awaitable[str]]
"""Gives a fresh bearer token for Azure, at once or when awaited."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EnvVault:
    """Resolves the references of a config; nothing is kept, so a new key works at once.

    Paths of files begin at `base`. `token_provider` is asked for keys that have neither an API
    key nor a token.
    """

    keys: Mapping[str, KeyRef]
    environment: Mapping[str, str] = field(repr=False)
    base: Path | None = None
    token_provider: TokenProvider | None = None

    async def credentials(self, name: str) -> Credentials:
        ref = self.keys.get(name)
        if ref is None:
            raise LookupError(f"virtual key {name!r} is not defined")
        token = self._resolved(name, ref.token)
        key = self._resolved(name, ref.api_key)
        unkeyed = key is None and token is None
        if unkeyed and ref.takes_token and self.token_provider is not None:
            token = await self._fetched(self.token_provider, name)
        return Credentials(key=key, token=token)

    def _resolved(self, name: str, ref: SecretRef | None) -> Secret | None:
        if ref is None:
            return None
        try:
            value = resolve(ref.template.reveal(), self.environment, self.base)
        except (LookupError, ValueError) as error:
            raise LookupError(f"credential {name!r}: {error.args[0]}") from None
        return Secret(_sendable(name, value))

    async def _fetched(self, provider: TokenProvider, name: str) -> Secret:
        """Ask for a token. Whatever the caller's code raises becomes a LookupError."""
        try:
            token = provider()
            value = await token if inspect.isawaitable(token) else token
        except Exception as error:
            # Its message may hold anything, a secret too; its type says enough.
            kind = type(error).__name__
            raise LookupError(f"credential {name!r}: the token provider raised {kind}") from error
        if not isinstance(value, str) or not value:
            raise LookupError(f"credential {name!r}: the token provider gave no token")
        return Secret(_sendable(name, value))


def _sendable(name: str, value: str) -> str:
    """Refuse what no header can carry, such as a key with a line break in it."""
    stripped = value.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable():
        raise LookupError(f"credential {name!r} has characters that no header can carry")
    return stripped
