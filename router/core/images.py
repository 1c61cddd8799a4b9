"""Images: what is asked for, and what comes back, in OpenAI's words."""

from collections.abc import Mapping
from dataclasses import field
from types import MappingProxyType
from typing import Literal

from router.core.files import NO_FILES, Upload
from router.core.jsontypes import JSON
from router.core.light_value import light_value
from router.core.media import Media, sniff
from router.core.whereabouts import where

MOST_PICTURES = 10_000  # asked for in one request; more is a mistake

Operation = Literal["generate", "edit", "variation"]

PATHNAMES: Mapping[Operation, str] = MappingProxyType(
    {
        "generate": "/v1/images/generations",
        "edit": "/v1/images/edits",
        "variation": "/v1/images/variations",
    }
)

PARAMETERS = frozenset(
    {
        "background",
        "input_fidelity",
        "moderation",
        "n",
        "negative_prompt",
        "output_compression",
        "output_format",
        "partial_images",
        "quality",
        "response_format",
        "seed",
        "size",
        "stream",
        "style",
        "user",
    }
)
"""What any model may be asked with beside a model's name, a prompt and pictures."""

TEXTS = frozenset(
    {
        "background",
        "input_fidelity",
        "model",
        "moderation",
        "negative_prompt",
        "output_format",
        "prompt",
        "quality",
        "response_format",
        "size",
        "style",
        "user",
    }
)
"""Parameters that are texts, whatever is in them: a number or JSON that looks like one, too."""


@light_value
class ImageRequest:
    """One request for pictures. `params` are OpenAI's keyword arguments and any others.

    `files` are the pictures that an edit or a variation begins with, by field (`image`, `mask`).
    `verbatim` names parameters that go to the provider as they are, adapted by nobody.
    `headers` go to the provider too; of the `incoming` ones only those that a target forwards.
    Header names are lower case. `provider` is used by targets that name none.
    """

    params: Mapping[str, JSON]
    operation: Operation = "generate"
    files: Mapping[str, tuple[Upload, ...]] = field(default_factory=lambda: NO_FILES)
    verbatim: frozenset[str] = frozenset()
    metadata: Mapping[str, JSON] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    incoming: Mapping[str, str] = field(default_factory=dict)
    provider: str | None = None

    @property
    def model(self) -> str | None:
        model = self.params.get("model")
        return model if isinstance(model, str) else None

    @property
    def prompt(self) -> str:
        prompt = self.params.get("prompt")
        return prompt if isinstance(prompt, str) else ""

    @property
    def n(self) -> int:
        """Pictures asked for; 1 when nothing was said."""
        n = self.params.get("n")
        return n if isinstance(n, int) else 1

    @property
    def images(self) -> tuple[Upload, ...]:
        """The pictures to begin with, the main one first."""
        return self.files.get("image", ())

    @property
    def mask(self) -> Upload | None:
        """The picture whose transparent pixels say where to edit."""
        return next(iter(self.files.get("mask", ())), None)

    @property
    def has_references(self) -> bool:
        """Whether the pictures to begin with are somewhere else: `images` are URLs and file IDs."""
        return self.operation == "edit" and not self.files and "images" in self.params

    @property
    def pathname(self) -> str:
        return PATHNAMES[self.operation]

    def with_params(self, params: Mapping[str, JSON]) -> "ImageRequest":
        """Return the same request with other parameters."""
        return self.with_files(self.files, params)

    def with_files(
        self, files: Mapping[str, tuple[Upload, ...]], params: Mapping[str, JSON]
    ) -> "ImageRequest":
        """Return the same request with other files and parameters."""
        return ImageRequest(
            params=params,
            operation=self.operation,
            files=files,
            verbatim=self.verbatim,
            metadata=self.metadata,
            headers=self.headers,
            incoming=self.incoming,
            provider=self.provider,
        )


@light_value
class Picture:
    """One picture as the provider gave it: base64 text (ASCII, kept as a view) or a URL.

    `extras` are the provider's own fields beside it, such as a seed or filter results.
    """

    b64: memoryview | None = None
    url: str | None = None
    revised_prompt: str | None = None
    extras: Mapping[str, JSON] = field(default_factory=dict)

    def __repr__(self) -> str:
        if self.b64 is not None:
            return f"Picture({len(self.b64)} base64 characters)"
        return f"Picture(url={None if self.url is None else where(self.url)!r})"

    def __reduce__(self) -> tuple[object, ...]:
        """Let it be pickled and copied, which neither views nor read-only mappings can be."""
        b64 = None if self.b64 is None else bytes(self.b64)
        return _picture, (b64, self.url, self.revised_prompt, dict(self.extras))

    @property
    def media(self) -> Media | None:
        """Type and size in pixels read from the first bytes; None for a URL or an unknown type."""
        return None if self.b64 is None else sniff(self.b64)


def _picture(
    b64: bytes | None, url: str | None, revised_prompt: str | None, extras: Mapping[str, JSON]
) -> Picture:
    return Picture(
        b64=None if b64 is None else memoryview(b64),
        url=url,
        revised_prompt=revised_prompt,
        extras=extras,
    )


@light_value
class Pictures:
    """One provider answer. `created` is Unix seconds.

    `raw` is the body as it arrived, kept where it already has OpenAI's shape, so that it can leave
    again unread. `fields` are the answer's other top-level fields (usage, size, quality, ...).
    """

    created: int
    data: tuple[Picture, ...]
    fields: Mapping[str, JSON] = field(default_factory=dict)
    raw: bytes | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Let it be pickled and copied without `raw`, which holds every picture once more."""
        return _pictures, (self.created, self.data, dict(self.fields))

    def __repr__(self) -> str:
        return f"Pictures({list(self.data)!r})"


def _pictures(created: int, data: tuple[Picture, ...], fields: Mapping[str, JSON]) -> Pictures:
    return Pictures(created=created, data=data, fields=fields)
