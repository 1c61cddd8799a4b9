"""Key entries: the `keys` of `gateway.yaml` become ApiKeys."""

from collections.abc import Iterator
from dataclasses import dataclass

from router.config.masking import shown
from router.config.reading import Reading
from router.config.report import Report
from router.config.section import Section
from router.gateway.config_names import NAME, ConfigNames
from router.gateway.keys import digest_of, looks_like_ours, read_digest
from router.gateway.settings import ApiKey
from router.providers.registry import INSTALLED, providers

BY_HAND = 'printf %s "$KEY" | sha256sum'
NOTHING = digest_of("")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyEntries:
    """Reads the keys; `default` is the config of requests that nothing else tells of."""

    report: Report
    names: ConfigNames
    default: str | None

    def read(self, keys: Section) -> tuple[ApiKey, ...]:
        found = tuple(self._key(name, entry) for name, entry in _entries(keys))
        self._check_twins(keys, found)
        return found

    def _key(self, name: str, entry: Section) -> ApiKey:
        if not NAME.fullmatch(name):
            hint = "letters, digits, '_', '-' and '.'"
            message = f"{shown(name)} cannot be a name"
            self.report.error(entry.source, entry.place, message, hint, at_key=True)
        key = ApiKey(
            name=name,
            digest=read_digest(entry.text("digest") or "") or "",
            config=self.names.one(entry, "config"),
            config_override=entry.flag("config_override") is not False,
            inline_configs=entry.flag("inline_configs") is not False,
            own_provider_keys=entry.flag("own_provider_keys") is True,
            configs=self.names.several(entry, "configs"),
            providers=self._providers(entry),
            virtual_keys=_set(entry, "virtual_keys"),
            requests=entry.integer("requests"),
            concurrency=entry.integer("concurrency"),
        )
        self._check(key, entry)
        return key

    def _check(self, key: ApiKey, entry: Section) -> None:
        """Report settings that contradict each other."""
        source = entry.source
        if key.digest == NOTHING:
            hint = f"the variable of the key was empty when this was made: {BY_HAND}"
            self.report.wrong(source, entry.at("digest"), "is that of no key at all", hint)
        if key.config and key.configs is not None and key.config not in key.configs:
            message = f"config {shown(key.config)} is not among the key's own configs"
            self.report.error(source, entry.at("config"), message, "add it to 'configs'")
        if not key.config_override and key.config is None and self.default is None:
            message = "without a config of its own this key can be used for nothing"
            hint = "write its 'config', or one for all at the top"
            self.report.error(source, entry.at("config_override"), message, hint)

    def _providers(self, entry: Section) -> frozenset[str] | None:
        """Return the providers' own names; aliases of them may be written."""
        texts = entry.texts("providers")
        if texts is None:
            return None
        known = Reading(
            report=self.report, providers=providers(), elsewhere=INSTALLED, environment={}
        )
        names: set[str] = set()
        for i, text in enumerate(texts):
            info = known.provider(text)
            if info is None:
                message, hint = f"unknown provider {shown(text)}", known.provider_hint(text)
                self.report.error(entry.source, (*entry.at("providers"), i), message, hint)
            else:
                names.add(info.name)
        return frozenset(names)

    def _check_twins(self, keys: Section, found: tuple[ApiKey, ...]) -> None:
        """Report keys that are the same: nobody could tell whose request it is."""
        first: dict[str, str] = {}
        for key in found:
            owner = first.setdefault(key.digest, key.name)
            if key.digest and owner != key.name:
                hint = f"'pixroute keys rotate {key.name}' gives it one of its own"
                place = (*keys.at(key.name), "digest")
                self.report.wrong(keys.source, place, f"is that of {owner!r}, too", hint)


def flag_digests(keys: Section, report: Report) -> None:
    """Report what is no digest, before a schema does in words of its own; no key is shown."""
    for name, entry in _entries(keys):
        text, place = entry.text("digest"), entry.at("digest")
        if text is None or read_digest(text) is not None:
            continue
        message = "digest is none"
        hint = f"expected sha256: and 64 hexadecimal digits, as of: {BY_HAND}"
        if looks_like_ours(text):
            message = "a key stands where its digest belongs, for all to read"
            hint = (
                f"'pixroute keys rotate {name}' makes another and writes its digest; "
                f"to keep this one, write sha256: and what this prints: {BY_HAND}"
            )
        problem = keys.source.problem(place, message, hint)
        report.flaw(keys.source, place, problem)


def _entries(keys: Section) -> Iterator[tuple[str, Section]]:
    for name in keys.value:
        entry = keys.section(name)
        if entry is not None:
            yield name, entry


def _set(entry: Section, key: str) -> frozenset[str] | None:
    texts = entry.texts(key)
    return None if texts is None else frozenset(texts)
