"""Accounts: a provider's account as a target or a virtual key describes it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from router.config.masking import shown
from router.config.model import SecretRef
from router.config.policies import one_spelling
from router.config.problems import one_of
from router.config.reading import Reading
from router.config.section import Section
from router.core.provider import ProviderInfo
from router.core.secret import Secret
from router.core.target import RESOURCE_NAME, Deployment

OPTIONS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "resource_name": ("resource_name", "azure_resource_name"),
        "deployment_id": ("deployment_id", "azure_deployment_id"),
        "api_version": ("api_version", "azure_api_version"),
        "model_name": ("model_name", "azure_model_name"),
        "auth_mode": ("auth_mode", "azure_auth_mode"),
        "organization": ("openai_organization",),
        "project": ("openai_project",),
    }
)
"""The settings of accounts: the name inside, and how configs spell it."""

BAD = "bad-account"

TOKENS = ("azure_ad_token", "ad_token")

TOKEN_MODES = frozenset({"entra", "managed", "workload"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is written about an account in one place."""

    api_key: SecretRef | None = None
    token: SecretRef | None = None
    base_url: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    deployments: tuple[Deployment, ...] = ()

    @property
    def has_credentials(self) -> bool:
        return self.api_key is not None or self.token is not None


def read_account(section: Section, reading: Reading) -> Account:
    token = one_spelling(section, reading.report, *TOKENS)
    return Account(
        api_key=reading.secret(section, "api_key"),
        token=reading.secret(section, token),
        base_url=reading.host(section),
        options=MappingProxyType(_options(section, reading)),
        deployments=_deployments(section, reading),
    )


def _options(section: Section, reading: Reading) -> dict[str, str]:
    options: dict[str, str] = {}
    for name, spellings in OPTIONS.items():
        key = one_spelling(section, reading.report, *spellings)
        is_needed = name == "resource_name"
        value = (reading.text if is_needed else reading.optional)(section, key)
        if value is None:
            continue
        if name == "resource_name" and not RESOURCE_NAME.fullmatch(value):
            written = shown(section.text(key))
            hint = "up to 63 letters, digits and inner hyphens: it becomes part of a host name"
            reading.report.error(
                section.source,
                section.at(key),
                f"{key} {written} is no resource name",
                hint,
                code=BAD,
            )
        elif (name, value) != ("auth_mode", "default"):
            options[name] = value
    return options


def _deployments(section: Section, reading: Reading) -> tuple[Deployment, ...]:
    found = [(one, _deployment(one, reading)) for one in section.sections("deployments")]
    _check_unique(found, reading)
    return tuple(deployment for _, deployment in found)


def _deployment(section: Section, reading: Reading) -> Deployment:
    return Deployment(
        deployment_id=reading.text(section, "deployment_id") or "",
        alias=reading.optional(section, "alias"),
        api_version=reading.optional(section, "api_version"),
        is_default=section.flag("is_default") or False,
    )


def _check_unique(found: list[tuple[Section, Deployment]], reading: Reading) -> None:
    """One deployment may be the default, and one may have an alias."""
    aliases: set[str] = set()
    defaults = 0
    for section, deployment in found:
        alias = deployment.alias
        defaults += deployment.is_default
        if alias is not None and alias in aliases:
            place = section.at("alias")
            message = f"alias {shown(alias)} is here twice"
            reading.report.error(section.source, place, message, code=BAD)
        if deployment.is_default and defaults > 1:
            place = section.at("is_default")
            message = "this is the second default; expected one"
            reading.report.error(section.source, place, message, code=BAD)
        aliases.add(alias or "")


def takes_token(info: ProviderInfo) -> bool:
    """Tell whether the provider knows Entra tokens."""
    return "auth_mode" in info.options


def variable_key(info: ProviderInfo, reading: Reading) -> SecretRef | None:
    """Refer to the variable that people keep this provider's key in; None where it needs no key.

    Where the caller's code gives tokens they are what is meant, not a variable that happens to
    be set.
    """
    if not info.key_variable or (reading.has_token_provider and takes_token(info)):
        return None
    return SecretRef(template=Secret(f"${{{info.key_variable}}}"))


def check_account(section: Section, reading: Reading, info: ProviderInfo, account: Account) -> None:
    """Report settings that the provider does not have."""
    for name in account.options:
        if name not in info.options:
            key = next(key for key in OPTIONS[name] if key in section)
            hint = one_of(info.options, "its settings are") or "it has no settings of its own"
            reading.report.error(
                section.source,
                section.at(key),
                f"{key!r} is not a setting of {info.name}",
                hint,
                code=BAD,
                at_key=True,
            )


def check_scope(section: Section, reading: Reading, info: ProviderInfo) -> None:
    """Refuse a provider that a stranger may not ask."""
    stranger = reading.stranger
    if stranger is None or stranger.may_ask(info):
        return
    place = section.at("provider") if "provider" in section else section.place
    hint = one_of(sorted(stranger.providers or ()), "providers in scope are")
    message = f"{info.name} is not in this caller's scope"
    reading.report.error(section.source, place, message, hint)


def check_own_keys(section: Section, reading: Reading) -> None:
    """Refuse a stranger's own provider keys where they are not taken."""
    if reading.stranger is None or reading.stranger.own_keys:
        return
    for key in ("api_key", *TOKENS):
        if key in section:
            message = f"{key!r} is not taken from this caller"
            hint = "name a virtual key"
            reading.report.error(section.source, section.at(key), message, hint, at_key=True)


def check_auth_mode(section: Section, reading: Reading, account: Account) -> None:
    """Refuse the modes that need a token where there is none."""
    mode = account.options.get("auth_mode")
    key = next((key for key in OPTIONS["auth_mode"] if key in section), None)
    if key is None or account.token is not None or reading.has_token_provider:
        return
    if mode in TOKEN_MODES:
        hint = "write azure_ad_token, or give a token provider to the router in Python"
        message = f"{key} {mode!r} needs a token, and none is fetched here"
        reading.report.error(section.source, section.at(key), message, hint, code=BAD)
