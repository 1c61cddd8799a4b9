"""Asked: what a target would make of a request: by the very adapter that would send it."""

from collections.abc import Iterator, Mapping, Sequence
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
from router.core.order import STEPS
from router.core.pricing import estimate
from router.policies.adapt import apply, find_changes
from router.policies.counting import UncountableError, counted
from router.policies.split import most_per_call, plan

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


def calls_of(route: TargetRoute, adapter: Adapter) -> int | None:
    """Return how many calls a request takes for as many pictures as the config has it ask for.

    None means that nobody can tell.
    """
    try:
        aim = _aim(route, adapter)
        request, _ = counted(_request(route, PROMPT), aim)
        return len(plan(request.n, guard(most_per_call, request, aim)))
    except (AdapterError, UncountableError):
        return None


def costs_of(route: TargetRoute, adapter: Adapter) -> Iterator[float | None]:
    """Yield what must be set aside for a picture, for each choice that may make it the cheapest.

    Among these are a caller's, where the config leaves it any. None means that nobody can tell.
    """
    facts = _facts(_request(route, PROMPT), route, adapter)
    if facts is None:
        yield None
        return
    for choices in product(*_choices(facts)):
        params = {name: value for one in choices for name, value in one.items()}
        yield _cost({**SHORTEST, **params}, route, adapter)


def plain_cost_of(route: TargetRoute, adapter: Adapter) -> float | None:
    """Return what must be set aside for a request that says its prompt alone; None if unknown."""
    return _cost(SHORTEST, route, adapter, route.settings.default_params)


def left_open(route: TargetRoute, adapter: Adapter) -> tuple[str, ...]:
    """Return the parameters that a price goes by, where the config says nothing of them."""
    request = _request(route, SHORTEST, route.settings.default_params)
    facts = _facts(request, route, adapter)
    names = () if facts is None else (name for one in _choices(facts) for name in one[0])
    return tuple(name for name in names if name not in request.params and name not in STEPS[1:])


def _choices(facts: ModelFacts) -> Iterator[Sequence[Mapping[str, JSON]]]:
    """Yield what there is of sizes, of qualities, and of whatever else a price looks at."""
    grid = () if facts.grid is None else facts.grid.slimmest()
    sizes = (*facts.sizes, *grid)
    yield [{"size": str(size)} for size in sizes] or [EMPTY]
    yield [{"quality": quality} for quality in facts.qualities] or [EMPTY]
    limits = {one.expect.limit for one in facts.prices if one.expect and one.expect.limit}
    yield [dict.fromkeys(limits, 1)]
    is_by_step = any(one.per == "step" or one.steps is not None for one in facts.prices)
    yield [dict.fromkeys(STEPS, 1) if is_by_step else EMPTY]


def _cost(
    params: Mapping[str, JSON],
    route: TargetRoute,
    adapter: Adapter,
    defaults: Mapping[str, JSON] = EMPTY,
) -> float | None:
    """Return the bound that the engine would set aside."""
    request = _request(route, params, defaults)
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
