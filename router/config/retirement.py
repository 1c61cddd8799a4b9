"""Retirement: a config that names a model which is gone, or soon will be, is warned of."""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from router.config.editing import fix_for
from router.config.fixes import Change, Fix, Unfixed
from router.config.masking import shown
from router.config.model import TargetRoute
from router.config.places import Place
from router.config.report import Report
from router.config.section import Section
from router.config.source import Source
from router.core.catalog import Catalog, ModelFacts
from router.core.skeleton import as_object

Named: TypeAlias = tuple[Section, Place, str]
"""A model's name, and where it stands."""

PARAMS = ("override_params", "default_params")


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """Knows the models and the day. Without a day nobody is warned."""

    report: Report
    catalog_of: Callable[[str], Catalog]
    today: dt.date | None = None

    def check(self, route: TargetRoute, sections: tuple[Section, ...]) -> None:
        """Warn of the models that a target names; `sections` are its own and its virtual key's.

        A host of one's own has models of its own, whatever they are called.
        """
        if self.today is None or route.provider is None or route.base_url is not None:
            return
        catalog = self.catalog_of(route.provider)
        known = _known(_named(route, sections), catalog)
        # A deployment's own name tells of its model where nothing else does.
        for (section, place, name), facts in known or _known(_deployed(sections), catalog):
            if facts.retired is not None:
                self._warn(section, place, name, facts, catalog)

    def _warn(
        self, section: Section, place: Place, name: str, facts: ModelFacts, catalog: Catalog
    ) -> None:
        today = self.today or dt.date.max
        if facts.is_retired(today):
            message = f"{shown(name)} was retired by {catalog.provider} on {facts.retired}"
            hint = "requests will fail"
        elif facts.retires_soon(today):
            days = (facts.retired - today).days if facts.retired else 0
            message = f"{shown(name)} will be retired by {catalog.provider} on {facts.retired}"
            hint = f"in {days} day{'' if days == 1 else 's'}"
        else:
            return
        successor = successor_of(facts, catalog, today)
        hint += f"; {successor} replaces it" if successor else ""
        fix = None
        if successor and facts.is_retired(today):
            fix = _succession(section.source, place, name, successor)
        self.report.warn(section.source, place, message, hint, code="retired-model", fix=fix)


def _succession(source: Source, place: Place, name: str, successor: str) -> Fix | Unfixed:
    """Write the successor where a model is asked for by name; an alias is a name of one's own."""
    written = source.at(place)
    is_model = place[-1] in {"model", "provider"} and isinstance(written, str)
    if not is_model or f"/{written}".rpartition("/")[2] != name:
        return Unfixed("it is a name of your own")
    text = str(written).removesuffix(name) + successor
    return fix_for(source, Change(place, text), f"asks for {successor} in place of {name}")


def successor_of(facts: ModelFacts, catalog: Catalog, today: dt.date) -> str | None:
    """Return the model that replaces another: the first in the line that is not gone itself."""
    seen = {facts.name}
    name = facts.replaced_by
    while name is not None and name not in seen:
        seen.add(name)
        next_one = catalog.find(name)
        if next_one is None or not next_one.is_retired(today) or next_one.replaced_by is None:
            return name
        name = next_one.replaced_by
    return name


def _known(named: Iterable[Named], catalog: Catalog) -> list[tuple[Named, ModelFacts]]:
    """Return the names of models that are known."""
    found = ((one, catalog.find(one[-1])) for one in named)
    return [(one, facts) for one, facts in found if facts is not None]


def _named(route: TargetRoute, sections: tuple[Section, ...]) -> Iterator[Named]:
    """Yield every name by which a target may ask for a model."""
    own = sections[0]
    settings = route.settings
    params = zip(PARAMS, (settings.override_params, settings.default_params), strict=True)
    for key, values in params:
        model = values.get("model")
        if isinstance(model, str):
            yield own, _place(own, key), model
            break  # an override leaves no room for a default
    for section in sections:
        if section.text("model_name") or section.text("azure_model_name"):
            key = "model_name" if "model_name" in section else "azure_model_name"
            yield section, section.at(key), section.text(key) or ""
        for one in section.sections("deployments"):
            alias = one.text("alias")
            if alias is not None:
                yield one, one.at("alias"), alias


def _deployed(sections: Iterable[Section]) -> Iterator[Named]:
    """Yield the names of deployments, which may be those of their models."""
    for section in (part for one in sections for part in (one, *one.sections("deployments"))):
        for key in ("deployment_id", "azure_deployment_id"):
            name = section.text(key)
            if name is not None:
                yield section, section.at(key), name


def _place(section: Section, key: str) -> Place:
    """Return where a model of `key` is written: at the target, or at the nearest group above it."""
    for length in range(len(section.place), -1, -1):
        place = section.place[:length]
        if "model" in as_object(section.source.at((*place, key))):
            return (*place, key, "model")
    return section.at("provider")
