"""Verify: a picture is checked before it counts as success."""

from collections.abc import Sequence

from router.core.images import ImageRequest, Picture, Pictures
from router.core.outcome import Failure, Kind
from router.core.wholeness import NOTHING, find_fault


def check_pictures(request: ImageRequest, pictures: Pictures) -> Failure | None:
    """Return what is wrong with an answer: too few pictures, or broken ones."""
    if not pictures.data:
        return _failure(Kind.EMPTY, "the answer has no picture in it", ())
    claimed = pictures.fields.get("output_format")
    faults = [find_fault(picture, claimed) for picture in pictures.data]
    for index, fault in enumerate(faults):
        if fault is not None:
            kind = Kind.EMPTY if fault == NOTHING else Kind.INVALID_OUTPUT
            return _failure(kind, f"picture {index}: {fault}", _good(pictures.data, faults))
    came = len(pictures.data)
    if came < request.n:
        message = f"{came} of {request.n} pictures came"
        return _failure(Kind.INVALID_OUTPUT, message, pictures.data)
    return None


def _good(pictures: Sequence[Picture], faults: Sequence[str | None]) -> tuple[Picture, ...]:
    both = zip(pictures, faults, strict=True)
    return tuple(picture for picture, fault in both if fault is None)


def _failure(kind: Kind, message: str, good: tuple[Picture, ...]) -> Failure:
    return Failure(kind=kind, status=502, message=message, billed=None, pictures=good)
