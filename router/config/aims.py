"""Aims: whom a target asks: a provider of its own, a virtual key, or the slug of a model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from router.config.masking import shown
from router.config.model import Settings
from router.config.problems import did_you_mean, hints, one_of
from router.config.reading import Reading
from router.config.section import Section
from router.config.virtual_keys import VirtualKey, VirtualKeys
from router.core.jsontypes import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """Who is asked. Where `is_told` is False the config does not say; the request does.

    What is told and has no `provider` is wrong, and reported.
    """

    provider: str | None = None
    key: VirtualKey | None = None
    model: str | None = None
    is_told: bool = True


NOWHERE = "define it under 'virtual_keys' or in virtual-keys.yaml beside the config"

UNTOLD = Aim(is_told=False)


@dataclass(frozen=True, slots=True)
class Aims:
    """Finds out whom targets ask."""

    reading: Reading
    keys: VirtualKeys

    def resolve(self, section: Section, settings: Settings) -> tuple[Aim, Settings]:
        """Return the aim, and the settings without `@slug/` in their models.

        A target's own `provider` or `virtual_key` comes first, then the slug of the model it
        overrides, then that of its default model.
        """
        own = self._own(section)
        override, by_override = self._unslugged(
            section, "override_params", settings.override_params
        )
        default, by_default = self._unslugged(section, "default_params", settings.default_params)
        if own.model is not None:
            self._check_one_model(section, own.model)
            override = MappingProxyType({**override, "model": own.model})
        told = (aim for aim in (own, by_override, by_default) if aim.is_told)
        stripped = replace(settings, override_params=override, default_params=default)
        return next(told, UNTOLD), stripped

    def _own(self, section: Section) -> Aim:
        """Read `provider` and `virtual_key`, which must agree where both are there."""
        if "virtual_key" not in section:
            return self._by_provider(section) if "provider" in section else UNTOLD
        key = self._named_key(section)
        if key is None:
            return Aim()
        aim = self._by_provider(section) if "provider" in section else Aim()
        if aim.provider not in {None, key.ref.provider} or (aim.key or key) is not key:
            self._error(
                section,
                "virtual_key",
                f"virtual key {key.name!r} is for {key.ref.provider}",
                f"and 'provider' says {shown(section.text('provider'))}; write one of the two",
                "bad-account",
            )
        return Aim(provider=key.ref.provider or None, key=key, model=aim.model)

    def _named_key(self, section: Section) -> VirtualKey | None:
        text = self.reading.text(section, "virtual_key")
        if text is None:
            return None
        name = text.removeprefix("@")
        key = self.keys.find(name)
        if key is None and self.keys.is_whole:
            known = sorted(self._tellable())
            hint = hints(one_of(known, "known keys are"), did_you_mean(name, known))
            message, hint = self._unknown_key(name), hint or NOWHERE
            self._error(section, "virtual_key", message, hint, "unknown-virtual-key")
        return key

    def _tellable(self) -> list[str]:
        """Return the virtual keys that may be named: none of the operator's to a stranger."""
        return [name for name, key in self.keys.by_name.items() if not key.is_lent]

    def _unknown_key(self, name: str) -> str:
        """Say so, and do not tell a stranger which others there are."""
        hidden = "" if self.reading.stranger is None else ", or not in this caller's scope"
        return f"virtual key {shown(name)} is not defined{hidden}"

    def _by_provider(self, section: Section) -> Aim:
        name = self.reading.text(section, "provider")
        if name is None:
            return Aim()
        if name.startswith("@"):
            return self._by_slug(section, "provider", name)
        info = self.reading.provider(name)
        if info is not None:
            return Aim(provider=info.name)
        hint = self.reading.provider_hint(name)
        if name in self.keys.by_name:
            hint = f"it is a virtual key: write '@{name}'"
        message = f"unknown provider {shown(name)}"
        self._error(section, "provider", message, hint, "unknown-provider")
        return Aim()

    def _by_slug(self, section: Section, key: str, text: str) -> Aim:
        """Read `@slug` or `@slug/model`: a virtual key's name, else a provider's."""
        slug, _, model = text[1:].partition("/")
        found = self.keys.find(slug)
        if found is not None:
            return Aim(provider=found.ref.provider or None, key=found, model=model or None)
        info = self.reading.provider(slug)
        if info is not None:
            return Aim(provider=info.name, model=model or None)
        if self.keys.is_whole:
            names = [*self._tellable(), *(p.name for p in self.reading.providers)]
            message = f"{shown('@' + slug)} is neither a virtual key nor a provider"
            hint = hints(one_of(names), did_you_mean(slug, names))
            self._error(section, key, message, hint, "unknown-provider")
        return Aim(model=model or None)

    def _unslugged(
        self, section: Section, key: str, params: Mapping[str, JSON]
    ) -> tuple[Mapping[str, JSON], Aim]:
        """Take `@slug/` off a model, and tell whom it names."""
        model = params.get("model")
        if not isinstance(model, str) or not model.startswith("@"):
            return params, UNTOLD
        aim = self._by_slug(section, key, model)
        bare = {name: value for name, value in params.items() if name != "model"}
        if aim.model is not None:
            bare["model"] = aim.model
        return MappingProxyType(bare), replace(aim, model=None)

    def _check_one_model(self, section: Section, model: str) -> None:
        if "model" in section.mapping("override_params"):
            message = f"'provider' has a model too: {shown(model)}"
            self._error(section, "override_params", message, "write one of them", "said-twice")

    def _error(self, section: Section, key: str, message: str, hint: str, code: str) -> None:
        self.reading.report.error(section.source, section.at(key), message, hint, code=code)
