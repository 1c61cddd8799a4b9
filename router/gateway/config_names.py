"""Config names: ids and aliases, and what settings mean by them."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from router.config.masking import shown
from router.config.places import Place
from router.config.problems import did_you_mean, hints, one_of
from router.config.report import Report
from router.config.section import Section
from router.config.source import Source

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
"""What an alias and a key may be called: headers, metrics and command lines can say it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigNames:
    """`known` are the ids of a folder's configs; None where any may be."""

    report: Report
    known: AbstractSet[str] | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)

    def one(self, section: Section, key: str) -> str | None:
        """Return the id that is meant; an unknown one is reported."""
        text = section.text(key)
        return None if text is None else self._id(section.source, section.at(key), text)

    def several(self, section: Section, key: str) -> frozenset[str] | None:
        """Return the ids that a list means; None where there is no list."""
        texts = section.texts(key)
        if texts is None:
            return None
        places = [(*section.at(key), i) for i in range(len(texts))]
        named = zip(places, texts, strict=True)
        return frozenset(self._id(section.source, place, text) for place, text in named)

    def _id(self, source: Source, place: Place, text: str) -> str:
        name = self.aliases.get(text, text)
        if self.known is not None and text not in self.aliases and name not in self.known:
            all_names = [*sorted(self.known), *self.aliases]
            hint = hints(one_of(all_names, "it has"), did_you_mean(text, all_names))
            message = f"the folder has no config {shown(text)}"
            self.report.error(source, place, message, hint)
        return name


def read_names(settings: Section, report: Report, known: AbstractSet[str] | None) -> ConfigNames:
    """Read `aliases`. Each stands for a config, and for no other alias."""
    without = ConfigNames(report=report, known=known)
    section = settings.section("aliases")
    if section is None:
        return without
    for alias in section.value:
        _check_alias(section, alias, report, known or frozenset())
    ids = {alias: without.one(section, alias) for alias in section.value}
    aliases = {alias: name for alias, name in ids.items() if name is not None}
    return ConfigNames(report=report, known=known, aliases=aliases)


def _check_alias(section: Section, alias: str, report: Report, known: AbstractSet[str]) -> None:
    wrong = ""
    if not NAME.fullmatch(alias):
        wrong = "cannot be a name: expected letters, digits, '_', '-' and '.'"
    elif alias in known:
        wrong = "is a config's own name"
    if wrong:
        message = f"alias {shown(alias)} {wrong}"
        report.error(section.source, section.at(alias), message, at_key=True)
