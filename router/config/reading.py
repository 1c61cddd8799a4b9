"""Reading: what all parts of one reading of a config share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from router.config.foreign import Stranger
from router.config.hosts import why_not
from router.config.masking import shown
from router.config.model import SecretRef
from router.config.places import Place
from router.config.problems import did_you_mean, hints, one_of
from router.config.references import anchored, gives_nothing, has_stand_in, missing, resolve
from router.config.report import Report
from router.config.section import Section
from router.config.source import Source
from router.core.provider import NOWHERE, Elsewhere, ProviderInfo
from router.core.secret import Secret

NOBODY = "https://unset.invalid/"
"""What a host begins with that is not told yet: nobody can have such a name (RFC 2606)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """`has_token_provider` means that Entra tokens come from the caller's code.

    A `stranger` has sent what is read; None reads what the operator has written.

    `elsewhere` is asked for providers that are not among `providers`; those that were `found`
    there are kept by name.
    """

    report: Report
    providers: Sequence[ProviderInfo]
    environment: Mapping[str, str]
    allow_unset: bool = False
    has_token_provider: bool = False
    stranger: Stranger | None = None
    elsewhere: Elsewhere = NOWHERE
    found: dict[str, ProviderInfo] = field(default_factory=dict)

    def provider(self, name: str) -> ProviderInfo | None:
        """Find a provider by its name or an alias."""
        known = (p for p in self.providers if name == p.name or name in p.aliases)
        return next(known, None) or self._elsewhere(name)

    def _elsewhere(self, name: str) -> ProviderInfo | None:
        """Look among the providers that are not built in; `provider_hint` says what is wrong."""
        try:
            info = self.elsewhere.find(name)
        except LookupError:
            return None
        if info is not None:
            self.found[info.name] = info
        return info

    def provider_hint(self, name: str) -> str:
        """Say why a provider cannot be used; else name those there are, and the likeliest."""
        try:
            self.elsewhere.find(name)
        except LookupError as broken:
            return str(broken.args[0])
        names = [*(p.name for p in self.providers), *self.elsewhere.names()]
        aliases = [alias for p in self.providers for alias in p.aliases]
        return hints(one_of(names), did_you_mean(name, [*names, *aliases]))

    def text(self, section: Section, key: str) -> str | None:
        """Return a text with its references put in; None, reported, where that cannot be done."""
        text = section.text(key)
        if text is None or "${" not in text:
            return text
        return self.resolved(section.source, section.at(key), text)

    def optional(self, section: Section, key: str) -> str | None:
        """Return such a text; None, and nothing is reported, where its references give nothing."""
        text = section.text(key)
        try:
            is_nothing = text is None or gives_nothing(text, self.environment)
        except ValueError:
            is_nothing = False  # a broken reference, which is reported below
        return None if is_nothing else self.text(section, key)

    def resolved(self, source: Source, place: Place, text: str) -> str | None:
        try:
            return resolve(text, self.environment, source.folder)
        except LookupError as error:
            if not self.allow_unset:
                self.report.unset(source, place, str(error.args[0]))
        except ValueError as error:
            broken = ("is a broken reference", str(error))
            self.report.wrong(source, place, *broken, code="broken-reference")
        return None

    def secret(self, section: Section, key: str) -> SecretRef | None:
        """Return a reference to a secret; broken ones are reported, missing ones are not."""
        text = section.text(key)
        if text is None:
            return None
        source = section.source
        try:
            template = text if source.folder is None else anchored(text, source.folder)
            missing(template, {}, None)
        except ValueError as error:
            broken = ("is a broken reference", str(error))
            self.report.wrong(source, section.at(key), *broken, code="broken-reference")
            return None
        return SecretRef(template=Secret(template))

    def missing(self, ref: SecretRef | None) -> list[str]:
        """Say why a secret has no value, if it has none."""
        if ref is None or self.allow_unset:
            return []
        return missing(ref.template.reveal(), self.environment, None)

    def host(self, section: Section) -> str | None:
        """Return `custom_host` if it may be asked.

        Where its variable has no value another stands in: it is a host of one's own all the same.
        """
        written = section.text("custom_host")
        url = self.text(section, "custom_host")
        if written is None or url is None:
            return self._untold_host(written)
        reason = why_not(url)
        if reason is not None and self.stranger is None and has_stand_in(written, self.environment):
            return self._untold_host(written)
        if reason is not None:
            place = section.at("custom_host")
            message = f"{shown(written)} {reason}"
            self.report.wrong(section.source, place, message, code="bad-host")
            return None
        if self.stranger is None:
            return url.rstrip("/")
        return self._listed_host(section, url, self.stranger)

    def _untold_host(self, written: str | None) -> str | None:
        if written is None or self.stranger is not None:
            return None
        return NOBODY + quote(written, safe="${}")

    def _listed_host(self, section: Section, url: str, stranger: Stranger) -> str | None:
        listed = stranger.located(url)
        if listed is None:
            what = f"{shown(section.text('custom_host'))} is at a host that is not listed"
            hint = "the operator lists in allowed_hosts which may be asked"
            self.report.wrong(section.source, section.at("custom_host"), what, hint)
        return listed
