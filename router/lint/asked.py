"""Asked: what a target would make of a request: by the very adapter that would send it."""

from collections.abc import Mapping
from dataclasses import replace
from itertools import product

from router.compiler import parameters_of, target_of
from router.config.model import TargetRoute
from router.core.adapter import Adapter
from router.core.catalog import ModelFacts
from router.core.context import Aim
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest
from router.core.jsontypes import EMPTY, JSON
from router.core.pricing import estimate
from router.policies.adapt import apply, find_changes

PROMPT: Mapping[str, JSON] = {"prompt": "a red kite"}
NO_MODEL = "of no such name"
SHORTEST: Mapping[str, JSON] = {"prompt": "x"}


def facts_of(route: TargetRoute, adapter: Adapter) -> ModelFacts | None:
    """Return what is known of the only model that a target asks for.

    A host of one's own has models of its own, and where the request may name another model, or
    pick another deployment, nothing is certain.
    """
    if route.base_url is not None:
        return None
    named = route.settings.override_params.get("model") or route.options.get("model_name")
    if named is None and not _is_settled(route, adapter):
        return None
    params = EMPTY if named is None else {"model": named}
    return _facts(ImageRequest(params=params), route, adapter)


def _is_settled(route: TargetRoute, adapter: Adapter) -> bool:
    """Tell whether the same is asked for whatever model a request names, as is a deployment."""
    target = target_of(route, adapter.provider)
    aliases = (one.alias for one in route.deployments if one.alias is not None)
    named: list[Mapping[str, JSON]] = [{"model": name} for name in (NO_MODEL, *aliases)]
    requests = [ImageRequest(params=params) for params in (EMPTY, *named)]
    try:
        asked = {guard(adapter.model, request, target) for request in requests}
    except AdapterError:
        return False
    return len(asked) == 1 and None not in asked


def losses(route: TargetRoute, adapter: Adapter, *, with_defaults: bool) -> tuple[str, ...] | None:
    """Return what a target loses of the parameters that the config itself gives every request.

    Each is told in the adapter's words: `size 1536x1024 -> aspect_ratio 3:2`. None means that
    nobody knows.
    """
    defaults = route.settings.default_params if with_defaults else EMPTY
    request = _request(route, PROMPT, defaults)
    try:
        changes = guard(find_changes, request, _aim(route, adapter))
    except AdapterError:
        return None
    return tuple(change.note for change in changes.values() if change.note and not change.exact)


def prices_of(route: TargetRoute, adapter: Adapter) -> bool:
    """Tell whether anything is known of what a target's model costs."""
    facts = _facts(_request(route, PROMPT), route, adapter)
    return facts is not None and bool(facts.prices)


def least_cost(route: TargetRoute, adapter: Adapter) -> float | None:
    """Return what must be set aside for a target's cheapest picture; None where that is open.

    It is open where any size may be asked for.
    """
    facts = _facts(_request(route, PROMPT), route, adapter)
    pinned = route.settings.override_params
    if facts is None or (facts.grid is not None and "size" not in pinned):
        return None
    qualities: list[Mapping[str, JSON]] = [{"quality": quality} for quality in facts.qualities]
    sizes: list[Mapping[str, JSON]] = [{"size": str(size)} for size in facts.sizes]
    asked = product(qualities or [EMPTY], sizes or [EMPTY])
    costs = [_cost({**SHORTEST, **one, **other}, route, adapter) for one, other in asked]
    known = [cost for cost in costs if cost is not None]
    return min(known) if len(known) == len(costs) else None


def _cost(params: Mapping[str, JSON], route: TargetRoute, adapter: Adapter) -> float | None:
    """Return the bound that the engine would set aside."""
    request = _request(route, params)
    try:
        changes = guard(find_changes, request, _aim(route, adapter))
    except AdapterError:
        return None
    said = request.with_params(apply(changes, request, route.settings.on_unsupported))
    return estimate(_facts(said, route, adapter), said)


def _facts(request: ImageRequest, route: TargetRoute, adapter: Adapter) -> ModelFacts | None:
    try:
        return guard(lambda: adapter.facts(request, target_of(route, adapter.provider)))
    except AdapterError:
        return None


def _request(
    route: TargetRoute, params: Mapping[str, JSON], defaults: Mapping[str, JSON] = EMPTY
) -> ImageRequest:
    """Return what a target makes of a caller's parameters."""
    parameters = replace(parameters_of(route.settings), defaults=defaults)
    return ImageRequest(params=parameters.apply(params))


def _aim(route: TargetRoute, adapter: Adapter) -> Aim:
    """Raise AdapterError where the adapter is at a loss."""
    target = target_of(route, adapter.provider)
    origins = guard(lambda: adapter.origins(target))
    return Aim(target=target, adapter=adapter, origins=origins, state_key="lint")
