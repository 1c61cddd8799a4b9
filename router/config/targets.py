"""Targets: a target's section becomes a route, with its credential and its host."""

from dataclasses import dataclass, replace
from types import MappingProxyType

from router.config.accounts import (
    OPTIONS,
    Account,
    check_account,
    check_auth_mode,
    check_own_keys,
    check_scope,
    read_account,
    variable_key,
)
from router.config.aims import Aim, Aims
from router.config.model import KeyRef, Settings, TargetRoute
from router.config.places import shown_place
from router.config.policies import budget, cache, is_written, limit
from router.config.reading import Reading
from router.config.report import Report
from router.config.retirement import Retirement
from router.config.section import Section
from router.config.virtual_keys import VirtualKey
from router.core.provider import ProviderInfo


@dataclass(frozen=True, slots=True)
class Targets:
    """Reads targets; `inline` gathers the credentials that are written in them."""

    reading: Reading
    aims: Aims
    inline: dict[str, KeyRef]
    retirement: Retirement

    def read(self, section: Section, inherited: Settings) -> TargetRoute:
        aim, settings = self.aims.resolve(section, inherited)
        own = read_account(section, self.reading)
        credential = self._credential(section, aim, own)
        account = _over(own, aim.key)
        self._check(section, aim, account)
        self._check_stranger(section, aim, own)
        weight = section.number("weight")
        route = TargetRoute(
            path=shown_place(section.place, section.source.root),
            name=section.text("name"),
            weight=1.0 if weight is None else float(weight),
            provider=aim.provider,
            credential=credential,
            base_url=account.base_url,
            options=account.options,
            deployments=account.deployments,
            passthrough=section.flag("passthrough") or False,
            settings=settings,
            budget=budget(section, self.reading.report),
            cache=cache(section, self.reading.report),
            limit=limit(section),
        )
        key = None if aim.key is None or aim.key.is_lent else aim.key
        self.retirement.check(route, (section, key.section) if key else (section,))
        return route

    def _credential(self, section: Section, aim: Aim, own: Account) -> str | None:
        """Name the credential. A host of one's own gets only what is written beside it."""
        if own.has_credentials:
            return self._inline(section, aim, own)
        if aim.key is not None:
            return aim.key.name
        info = self.reading.provider(aim.provider) if aim.provider else None
        if info is None or own.base_url is not None:
            return None
        if self.reading.stranger is not None:
            return f"env:{info.name}"  # the caller may have brought a key; the call will tell
        for reason in self.reading.missing(variable_key(info, self.reading)):
            hint = f"{info.name} needs a key: set it, or write api_key or virtual_key"
            place = section.place
            self.reading.report.error(section.source, place, reason, hint, code="unset-variable")
        return f"env:{info.name}"

    def _inline(self, section: Section, aim: Aim, own: Account) -> str | None:
        """Keep a credential that is written in the target, by the target's path."""
        key = "api_key" if "api_key" in section else "azure_ad_token"
        self._check_inline(section, key, aim)
        for ref in (own.api_key, own.token):
            for reason in self.reading.missing(ref):
                place = section.at(key)
                self.reading.report.error(section.source, place, reason, code="unset-variable")
        path = shown_place(section.place, section.source.root)
        self.inline[path] = KeyRef(
            provider=aim.provider or "",
            api_key=own.api_key,
            token=own.token,
            base_url=own.base_url,
            options=own.options,
            deployments=own.deployments,
        )
        return path

    def _check_inline(self, section: Section, key: str, aim: Aim) -> None:
        report, place = self.reading.report, section.at(key)
        if aim.key is not None:
            hint = f"virtual key {aim.key.name!r} has the credentials; write one of the two"
            message = f"{key!r} is a second credential"
            report.error(section.source, place, message, hint, code="bad-account")
        elif not aim.is_told and not self._is_misspelt(section):
            hint = "write 'provider' beside it: a key is sent to its provider and to nobody else"
            message = f"{key!r} is nobody's"
            report.error(section.source, place, message, hint, code="bad-account", at_key=True)

    def _check(self, section: Section, aim: Aim, account: Account) -> None:
        report = self.reading.report
        if not aim.is_told and "custom_host" in section and not self._is_misspelt(section):
            hint = "write 'provider' beside it: it says what the host understands"
            message, place = "'custom_host' has no provider", section.at("custom_host")
            report.error(section.source, place, message, hint, code="bad-account", at_key=True)
        check_auth_mode(section, self.reading, account)
        info = self.reading.provider(aim.provider) if aim.provider else None
        if info is not None:
            self._check_options(section, info, aim.key, account)

    def _check_stranger(self, section: Section, aim: Aim, own: Account) -> None:
        """Let a stranger ask whom it may, and lead no virtual key away from where it belongs."""
        stranger = self.reading.stranger
        if stranger is None:
            return
        info = self.reading.provider(aim.provider) if aim.provider else None
        if info is not None and aim.key is None:
            check_scope(section, self.reading, info)
        check_own_keys(section, self.reading)
        if own.base_url is not None and aim.key is not None:
            self._leads_away(section, "custom_host")
        resource = own.options.get("resource_name")
        if resource is None:
            return
        if not aim.is_told or (aim.key is not None and aim.key.has_place):
            self._leads_away(section, *OPTIONS["resource_name"])
        elif _is_operators(aim, own) and not stranger.may_lead_to(resource):
            whose = "the operator's key" if aim.key is None else "a virtual key"
            self._leads_away(section, *OPTIONS["resource_name"], whose=whose)

    def _leads_away(self, section: Section, *spellings: str, whose: str = "a virtual key") -> None:
        key = next(key for key in spellings if key in section)
        message = f"{key!r} may not lead {whose} to another host"
        hint = "write 'provider' and 'api_key' beside it"
        self.reading.report.error(section.source, section.at(key), message, hint, at_key=True)

    def _is_misspelt(self, section: Section) -> bool:
        """Tell whether whom the target asks is written under a misspelt key."""
        return is_written(section, self.reading.report, "provider", "virtual_key")

    def _check_options(
        self, section: Section, info: ProviderInfo, key: VirtualKey | None, account: Account
    ) -> None:
        sections = (section,) if key is None else (section, key.section)
        report = self.reading.report
        own = {name for name in account.options if _is_written(name, section, report)}
        written = {name: value for name, value in account.options.items() if name in own}
        check_account(section, self.reading, info, replace(account, options=written))
        for name in info.required:
            is_written = any(_is_written(name, part, report) for part in sections)
            if not is_written and not _is_said_otherwise(name, sections):
                hint = "write it here or in the virtual key"
                message = f"{info.name} needs {name!r}"
                report.error(section.source, section.place, message, hint, code="bad-account")


def _is_operators(aim: Aim, own: Account) -> bool:
    """Tell whether the key that a stranger's target is asked with is the operator's."""
    if aim.key is not None:
        return aim.key.is_lent
    return not own.has_credentials and own.base_url is None


def _over(own: Account, key: VirtualKey | None) -> Account:
    """Lay a target's own account over its virtual key's."""
    if key is None:
        return own
    return Account(
        api_key=own.api_key or key.ref.api_key,
        token=own.token or key.ref.token,
        base_url=own.base_url or key.ref.base_url,
        options=MappingProxyType({**key.ref.options, **own.options}),
        deployments=own.deployments or key.ref.deployments,
    )


def _is_written(name: str, section: Section, report: Report) -> bool:
    return is_written(section, report, *OPTIONS.get(name, ()))


def _is_said_otherwise(name: str, sections: tuple[Section, ...]) -> bool:
    """Tell whether something else says what a required setting would."""
    stand_in = {"resource_name": "custom_host", "deployment_id": "deployments"}.get(name, name)
    return any(stand_in in section for section in sections)
