"""Origins: where in a config each setting of a group or a target was written."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from router.config.places import Place, shown_place
from router.config.section import Section
from router.config.source import Source

WHOLE = ("retry", "request_timeout", "cb_config", "on_unsupported", "forward_headers")
"""Settings that are inherited whole, from the nearest that has them."""

BY_KEY = ("override_params", "default_params")
"""Settings that are inherited key by key."""

OWN = ("strategy", "budget", "cache", "limit", "weight")
"""Settings that hold only where they are written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """`path` is the group or target that has the setting; `line` is None where there is no file."""

    path: str
    line: int | None = None


Origins = Mapping[str, Mapping[str, Origin]]
"""By the path of a group or target, and by setting: `retry`, `override_params.model`."""


def origins(source: Source) -> Origins:
    """Tell for every route of a config that was read where its settings come from."""
    return MappingProxyType(dict(_routes(Section(source, source.value), {})))


def _routes(
    section: Section, above: Mapping[str, Origin]
) -> Iterator[tuple[str, Mapping[str, Origin]]]:
    inherited = {**above, **dict(_inherited(section))}
    own = {key: _origin(section, section.at(key)) for key in OWN if key in section}
    yield _path(section), MappingProxyType({**inherited, **own})
    if "targets" in section or "strategy" in section:
        for below in section.sections("targets"):
            yield from _routes(below, inherited)


def _inherited(section: Section) -> Iterator[tuple[str, Origin]]:
    for key in WHOLE:
        place = _written(section, key)
        if place is not None:
            yield key, _origin(section, place)
    for key in BY_KEY:
        for name in section.mapping(key):
            yield f"{key}.{name}", _origin(section, (*section.at(key), name))
    for number, name in enumerate(section.texts("drop_params") or ()):
        yield f"drop_params.{name}", _origin(section, (*section.at("drop_params"), number))


def _written(section: Section, key: str) -> Place | None:
    """Return where a setting is written, if it is; `cb_config` may be in `strategy`, too."""
    if key == "cb_config":
        strategy = section.section("strategy")
        if strategy is not None and key in strategy:
            return strategy.at(key)
    return section.at(key) if key in section else None


def _origin(section: Section, place: Place) -> Origin:
    source = section.source
    span = source.keys.get(place) or source.values.get(place)
    return Origin(path=_path(section), line=span.line if span else None)


def _path(section: Section) -> str:
    return shown_place(section.place, section.source.root)
