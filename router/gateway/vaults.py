"""Vaults: with whose provider key a call is made: the operator's, or one the caller brought."""

from dataclasses import dataclass

from router.core.ports import Vault
from router.core.secret import Credentials, Secret

VARIABLE = "env:"
"""Begins the name of the credential of a target that names only its provider."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallersVault:
    """Gives the caller's own key to targets that name only their provider.

    Where `first`, it goes before the operator's variable, and else in the place of one that is not
    set. Where `alone`, the operator's variable is never used.
    """

    vault: Vault
    brought: Secret | None
    first: bool = False
    alone: bool = False

    async def credentials(self, name: str) -> Credentials:
        if not name.startswith(VARIABLE):
            return await self.vault.credentials(name)
        if self.alone and self.brought is None:
            raise LookupError("a host that a request names is sent no key but the request's own")
        if self.brought is not None and (self.first or self.alone):
            return Credentials(key=self.brought)
        try:
            return await self.vault.credentials(name)
        except LookupError:
            if self.brought is None:
                raise
            return Credentials(key=self.brought)
