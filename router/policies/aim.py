"""Aim: decide whom a target's branch asks, and with which parameters."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from router.core.context import Aim, Context
from router.core.guard import AdapterError
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome
from router.policies.counting import UncountableError, counted
from router.policies.parameters import Parameters

NO_PROVIDER = (
    "no provider is known for {path}: name one in the target's `provider` or `virtual_key`, as "
    "`@slug/model` in its `override_params.model` or `default_params.model`, as `@slug/model` in "
    "the request's model, or as the request's provider"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeAim:
    """Put the target into the context and the target's parameters into the request.

    From here on `n` is the number of pictures, in whatever words it was said.
    `aim` is None where only the request names the provider; then `aims` has one for every slug
    (virtual keys first, then providers) that a request may name. The `hidden` ones are told to
    nobody who does not know them.
    """

    path: str
    child: Node
    parameters: Parameters
    aim: Aim | None
    aims: Mapping[str, Aim]
    hidden: AbstractSet[str] = frozenset()

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        slug, model = split_slug(request.model)
        aim = self.aim or self._aim_of(slug or request.provider)
        if aim is None:
            return self._unaimed(slug or request.provider)
        if slug is not None or not self.parameters.are_empty:
            named = {} if slug is None else {"model": model}
            request = request.with_params(self.parameters.apply({**request.params, **named}))
        try:
            plain, notes = counted(request, aim)
        except AdapterError as bug:
            return bug.failure(sent=False)
        except UncountableError as word:
            return _bad_request(str(word), word.param)
        if slug is not None and not self._means(slug, aim):
            said = f"model {f'@{slug[:40]}/'!r} left out (this target names its provider)"
            notes = (said, *notes)
        branch = context.aiming(aim)
        return await self.child.execute(plain, branch.adapted(notes) if notes else branch)

    def _means(self, slug: str, aim: Aim) -> bool:
        """Tell whether a slug of the request has chosen this target, or would have."""
        return self.aim is None or slug in {aim.target.provider, aim.target.credential}

    def _aim_of(self, slug: str | None) -> Aim | None:
        return None if slug is None else self.aims.get(slug.removeprefix("@"))

    def _unaimed(self, slug: str | None) -> Failure:
        message = NO_PROVIDER.format(path=self.path)
        if slug is not None:
            known = ", ".join(sorted(self.aims.keys() - self.hidden))
            message = f"{slug!r} is no virtual key and no provider; known here: {known}"
        return _bad_request(message)


def _bad_request(message: str, param: str | None = None) -> Failure:
    return Failure(kind=Kind.BAD_REQUEST, status=400, message=message, local=True, param=param)


def split_slug(model: str | None) -> tuple[str | None, JSON]:
    """Split `@slug/model` into slug and model; a model without a slug comes back whole."""
    if model is None or not model.startswith("@") or "/" not in model:
        return None, model
    slug, _, rest = model[1:].partition("/")
    return slug, rest
