"""Accounts: credentials that stand on both sides of a fallback, and keys that nobody uses."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import TypeAlias

from router.config.editing import fix_for
from router.config.fixes import REMOVED, Change, Fix, Unfixed
from router.config.masking import REFERENCE, is_secret_name
from router.config.model import (
    Document,
    FallbackSettings,
    KeyRef,
    LoadBalanceSettings,
    TargetRoute,
    targets_of,
)
from router.config.places import Place
from router.config.source import Source
from router.core.jsontypes import JSON
from router.core.target import Deployment
from router.lint.rule import Finding, Rule
from router.lint.subject import Spot, Subject, shown_model

Account: TypeAlias = tuple[str, ...]
"""What makes two credentials the same: where they stand, never what they are."""

SHARED_OPTIONS = ("organization", "project", "resource_name")
"""Settings of an account by which quotas and bills are kept apart."""


OF_ACCOUNTS = frozenset({401, 402, 403})
"""Statuses that tell of the account, whatever the model."""


def _same_credential(subject: Subject) -> Iterator[Finding]:
    for spot, group in subject.groups:
        settings = group.strategy
        if isinstance(settings, FallbackSettings) or (
            isinstance(settings, LoadBalanceSettings) and settings.failover
        ):
            yield from _twins(subject, spot, settings.codes)


def _twins(subject: Subject, spot: Spot, codes: AbstractSet[int] | None) -> Iterator[Finding]:
    """Yield the children that are asked with the very credentials of one before them."""
    is_about_accounts = codes is not None and codes <= OF_ACCOUNTS
    seen: dict[Account, list[tuple[frozenset[Account], Spot]]] = {}
    for child in spot.candidates:
        accounts = _accounts(subject.document, child)
        if not accounts:
            continue
        # Whoever has all of these accounts has any one of them.
        candidates = seen.get(min(accounts), [])
        first = next((one for others, one in candidates if accounts <= others), None)
        if first is not None:
            is_same = accounts == _accounts(subject.document, first)
            is_vain = is_same and (is_about_accounts or _models(first) == _models(child))
            yield _twin(subject, first, child, is_vain=is_vain)
        for account in accounts if first is None else ():
            seen.setdefault(account, []).append((accounts, child))


def _twin(subject: Subject, first: Spot, second: Spot, *, is_vain: bool) -> Finding:
    """Describe the second; another model may be well where the first is not, and that is a note."""
    whose = "the" if isinstance(first.route, TargetRoute) else "a"
    model = " for the same model" if _models(first) == _models(second) else ""
    return Finding(
        place=_written_at(subject, second),
        message=f"{second.shown} is asked with {whose} credential of {first.shown}{model}",
        severity=None if is_vain else "note",
        hint=f"let another account or provider stand behind {_named(first)}",
    )


def _models(spot: Spot) -> frozenset[tuple[str, tuple[Deployment, ...]]]:
    """Return which models and deployments the targets below ask for."""
    return frozenset(
        (str(route.settings.override_params.get("model")), route.deployments)
        for _, route in spot.targets()
    )


def _named(spot: Spot) -> str:
    return shown_model(spot.route) if isinstance(spot.route, TargetRoute) else "that group"


def _written_at(subject: Subject, spot: Spot) -> Place:
    section = subject.section(spot.place)
    keys = (key for key in ("virtual_key", "api_key", "provider") if key in section)
    key = next(keys, None)
    return spot.place if key is None else (*spot.place, key)


def _accounts(document: Document, spot: Spot) -> frozenset[Account] | None:
    """Return the accounts of the targets below; None where one of them is not known."""
    found = [_account(document.keys, route) for _, route in spot.targets()]
    known = frozenset(account for account in found if account is not None)
    return None if None in found else known


def _account(keys: Mapping[str, KeyRef], route: TargetRoute) -> Account | None:
    key = keys.get(route.credential or "")
    if key is None or route.provider is None:
        return None
    secrets = [ref.template.reveal() for ref in (key.api_key, key.token) if ref is not None]
    options = [route.options.get(name, "") for name in SHARED_OPTIONS]
    return (route.provider, route.base_url or "", *options, *secrets) if secrets else None


SAME_CREDENTIAL = Rule(
    code="same-credential",
    severity="warning",
    title="The same credential on both sides of a fallback",
    harm="without quota, or with a key that was revoked, both fail alike",
    remedy="let another account or provider stand behind it",
    check=_same_credential,
)


def names_used(document: Document) -> frozenset[str] | None:
    """Return the virtual keys that a config uses; None where a request may name any."""
    targets = targets_of(document.route)
    if any(target.provider is None for target in targets):
        return None
    return frozenset(target.credential for target in targets if target.credential is not None)


def _unused_own(subject: Subject) -> Iterator[Finding]:
    used = names_used(subject.document)
    if used is None:
        return
    names = [name for name in subject.section(("virtual_keys",)) if not name.startswith("x-")]
    unused = [name for name in names if name not in used]
    if not unused:
        return
    whole = _removal(subject.source, ("virtual_keys",), unused)
    for name in unused:
        place = ("virtual_keys", name)
        yield Finding(
            place=place,
            message=f"virtual key {name!r} is used by no target of this config",
            at_key=True,
            fix=whole if len(unused) == len(names) else _removal(subject.source, place, [name]),
        )


ONLY_COPY = Unfixed("a secret stands in it, maybe the only copy")


def _removal(source: Source, place: Place, names: Sequence[str]) -> Fix | Unfixed:
    """Remove keys; a secret that stands nowhere else is not thrown away for somebody."""
    if _holds_secret(source.at(place)):
        return ONLY_COPY
    says = f"removes virtual key {names[0]!r}" if len(names) == 1 else "removes the virtual keys"
    return fix_for(source, Change(place, REMOVED), says)


def _holds_secret(value: JSON) -> bool:
    """Tell whether a secret itself is written there, and not a reference to it."""
    if isinstance(value, Mapping):
        return any(_holds_secret(one) for key, one in value.items() if _is_secret(key, one))
    return isinstance(value, str) and REFERENCE.fullmatch(value) is None


def _is_secret(key: str, value: JSON) -> bool:
    return isinstance(value, Mapping) or is_secret_name(key)


UNUSED_KEY = Rule(
    code="unused-virtual-key",
    severity="warning",
    title="A virtual key that nobody uses",
    harm="it has to be set, guarded and rotated for nothing",
    remedy="remove it, or let a target name it",
    check=_unused_own,
    fixable=True,
)


@dataclass(frozen=True, slots=True)
class SharedKeys:
    """A folder's file of virtual keys, and what each of the folder's configs uses of them."""

    source: Source
    used: tuple[frozenset[str] | None, ...]

    def unused(self) -> Iterator[Finding]:
        """Yield the keys that no config uses. They are left there: others may know of them."""
        if not self.used or None in self.used:
            return
        names = frozenset(name for used in self.used if used is not None for name in used)
        for name, value in self.source.value.items():
            is_key = isinstance(value, Mapping) and not name.startswith("x-")
            if is_key and name not in names:
                yield Finding(
                    place=(name,),
                    message=f"virtual key {name!r} is used by no config of this folder",
                    at_key=True,
                )
