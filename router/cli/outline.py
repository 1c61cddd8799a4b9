"""Outline: a config's tree in one line."""

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
    match route.strategy:
        case Single():
            return outline(route.targets[0])
        case FallbackSettings():
            return _group("fallback", route, [outline(child) for child in route.targets])
        case LoadBalanceSettings():
            return _group("loadbalance", route, _shares(route))
        case ConditionalSettings():
            return _group("conditional", route, [outline(child) for child in route.targets])


def _group(mode: str, route: GroupRoute, children: list[str]) -> str:
    if all(isinstance(child, TargetRoute) for child in route.targets):
        return f"{mode} of {', '.join(children)}"
    return f"{mode} of {len(children)} ({'; '.join(children)})"


def _shares(route: GroupRoute) -> list[str]:
    """Name each child with its share, unless all have the same."""
    children = [outline(child) for child in route.targets]
    weights = [child.weight for child in route.targets]
    if len(set(weights)) == 1:
        return children
    return [
        f"{100 * weight / sum(weights):.3g} % {child}"
        for weight, child in zip(weights, children, strict=True)
    ]
