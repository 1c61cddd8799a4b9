"""Client: `AsyncRouter`, the library's face: compile once, execute many.

Importing it loads neither the engine nor an event loop: what compiles and executes is imported
when a router is made.
"""

from collections.abc import Mapping, Sequence
from copy import copy
from pathlib import Path
from types import TracebackType
from typing import Self, Unpack

from router.answer import AsyncImage, ImagesResponse
from router.core.http import NO_HEADERS
from router.core.images import Operation
from router.core.jsontypes import EMPTY, JSON
from router.options import ConfigSource, RequestOptions, RouterOptions
from router.originals.given import NOTHING, FileInput, FilesInput, Given, Reference


class AsyncRouter:
    """Routes image requests by a config.

    Raises ConfigError, with every problem at once, before any request. It belongs to the event
    loop of its first request. Close it, or use it as a context manager.
    """

    def __init__(self, config: ConfigSource, **options: Unpack[RouterOptions]) -> None:
        from router.view import open_config

        self.view = open_config(config, options)

    @classmethod
    def from_file(cls, path: str | Path, **options: Unpack[RouterOptions]) -> Self:
        """Read a config file, with the `virtual-keys.yaml` beside it if there is one."""
        return cls(Path(path), **options)

    @classmethod
    def from_folder(
        cls, folder: str | Path, *, default: str, **options: Unpack[RouterOptions]
    ) -> Self:
        """Read every config of a folder; `with_options(config=NAME)` chooses among them.

        Raises LookupError where `default` is none of them.
        """
        from router.view import open_folder

        router = cls.__new__(cls)
        router.view = open_folder(Path(folder), default, options)
        return router

    @property
    def images(self) -> "AsyncImages":
        return AsyncImages(self)

    def with_options(self, **options: Unpack[RequestOptions]) -> Self:
        """Return a router with other options; both share connections, breakers and cache."""
        other = copy(self)
        other.view = self.view.with_options(options)
        return other

    async def aclose(self) -> None:
        """Close the connections. Closing twice is no error."""
        await self.view.engine.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.view.loaded.document.source!r})"


