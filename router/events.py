"""Events: what a stream is made of, as the openai package names it."""

import html
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from router.answer import AsyncImage, BlockingImage, Fetch, Image, Run, Usage, usage_in
from router.core.events import Partial
from router.core.images import Operation, Picture, Pictures
from router.core.jsontypes import JSON


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What an event says beside its picture; `fields` are those that a provider sent."""

    type: str
    created_at: int
    image_index: int
    partial_image_index: int | None = None
    fields: Mapping[str, JSON]


class ImageEvent(Image):
    """One picture of a stream: a partial one, or one that is finished."""

    __slots__ = ()

    about: About

    @property
    def type(self) -> str:
        """`image_generation.partial_image` or `.completed`; `image_edit.` where it is an edit."""
        return self.about.type

    @property
    def is_partial(self) -> bool:
        return self.partial_image_index is not None

    @property
    def partial_image_index(self) -> int | None:
        """Counts the partial pictures of one, from 0; None where the picture is finished."""
        return self.about.partial_image_index

    @property
    def image_index(self) -> int:
        """Which of the `n` pictures this is, or will be, from 0; OpenAI's own events do not say."""
        return self.about.image_index

    @property
    def created_at(self) -> int:
        """Unix seconds."""
        return self.about.created_at

    @property
    def size(self) -> str | None:
        """As `1024x1024`: what the provider says, else what the picture is."""
        media = self.media
        seen = f"{media.width}x{media.height}" if media and media.width and media.height else None
        return self._said("size") or seen

    @property
    def output_format(self) -> str | None:
        """`png`, `jpeg`, ...: what the provider says, else what the picture is."""
        return self._said("output_format") or (self.media.format if self.media else None)

    @property
    def quality(self) -> str | None:
        return self._said("quality")

    @property
    def background(self) -> str | None:
        return self._said("background")

    @property
    def usage(self) -> Usage | None:
        """Tokens of the whole request, on its last event alone."""
        return usage_in(self.about.fields)

    @property
    def fields(self) -> Mapping[str, JSON]:
        """The provider's other fields."""
        return self.about.fields

    def _said(self, name: str) -> str | None:
        value = self.about.fields.get(name)
        return value if isinstance(value, str) else None

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.type!r}, {self.output_format}, {self.size})"

    def _repr_html_(self) -> str:
        """Show the picture, with what it is below: a stream's pictures look much alike."""
        index = self.partial_image_index
        words = [self.type if index is None else f"{self.type} {index}", self.size or ""]
        caption = html.escape(" · ".join(filter(None, words)))
        return (
            f'<figure style="margin:0 0 1em 0">{super()._repr_html_()}'
            f'<figcaption style="font-size:90%;opacity:.75">{caption}</figcaption></figure>'
        )


class AsyncImageEvent(ImageEvent, AsyncImage):
    """One picture of an `ImageStream`."""

    __slots__ = ("about",)

    def __init__(self, picture: Picture, fetch: Fetch, about: About) -> None:
        super().__init__(picture, fetch)
        self.about = about

    def blocked(self, run: Run) -> "BlockingImageEvent":
        return BlockingImageEvent(self.picture, self.blocking_fetch(run), self.about)


class BlockingImageEvent(ImageEvent, BlockingImage):
    """One picture of a `BlockingImageStream`."""

    __slots__ = ("about",)

    def __init__(self, picture: Picture, fetch: Callable[[str], bytes], about: About) -> None:
        super().__init__(picture, fetch)
        self.about = about


def partial_event(partial: Partial, operation: Operation, fetch: Fetch) -> AsyncImageEvent:
    """Return the event for a partial picture."""
    created = partial.fields.get("created_at")
    about = About(
        type=f"{_prefix(operation)}.partial_image",
        created_at=created if isinstance(created, int) else 0,
        image_index=partial.place,
        partial_image_index=partial.index,
        fields=dict(partial.fields),
    )
    return AsyncImageEvent(partial.picture, fetch, about)


def completed_events(
    pictures: Pictures, operation: Operation, fetch: Fetch
) -> list[AsyncImageEvent]:
    """Return one event a picture. The last has the usage, so that adding it up is right."""
    fields = dict(pictures.fields)
    last = len(pictures.data) - 1
    without = {name: value for name, value in fields.items() if name != "usage"}
    return [
        AsyncImageEvent(
            picture,
            fetch,
            About(
                type=f"{_prefix(operation)}.completed",
                created_at=pictures.created,
                image_index=place,
                fields=fields if place == last else without,
            ),
        )
        for place, picture in enumerate(pictures.data)
    ]


def _prefix(operation: Operation) -> str:
    return "image_edit" if operation == "edit" else "image_generation"
