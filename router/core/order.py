"""Order: what a call asks for, or has given, as far as prices look at it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from router.core.catalog import ModelFacts, Price
from router.core.catalog_file import AUTO, as_text
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import JSON
from router.core.sizes import Size, parse_size

STEPS = ("steps", "num_inference_steps")
"""The names that providers have for how long a picture is worked on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """`count` pictures of `size`, from a prompt of so many bytes and so many `files`.

    `said` are the parameters with the model's defaults, and `operation` among them. `area` is that
    of all pictures, in pixels. A `size` or an `area` that is None is not known.
    """

    count: int
    said: Mapping[str, JSON]
    prompt: int
    files: int
    size: Size | None
    area: int | None

    def value(self, name: str) -> str | None:
        """Return a parameter's value; None where it is the model's own choice, or not known."""
        if name == "size":
            return None if self.size is None else str(self.size)
        value = self.said.get(name)
        return None if value is None or value == AUTO else as_text(value)

    def number(self, *names: str) -> float | None:
        """Return the first of these parameters that is a number."""
        values = (self.said.get(name) for name in names)
        return next((one for one in values if _is_number(one)), None)  # type: ignore[return-value]

    @property
    def steps(self) -> float | None:
        return self.number(*STEPS)


def asked(facts: ModelFacts, request: ImageRequest) -> Order:
    """Return what a request asks for; its parameters are in the provider's words by now."""
    given = {name: value for name, value in request.params.items() if value is not None}
    said = {**facts.defaults, **given, "operation": request.operation}
    size = _size(said)
    return Order(
        count=request.n,
        said=said,
        prompt=len(request.prompt.encode("utf-8", "replace")),
        files=sum(map(len, request.files.values())),
        size=size,
        area=None if size is None else size.area * request.n,
    )


def answered(facts: ModelFacts, request: ImageRequest, pictures: Pictures) -> Order:
    """Return what came: as the answer says it, as the pictures show it, else as it was asked."""
    order = asked(facts, request)
    fields = pictures.fields.items()
    told = {name: value for name, value in fields if value is not None and value != AUTO}
    order = replace(order, count=len(pictures.data), said={**order.said, **told})
    if not any(map(_looks_at_size, facts.prices)):
        return order
    sizes = tuple(_sizes(pictures, order.size))
    area = None if None in sizes else sum(size.area for size in sizes if size is not None)
    return replace(order, size=sizes[0] if sizes else None, area=area)


def _sizes(pictures: Pictures, wanted: Size | None) -> Iterator[Size | None]:
    told = parse_size(pictures.fields.get("size"))
    for picture in pictures.data:
        media = None if told is not None else picture.media
        if media is not None and media.width and media.height:
            yield Size(media.width, media.height)
        else:
            yield told or wanted


def _size(said: Mapping[str, JSON]) -> Size | None:
    width, height = said.get("width"), said.get("height")
    if isinstance(width, int) and isinstance(height, int):
        return Size(width, height)
    return parse_size(said.get("size"))


def _looks_at_size(price: Price) -> bool:
    return price.per == "megapixel" or "size" in price.when or price.expect is not None


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
