"""Brought: for which provider a key is meant that came with a request."""

from collections.abc import Iterable

from router.config.model import Document, TargetRoute, targets_of
from router.core.provider import ProviderInfo
from router.gateway.vaults import VARIABLE


def meant_for(
    document: Document, named: str | None, providers: Iterable[ProviderInfo]
) -> str | None:
    """Return the provider: the one that the request names, or the only one that it could be.

    Where a config asks several with keys of their variables, nobody can tell whose the key is.
    `named` is what a request says, a provider's name, an alias or a virtual key, maybe with `@`.
    """
    targets = targets_of(document.route)
    bare = {one.provider for one in targets if _is_bare(one)}
    chosen = _provider(document, (named or "").removeprefix("@"), providers)
    if chosen is not None and any(one.provider is None for one in targets):
        bare.add(chosen)
    if chosen in bare:
        return chosen
    return bare.pop() if len(bare) == 1 else None


def _is_bare(target: TargetRoute) -> bool:
    """Tell whether a target says its provider, and nothing of a key."""
    return target.provider is not None and target.credential == f"{VARIABLE}{target.provider}"


def _provider(document: Document, slug: str, providers: Iterable[ProviderInfo]) -> str | None:
    """Return the provider's own name; None for a virtual key, whose name goes before."""
    if slug in document.keys:
        return None
    return next((one.name for one in providers if slug in {one.name, *one.aliases}), None)