class AsyncImages:
    """What may be asked of pictures."""

    def __init__(self, router: AsyncRouter) -> None:
        self._router = router

    async def generate(
        self,
        /,
        *,
        prompt: str,
        model: str | None = None,
        n: int | None = None,
        size: str | None = None,
        quality: str | None = None,
        style: str | None = None,
        response_format: str | None = None,
        output_format: str | None = None,
        output_compression: int | None = None,
        background: str | None = None,
        moderation: str | None = None,
        user: str | None = None,
        seed: int | None = None,
        negative_prompt: str | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  it bounds the request, not this coroutine
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImagesResponse[AsyncImage]:
        """Generate pictures from a prompt.

        The keywords are those of OpenAI's `images.generate`; any other one is passed on too, and
        adapted or dropped, with a note in the trace, where a provider does not know it. What is
        in `extra_body` goes to the provider as it is. `timeout` is the deadline in seconds for
        the whole request, retries and fallbacks included. Cancelling cancels the upstream call.

        Raises RoutingError, by its kind one of its subclasses, where no target gave the pictures.
        """
        params |= {
            "prompt": prompt,
            "model": model,
            "n": n,
            "size": size,
            "quality": quality,
            "style": style,
            "response_format": response_format,
            "output_format": output_format,
            "output_compression": output_compression,
            "background": background,
            "moderation": moderation,
            "user": user,
            "seed": seed,
            "negative_prompt": negative_prompt,
        }
        options = RequestOptions(
            metadata=metadata,
            trace_id=trace_id,
            timeout=timeout,
            provider=provider,
            cache_namespace=cache_namespace,
            cache_force_refresh=cache_force_refresh,
        )
        return await self._ask("generate", params, NOTHING, (extra_headers, extra_body), options)

    async def edit(
        self,
        /,
        *,
        prompt: str,
        image: FilesInput | None = None,
        mask: FileInput | Reference | None = None,
        markup: FileInput | None = None,
        images: Sequence[Reference] | None = None,
        model: str | None = None,
        n: int | None = None,
        size: str | None = None,
        quality: str | None = None,
        background: str | None = None,
        input_fidelity: str | None = None,
        response_format: str | None = None,
        output_format: str | None = None,
        output_compression: int | None = None,
        moderation: str | None = None,
        user: str | None = None,
        seed: int | None = None,
        negative_prompt: str | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  as in generate
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImagesResponse[AsyncImage]:
        """Make new pictures of given ones, as the prompt says.

        `image` is one picture or a list: bytes, a path, an open binary file, a picture of an
        earlier answer, a `data:` URL, or a tuple of a name and one of these. They are read once,
        before anything is sent. The transparent pixels of `mask` say where the first picture is
        to be edited. Pictures that are elsewhere are given as `images`, and so is their mask:
        `[{"image_url": "https://..."}]` or `[{"file_id": "file-..."}]`.

        The other keywords are those of OpenAI's `images.edit`, and as in `generate`. A target
        that cannot edit, or not these pictures, is passed by, with the reason in the trace.

        Raises RoutingError as `generate` does.
        """
        params |= {
            "prompt": prompt,
            "images": images,
            "mask": mask if isinstance(mask, Mapping) else None,
            "model": model,
            "n": n,
            "size": size,
            "quality": quality,
            "background": background,
            "input_fidelity": input_fidelity,
            "response_format": response_format,
            "output_format": output_format,
            "output_compression": output_compression,
            "moderation": moderation,
            "user": user,
            "seed": seed,
            "negative_prompt": negative_prompt,
        }
        options = RequestOptions(
            metadata=metadata,
            trace_id=trace_id,
            timeout=timeout,
            provider=provider,
            cache_namespace=cache_namespace,
            cache_force_refresh=cache_force_refresh,
        )
        given: Given = {
            "image": image,
            "mask": None if isinstance(mask, Mapping) else mask,
            "markup": markup,
        }
        return await self._ask("edit", params, given, (extra_headers, extra_body), options)

    async def create_variation(
        self,
        /,
        *,
        image: FileInput,
        model: str | None = None,
        n: int | None = None,
        size: str | None = None,
        response_format: str | None = None,
        output_format: str | None = None,
        user: str | None = None,
        seed: int | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  as in generate
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImagesResponse[AsyncImage]:
        """Make pictures that resemble a given one; `image` is as in `edit`.

        The keywords are those of OpenAI's `images.create_variation`, and as in `generate`.

        Raises RoutingError as `generate` does.
        """
        params |= {
            "model": model,
            "n": n,
            "size": size,
            "response_format": response_format,
            "output_format": output_format,
            "user": user,
            "seed": seed,
        }
        options = RequestOptions(
            metadata=metadata,
            trace_id=trace_id,
            timeout=timeout,
            provider=provider,
            cache_namespace=cache_namespace,
            cache_force_refresh=cache_force_refresh,
        )
        given: Given = {"image": image}
        return await self._ask("variation", params, given, (extra_headers, extra_body), options)

    async def _ask(
        self,
        operation: Operation,
        params: Mapping[str, JSON],
        given: Given,
        extras: tuple[Mapping[str, str], Mapping[str, JSON]],
        options: RequestOptions,
    ) -> ImagesResponse[AsyncImage]:
        """Execute a request; `extras` are headers and body."""
        view = self._router.view
        pictures, trace = await view.ask(params, *extras, options, operation=operation, given=given)
        data = tuple(AsyncImage(picture, view.fetch) for picture in pictures.data)
        return ImagesResponse(pictures, data, trace)

    async def fetch(self, url: str) -> bytes:
        """Return the picture behind a URL, fetched without credentials. Raises FetchError."""
        return await self._router.view.fetch(url)
