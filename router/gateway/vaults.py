"""Vaults: with whose provider key a call is made: the operator's, or one the caller brought."""

import hashlib
from dataclasses import dataclass

from router.core.context import Account
from router.core.ports import Vault
from router.core.secret import Credentials, Secret
from router.gateway.keys import looks_like_ours

VARIABLE = "env:"
"""Begins the name of the credential of a target that names only its provider."""

ALONE = "no key is used here but one that the request brings"
OURS = "a key of this gateway is sent to no provider"
WHOSE = "the key that came with the request is sent to nobody: several providers may be asked"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallersVault:
    """Gives the caller's own key to the targets of its `provider` that name nothing else.

    A key says not whose it is: where `provider` is None nobody is given it. Where `first`, it goes
    before the operator's variable, and else in the place of one that is not set. Where `alone`,
    no variable of the operator's is used.
    """

    vault: Vault
    brought: Secret | None
    provider: str | None
    first: bool = False
    alone: bool = False

    async def credentials(self, name: str) -> Credentials:
        if not name.startswith(VARIABLE):
            return await self.vault.credentials(name)
        theirs = self.brought if name == f"{VARIABLE}{self.provider}" else None
        if theirs is not None and (self.first or self.alone):
            return Credentials(key=theirs)
        try:
            return await self._operators(name)
        except LookupError as unset:
            if theirs is not None:
                return Credentials(key=theirs)
            if self.brought is None or self.provider is not None:
                raise
            raise LookupError(f"{unset.args[0]}; {WHOSE}") from None

    async def _operators(self, name: str) -> Credentials:
        if self.alone:
            raise LookupError(ALONE)
        return await self.vault.credentials(name)

    async def account(self) -> Account | None:
        """Return the account that the caller's key is for; None where it is sent to nobody."""
        if self.brought is None or self.provider is None:
            return None
        name = f"{VARIABLE}{self.provider}"
        if (await self.credentials(name)).key is not self.brought:
            return None
        digest = hashlib.sha256(self.brought.reveal().encode()).hexdigest()
        return Account(credential=name, digest=digest)


@dataclass(frozen=True, slots=True)
class SentVault:
    """The vault of a config that was sent: what is written in it may be a key of the gateway's."""

    vault: Vault

    async def credentials(self, name: str) -> Credentials:
        found = await self.vault.credentials(name)
        if any(
            one is not None and looks_like_ours(one.reveal()) for one in (found.key, found.token)
        ):
            raise LookupError(OURS)
        return found
