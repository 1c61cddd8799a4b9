"""Virtual keys: named accounts, from the config itself, a file beside it, or the caller."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from router.config.accounts import (
    BAD,
    Account,
    check_account,
    check_auth_mode,
    check_own_keys,
    check_scope,
    read_account,
    takes_token,
    variable_key,
)
from router.config.foreign import Stranger
from router.config.masking import shown
from router.config.model import KeyRef
from router.config.reading import Reading
from router.config.report import Report
from router.config.section import Section
from router.core.provider import ProviderInfo

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
RESERVED = re.compile(r"config(\..*)?")
"""Places of targets name the credentials that are written in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VirtualKey:
    """`report` has what is wrong with it, until it is known whether it is used.

    `is_lent` means that a stranger uses it, and the operator has written it.
    """

    name: str
    section: Section
    ref: KeyRef
    report: Report
    is_lent: bool = False

    @property
    def has_place(self) -> bool:
        """Tell whether it says itself at which host it is used."""
        return self.ref.base_url is not None or "resource_name" in self.ref.options


@dataclass(slots=True)
class VirtualKeys:
    """All keys by name. `is_whole` is False where a file of them could not be read."""

    by_name: dict[str, VirtualKey] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    is_whole: bool = True

    def find(self, name: str) -> VirtualKey | None:
        """Return a key, which counts as used from now on."""
        key = self.by_name.get(name)
        if key is not None:
            self.used.add(name)
        return key

    @property
    def refs(self) -> Mapping[str, KeyRef]:
        return {name: key.ref for name, key in self.by_name.items()}

    def add(self, section: Section, reading: Reading) -> None:
        """Read a mapping of keys."""
        for name, below in _named(section):
            self._add_one(name, below, reading)

    def lend(self, lent: "VirtualKeys", reading: Reading, stranger: Stranger) -> None:
        """Take in the operator's keys that a stranger may use and that are right.

        What is wrong with the others is none of its business. Its own keys come first.
        """
        for name, key in lent.by_name.items():
            if name in self.by_name or key.report.has_errors:
                continue
            info = reading.provider(key.ref.provider)
            if info is not None and stranger.may_use(name, info):
                self.by_name[name] = replace(key, is_lent=True, report=Report())

    def _add_one(self, name: str, section: Section, reading: Reading) -> None:
        if not NAME.fullmatch(name) or RESERVED.fullmatch(name):
            hint = "letters, digits, '_', '-' and '.', and not 'config'"
            reading.report.error(
                section.source,
                section.place,
                f"{shown(name)} cannot be a name",
                hint,
                code=BAD,
                at_key=True,
            )
        elif name in self.by_name:
            other = self.by_name[name].section.source
            reading.report.error(
                section.source,
                section.place,
                f"virtual key {name!r} is defined twice",
                f"also in {other.file or other.root}",
                code="said-twice",
                at_key=True,
            )
        else:
            own = replace(reading, report=Report())
            self.by_name[name] = _virtual_key(name, section, own)

    def hand_on(self, report: Report) -> None:
        """Report what is wrong with the keys, now that it is known which are used."""
        for name, key in self.by_name.items():
            key.report.hand_on(report, used=name in self.used)


def _named(section: Section) -> Iterator[tuple[str, Section]]:
    for name in section.value:
        below = section.section(name)
        if below is not None and not name.startswith("x-"):
            yield name, below


def _virtual_key(name: str, section: Section, reading: Reading) -> VirtualKey:
    account = read_account(section, reading)
    info = _provider(section, reading)
    api_key = account.api_key
    if info is not None:
        check_account(section, reading, info, account)
        check_auth_mode(section, reading, account)
        if reading.stranger is not None:
            _check_own(section, reading, info, account)
        elif not account.has_credentials and account.base_url is None:
            api_key = variable_key(info, reading)
    ref = KeyRef(
        provider=info.name if info else "",
        api_key=api_key,
        token=account.token,
        base_url=account.base_url,
        options=account.options,
        deployments=account.deployments,
        takes_token=info is not None and takes_token(info) and reading.stranger is None,
    )
    for reason in (*reading.missing(api_key), *reading.missing(account.token)):
        reading.report.unset(section.source, section.at("api_key"), reason)
    return VirtualKey(name=name, section=section, ref=ref, report=reading.report)


def _check_own(section: Section, reading: Reading, info: ProviderInfo, account: Account) -> None:
    """Check a key of a stranger's own: it holds what it gives, and falls back on nothing."""
    check_scope(section, reading, info)
    if account.has_credentials:
        check_own_keys(section, reading)
    elif account.base_url is None:
        hint = "write api_key, or name a virtual key of the operator's"
        reading.report.error(section.source, section.place, "there is no key in it", hint)


def _provider(section: Section, reading: Reading) -> ProviderInfo | None:
    name = reading.text(section, "provider")
    info = None if name is None else reading.provider(name)
    if info is None and name is not None:
        reading.report.error(
            section.source,
            section.at("provider"),
            f"unknown provider {shown(name)}",
            reading.provider_hint(name),
            code="unknown-provider",
        )
    return info
