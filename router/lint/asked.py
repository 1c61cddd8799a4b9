"""Asked: what a target would make of a request: by the very adapter that would send it."""

from collections.abc import Mapping

from router.config.model import TargetRoute
from router.core.adapter import Adapter
from router.core.catalog import ModelFacts
from router.core.context import Aim
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.target import Target
from router.policies.adapt import find_changes
from router.policies.parameters import Parameters, parse_drop

PROMPT: Mapping[str, JSON] = {"prompt": "a red kite"}


def facts_of(route: TargetRoute, adapter: Adapter) -> ModelFacts | None:
    """Return what is known of the only model that a target asks for.

    A host of one's own has models of its own, and where the request may name another model, or
    pick another deployment, nothing is certain.
    """
    named = route.settings.override_params.get("model") or route.options.get("model_name")
    if named is None or route.base_url is not None:
        return None
    request = ImageRequest(params={"model": named})
    try:
        return guard(lambda: adapter.facts(request, target_of(route, adapter.provider)))
    except AdapterError:
        return None


def losses(route: TargetRoute, adapter: Adapter, *, with_defaults: bool) -> tuple[str, ...]:
    """Return what a target loses of the parameters that the config itself gives every request.

    Each is told in the adapter's words: `size 1536x1024 -> aspect_ratio 3:2`.
    """
    settings = route.settings
    parameters = Parameters(
        defaults=settings.default_params if with_defaults else {},
        overrides=settings.override_params,
        drops=tuple(parse_drop(path) for path in settings.drop_params),
    )
    request = ImageRequest(params=parameters.apply(PROMPT))
    target = target_of(route, adapter.provider)
    try:
        origins = guard(lambda: adapter.origins(target))
        aim = Aim(target=target, adapter=adapter, origins=origins, state_key="lint")
        changes = guard(find_changes, request, aim)
    except AdapterError:
        return ()
    return tuple(change.note for change in changes.values() if change.note and not change.exact)


def target_of(route: TargetRoute, provider: str) -> Target:
    return Target(
        path=route.path,
        provider=provider,
        credential=route.credential,
        base_url=route.base_url,
        options=route.options,
        deployments=route.deployments,
        passthrough=route.passthrough,
    )
