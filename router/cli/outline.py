"""Outline: a config's tree in one line."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from router.config.model import (
    ConditionalSettings,
    FallbackSettings,
    GroupRoute,
    LoadBalanceSettings,
    Route,
    Single,
    TargetRoute,
)


def outline(route: Route) -> str:
    """Describe a tree: `fallback of 2 (loadbalance of openai, stability-ai; openai)`."""
    if isinstance(route, TargetRoute):
        return route.provider or "the provider that the request names"
    children = _told_apart(route.targets)
    match route.strategy:
        case Single():
            return outline(route.targets[0])
        case FallbackSettings():
            return _group("fallback", route, children)
        case LoadBalanceSettings():
            return _group("loadbalance", route, _shares(route.targets, children))
        case ConditionalSettings(default=default):
            children[default] += " by default"
            return _group("conditional", route, children)


def _group(mode: str, route: GroupRoute, children: Sequence[str]) -> str:
    if all(isinstance(child, TargetRoute) for child in route.targets):
        return f"{mode} of {', '.join(children)}"
    return f"{mode} of {len(children)} ({'; '.join(children)})"


def _told_apart(routes: Sequence[Route]) -> list[str]:
    """Describe siblings; those that look alike with the first detail in which they differ."""
    texts = [outline(route) for route in routes]
    for text in {text for text in texts if texts.count(text) > 1}:
        places = [place for place, other in enumerate(texts) if other == text]
        details = _differing([routes[place] for place in places])
        for place, detail in zip(places, details, strict=True):
            texts[place] = f"{text} {detail}".rstrip()
    return texts


def _differing(routes: Sequence[Route]) -> list[str]:
    """Name routes by models, own names, accounts or hosts, whichever differ; else not at all."""
    for names in zip(*map(_names, routes), strict=True):
        if len(set(names)) == len(routes):
            return list(names)
    return [""] * len(routes)


def _names(route: Route) -> tuple[str, ...]:
    if isinstance(route, GroupRoute):
        return ("", route.name or "", "", "")
    model = route.settings.override_params.get("model")
    host = urlsplit(route.base_url or "").netloc
    return (
        model if isinstance(model, str) else "",
        route.name or "",
        route.virtual_key or "",
        host,
    )


def _shares(routes: Sequence[Route], children: Sequence[str]) -> list[str]:
    """Put its share before each child, unless all have the same."""
    weights = [route.weight for route in routes]
    if len(set(weights)) == 1:
        return list(children)
    return [
        f"{100 * weight / sum(weights):.3g} % {child}"
        for weight, child in zip(weights, children, strict=True)
    ]
