"""Foreign: what a config may use that a stranger has sent, and what one of the operator's uses."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from router.config.listing import listed, located
from router.config.model import Document, KeyRef, TargetRoute, targets_of
from router.core.provider import ProviderInfo, info_of
from router.core.target import resource_url


@dataclass(frozen=True, slots=True, kw_only=True)
class Stranger:
    """Somebody who may send a whole config, and on whose word nothing of the operator's is opened.

    `allowed_hosts` are those that the config may name, as `host` or `host:port`; without a port,
    at any. An Azure resource among them may be asked with the operator's key. `providers` and
    `virtual_keys` are those of the operator's that it may name; None is all there are. Without
    `own_keys` it may hold no provider keys. Raises ValueError for a host that is none.
    """

    allowed_hosts: frozenset[str] = frozenset()
    providers: frozenset[str] | None = None
    virtual_keys: frozenset[str] | None = None
    own_keys: bool = True

    def __post_init__(self) -> None:
        for host in self.allowed_hosts:
            try:
                listed(host)
            except ValueError as error:
                raise ValueError(f"{host!r} cannot be listed: it {error}") from None

    def located(self, url: str) -> str | None:
        """Return a base URL with its host in plain spelling; None where it is not listed.

        What is connected to is then what was compared, however a resolver reads `0177.0.0.1`.
        """
        place = located(url)
        hosts = map(listed, self.allowed_hosts)
        return place.url if place and any(place.is_at(host) for host in hosts) else None

    def may_lead_to(self, resource: str) -> bool:
        """Tell whether the operator's keys may go to an Azure resource that the config names."""
        return self.located(resource_url(resource)) is not None

    def may_ask(self, provider: ProviderInfo) -> bool:
        """Tell whether a provider is in scope, by its name or an alias."""
        names = {provider.name, *provider.aliases}
        return self.providers is None or not names.isdisjoint(self.providers)

    def may_use(self, virtual_key: str, provider: ProviderInfo) -> bool:
        """Tell whether one of the operator's virtual keys is in scope.

        One that is listed is, whoever its provider; where none are, the provider has to be.
        """
        if self.virtual_keys is None:
            return self.may_ask(provider)
        return virtual_key in self.virtual_keys


class Uses(NamedTuple):
    """What a config needs: providers that are asked without a virtual key, and virtual keys."""

    providers: frozenset[str]
    virtual_keys: frozenset[str]


def uses(document: Document) -> Uses:
    """Tell what a config of the operator's uses, so that a caller without the scope is refused.

    Targets whose provider only the request names use nothing yet.
    """
    targets = targets_of(document.route)
    keys = {name for target in targets if (name := _virtual_key(target, document.keys))}
    bare = (target for target in targets if _virtual_key(target, document.keys) is None)
    return Uses(
        providers=frozenset(target.provider for target in bare if target.provider is not None),
        virtual_keys=frozenset(keys),
    )


def out_of_scope(
    document: Document, stranger: Stranger, providers: Iterable[ProviderInfo], *slugs: str
) -> frozenset[str]:
    """Return what a caller may not use, of what a config uses and of what its request names.

    `slugs` are names of virtual keys or providers, without `@`. A config that was sent has been
    checked when it was read.
    """
    known = {name: info for info in providers for name in (info.name, *info.aliases)}
    used = Uses(frozenset(), frozenset()) if document.is_sent else uses(document)
    named = frozenset(slugs)
    keys = used.virtual_keys | (frozenset() if document.is_sent else named & document.keys.keys())
    asked = used.providers | (named - document.keys.keys())
    owners = {key: document.keys[key].provider for key in keys}
    return frozenset(
        [name for name in asked if not stranger.may_ask(_info(name, known))]
        + [key for key, name in owners.items() if not stranger.may_use(key, _info(name, known))]
    )


def _info(name: str, known: Mapping[str, ProviderInfo]) -> ProviderInfo:
    return known.get(name) or info_of(name)


def _virtual_key(target: TargetRoute, keys: Mapping[str, KeyRef]) -> str | None:
    """Return the virtual key of a target; what is written in the target is named by its place."""
    name = target.virtual_key
    return name if name in keys else None
