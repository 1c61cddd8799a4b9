"""Models: names that nobody knows, and that are nearly those of known ones."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from router.config.masking import shown
from router.config.model import TargetRoute
from router.core.catalog import LONGEST_NAME, Catalog
from router.lint.rule import Finding, Rule
from router.lint.subject import Subject
from router.providers.catalog import catalog_of

NEAR = 0.9  # of a name is the same: a letter or two are wrong
FREE = frozenset({"azure-openai"})
"""Providers at whom models have names of one's own."""

PLACES = (("override_params", "model"), ("default_params", "model"))


def _misspelt(subject: Subject) -> Iterator[Finding]:
    for spot, route in subject.targets:
        if route.provider is None or route.provider in FREE or route.base_url is not None:
            continue
        catalog = _catalog(subject, route.provider)
        for name in dict.fromkeys(_named(route)):
            meant = _meant(name, catalog)
            if meant is not None:
                yield Finding(
                    place=subject.written(spot, *PLACES) or spot.place,
                    message=f"{shown(name)} is no model that is known of {catalog.provider}",
                    hint=f"did you mean {meant!r}?",
                )


def _catalog(subject: Subject, provider: str) -> Catalog:
    own, shipped = subject.document.catalogs.get(provider), catalog_of(provider)
    return shipped if own is None else shipped.overlaid(own)


def _named(route: TargetRoute) -> Iterator[str]:
    settings = route.settings
    for params in (settings.override_params, settings.default_params):
        model = params.get("model")
        if isinstance(model, str):
            yield model
            return


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
    return _words(name) == _words(known) or name.startswith(f"{known}-")


def _words(name: str) -> str:
    return re.sub(r"[\d.-]+", "", name)


UNKNOWN_MODEL = Rule(
    code="unknown-model",
    severity="warning",
    title="A model whose name is nearly that of a known one",
    harm="the provider answers every request with an error, if it is misspelt",
    remedy="write the name as the provider does: 'pixroute models' lists those that are known",
    check=_misspelt,
)
