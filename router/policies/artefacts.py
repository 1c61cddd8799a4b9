"""Artefacts: pictures in the form and the format that were asked for, whatever a provider gives."""

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from router.core.adapter import Rule
from router.core.context import Aim, Context
from router.core.finishing import Finishing
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest, Picture, Pictures
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.outcome import Failure, Kind, Outcome, Success
from router.policies.batch import Batch
from router.policies.finish import COMPRESSED, FORMATS, FORMS, Wish, is_finished
from router.policies.timeout import DEFAULT_TIMEOUT

PROMISES = frozenset({"response_format", "output_format", "output_compression"})

NO_PILLOW = (
    "{provider} cannot give {what}, and converting it needs Pillow: pip install 'pixroute[convert]'"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Artefacts:
    """Keep from the provider what it cannot do, and do it to the pictures that come.

    `drops` leaves a format that nobody here can make to the node that drops it. A download that
    fails is repeated by itself: the pictures behind it are bought. What a failure carries is as
    asked for, too; what cannot be made so is not in it. `seconds` are what all pictures of one
    answer have together, in the time after the attempt that gave them.
    """

    path: str
    child: Node
    drops: bool = False
    seconds: float = DEFAULT_TIMEOUT

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        finishing, aim = context.finishing, context.aim
        if finishing is None or PROMISES.isdisjoint(request.params) or aim.target.passthrough:
            return await self.child.execute(request, context)
        try:
            wish = guard(find_wish, request, aim)
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
        outcome = await self._ask(request, wish, finishing, context)
        return await self._as_asked(outcome, wish, finishing, context)

    async def _as_asked(
        self, outcome: Outcome, wish: Wish, finishing: Finishing, context: Context
    ) -> Outcome:
        """Return an outcome whose pictures are as asked for."""
        came = outcome.pictures if isinstance(outcome, Failure) else outcome.pictures.data
        if all(is_finished(picture, wish, finishing) for picture in came):
            return outcome
        batch = Batch(came, self.seconds)
        await _finish(batch, wish, finishing, context)
        if isinstance(outcome, Failure):
            return _carrying(outcome, batch)
        if len(batch.done) < len(came):
            return _unfinished(batch, context)
        return Success(pictures=_renewed(outcome.pictures, batch.kept))

    async def _ask(
        self, request: ImageRequest, wish: Wish, finishing: Finishing, context: Context
    ) -> Outcome:
        """Ask the child. Of what it salvages only what is as asked for counts above."""
        trace = context.trace
        earlier = trace.salvaged
        try:
            return await self.child.execute(request, context)
        finally:
            salvaged, trace.salvaged = trace.salvaged, earlier
            if salvaged is not earlier:
                trace.salvage(tuple(one for one in salvaged if is_finished(one, wish, finishing)))


async def _finish(batch: Batch, wish: Wish, finishing: Finishing, context: Context) -> None:
    """Make of pictures what was asked for; the deadline may cut that off."""
    try:
        await batch.finish(wish, finishing)
    except asyncio.CancelledError:
        _unfinished(batch, context)
        raise
    finally:
        context.trace.salvage(batch.kept)


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
    # Without a format it is not known yet whether a picture comes that can be compressed.
    how = "converted here" if wish.format is not None else "done here to a jpeg or a webp"
    return tuple(f"{name} {request.params[name]} -> {how}" for name in names)


def _unfit(wish: Wish, request: ImageRequest, aim: Aim) -> Failure:
    names = sorted(wish.taken - {"response_format"})
    what = " and ".join(f"{name} {request.params[name]}" for name in names)
    message = NO_PILLOW.format(provider=aim.target.provider, what=what)
    return Failure(kind=Kind.UNSUPPORTED, status=501, message=message, local=True)


def _unfinished(batch: Batch, context: Context) -> Failure:
    """Return the failure of a promise about pictures that came: it carries those that keep it."""
    failure = Failure(
        kind=Kind.TIMEOUT if batch.is_late else Kind.INVALID_OUTPUT,
        status=408 if batch.is_late else 502,
        message=batch.why_not,
        billed=True,
        pictures=batch.kept,
        unfinished=batch.unfinished,
    )
    context.trace.last_failure = failure
    return context.ending(failure)


def _carrying(failure: Failure, batch: Batch) -> Failure:
    """Return a failure with its pictures as asked for, without those that cannot be."""
    if len(batch.done) == len(batch.came):
        return replace(failure, pictures=batch.kept)
    message = f"{failure.message}; {batch.why_not}"
    return replace(failure, message=message, pictures=batch.kept, unfinished=batch.unfinished)


def _renewed(pictures: Pictures, data: tuple[Picture, ...]) -> Pictures:
    """Return the answer with other pictures; what it says of their format is kept true."""
    fields = dict(pictures.fields)
    media = data[0].media
    if media is not None and "output_format" in fields:
        fields["output_format"] = media.format
    return replace(pictures, data=data, fields=fields, raw=None)
