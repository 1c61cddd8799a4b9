"""Models: names that nobody knows, and that are nearly those of known ones."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from router.config.masking import shown
from router.config.model import TargetRoute
from router.core.catalog import LONGEST_NAME, Catalog
from router.core.provider import ProviderInfo, info_of
from router.lint.rule import Finding, Rule
from router.lint.subject import Subject
from router.providers.catalog import catalog_of
from router.providers.registry import find_provider

NEAR = 0.9  # of a name is the same: a letter or two are wrong

PARAMS = ("override_params", "default_params")


def _misspelt(subject: Subject) -> Iterator[Finding]:
    for spot, route in subject.targets:
        named = _named(route)
        if named is None or route.provider is None or route.base_url is not None:
            continue
        if _provider(route.provider).names_models:
            continue
        (key, name), catalog = named, _catalog(subject, route.provider)
        meant = _meant(name, catalog)
        if meant is not None:
            yield Finding(
                place=subject.written(spot, (key, "model")) or spot.place,
                message=f"{shown(name)} is no model that is known of {catalog.provider}",
                hint=f"did you mean {meant!r}?",
            )


def _provider(name: str) -> ProviderInfo:
    try:
        return find_provider(name)
    except LookupError:  # of the caller's own
        return info_of(name)


def _catalog(subject: Subject, provider: str) -> Catalog:
    own, shipped = subject.document.catalogs.get(provider), catalog_of(provider)
    return shipped if own is None else shipped.overlaid(own)


def _named(route: TargetRoute) -> tuple[str, str] | None:
    """Return where a target names a model, and the name; an override leaves no other room."""
    settings = route.settings
    params = zip(PARAMS, (settings.override_params, settings.default_params), strict=True)
    found = ((key, values.get("model")) for key, values in params)
    return next(((key, model) for key, model in found if isinstance(model, str)), None)


def _meant(name: str, catalog: Catalog) -> str | None:
    """Return the known name that is meant; None where this one is known, or may be a new one."""
    if len(name) > LONGEST_NAME or catalog.find(name) is not None:
        return None
    known = (other for model in catalog.models for other in model.names)
    near = [(SequenceMatcher(None, name, other).ratio(), other) for other in known]
    ratio, other = max(near, default=(0.0, ""))
    return other if ratio >= NEAR and not _may_be_new(name, other) else None


def _may_be_new(name: str, known: str) -> bool:
    """Tell whether a name may be another version: numbers differ, or something is added."""
    is_version = _words(name) == _words(known) and _digits(name) != _digits(known)
    return is_version or name.startswith(f"{known}-")


def _words(name: str) -> str:
    return re.sub(r"[\d.-]+", "", name)


def _digits(name: str) -> list[str]:
    return re.findall(r"\d+", name)


UNKNOWN_MODEL = Rule(
    code="unknown-model",
    severity="warning",
    title="A model whose name is nearly that of a known one",
    harm="the provider answers every request with an error, if it is misspelt",
    remedy="write the name as the provider does: 'pixroute models' lists those that are known",
    check=_misspelt,
)
