"""Artefacts: pictures in the form and the format that were asked for, whatever a provider gives."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import anyio

from router.core.adapter import Rule
from router.core.context import Aim, Context
from router.core.finishing import ArtefactError, FetchError, Finishing
from router.core.guard import AdapterError, PortError, attend, guard
from router.core.images import ImageRequest, Picture, Pictures
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome, Success
from router.policies.finish import COMPRESSED, FORMATS, FORMS, Wish, finish

PROMISES = frozenset({"response_format", "output_format", "output_compression"})
AT_ONCE = 8  # pictures of one answer that are downloaded at the same time

NO_PILLOW = (
    "{provider} cannot give {what}, and converting it needs Pillow: pip install 'pixroute[convert]'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefacts:
    """Keep from the provider what it cannot do, and do it to the pictures that come.

    `drops` leaves a format that nobody here can make to the node that drops it. A download that
    fails is repeated by itself: the pictures behind it are bought.
    """

    path: str
    child: Node
    drops: bool = False

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        finishing, aim = context.finishing, context.aim
        if finishing is None or PROMISES.isdisjoint(request.params) or aim.target.passthrough:
            return await self.child.execute(request, context)
        try:
            wish = guard(lambda: find_wish(request, aim))
        except AdapterError as bug:
            return bug.failure(sent=False)
        if wish.reencodes and finishing.converter is None:
            if not self.drops:
                return _unfit(wish, request, aim)
            wish = replace(wish, taken=wish.taken & {"response_format"})
        if wish.taken:
            kept = {key: value for key, value in request.params.items() if key not in wish.taken}
            context = context.adapted(_notes(wish, request))
            request = request.with_params(kept)
        outcome = await self.child.execute(request, context)
        if isinstance(outcome, Failure):
            return outcome
        context.trace.salvage(outcome.pictures.data)  # the deadline may cut a download off
        return await self._finished(outcome, wish, finishing, context)

    async def _finished(
        self, outcome: Success, wish: Wish, finishing: Finishing, context: Context
    ) -> Outcome:
        came = outcome.pictures.data
        done: list[Picture] = list(came)
        faults: dict[int, str] = {}
        turns = anyio.Semaphore(AT_ONCE)

        async def take(number: int) -> None:
            async with turns:
                work = finish(came[number], wish, finishing)
                try:
                    done[number] = await attend(work, FetchError, ArtefactError)
                except (FetchError, ArtefactError, PortError) as error:
                    faults[number] = str(error)

        async with anyio.create_task_group() as group:
            for number in range(len(came)):
                group.start_soon(take, number)
        if faults:
            return _unfinished(faults, tuple(done), context)
        if all(new is old for new, old in zip(done, came, strict=True)):
            return outcome
        return Success(pictures=_renewed(outcome.pictures, tuple(done)))


def find_wish(request: ImageRequest, aim: Aim) -> Wish:
    """Return what is asked for, and which of it must be kept from the provider."""
    params = request.params
    wish = Wish(
        form=FORMS.get(_word(params.get("response_format"))),
        format=FORMATS.get(_word(params.get("output_format"))),
        compression=_level(params.get("output_compression")),
    )
    rules = aim.adapter.rules(request, aim.target)
    asked = tuple(_asked(wish))
    taken = {name for name in asked if not _is_native(name, request, aim, rules)}
    if "output_format" in taken and "output_compression" in asked:
        taken.add("output_compression")  # of a format that the provider does not make
    return replace(wish, taken=frozenset(taken))


def _asked(wish: Wish) -> Iterator[str]:
    if wish.form is not None:
        yield "response_format"
    if wish.format is not None:
        yield "output_format"
    if wish.compression is not None and (wish.format is None or wish.format in COMPRESSED):
        yield "output_compression"


def _is_native(name: str, request: ImageRequest, aim: Aim, rules: Mapping[str, Rule]) -> bool:
    """Tell whether the provider does it itself, in these words or in its own."""
    if name in request.verbatim:
        return True
    rule = rules.get(name)
    if rule is None:
        return not aim.adapter.unknown(name, request, aim.target)
    change = rule(request.params[name], request.params)
    return change is None or change.exact


def _word(value: JSON) -> str:
    return value.lower() if isinstance(value, str) else ""


def _level(value: JSON) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= 100 else None


def _notes(wish: Wish, request: ImageRequest) -> tuple[str, ...]:
    """Say what is done here; a URL or base64 is not worth saying, as nothing is lost by it."""
    names = sorted(wish.taken - {"response_format"})
    return tuple(f"{name} {request.params[name]} -> converted here" for name in names)


def _unfit(wish: Wish, request: ImageRequest, aim: Aim) -> Failure:
    names = sorted(wish.taken - {"response_format"})
    what = " and ".join(f"{name} {request.params[name]}" for name in names)
    message = NO_PILLOW.format(provider=aim.target.provider, what=what)
    return Failure(kind=Kind.UNSUPPORTED, status=501, message=message, local=True)


def _unfinished(
    faults: Mapping[int, str], pictures: tuple[Picture, ...], context: Context
) -> Failure:
    """Return the failure of a promise about pictures that came: the failure carries them."""
    number = min(faults)
    failure = Failure(
        kind=Kind.INVALID_OUTPUT,
        status=502,
        message=f"picture {number} came, and could not be given as asked: {faults[number]}",
        billed=True,
        pictures=pictures,
    )
    context.trace.last_failure = failure
    return context.ending(failure)


def _renewed(pictures: Pictures, data: tuple[Picture, ...]) -> Pictures:
    """Return the answer with other pictures; what it says of their format is kept true."""
    fields = dict(pictures.fields)
    media = data[0].media
    if media is not None and "output_format" in fields:
        fields["output_format"] = media.format
    return replace(pictures, data=data, fields=fields, raw=None)
