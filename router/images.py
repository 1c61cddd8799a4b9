"""Images: what may be asked of pictures, with the keywords of the openai package."""

from collections.abc import Mapping, Sequence
from typing import Literal, overload

from router.answer import AsyncImage, ImagesResponse
from router.core.http import NO_HEADERS
from router.core.images import Operation
from router.core.jsontypes import EMPTY, JSON
from router.desk import Desk, Prepared
from router.options import RequestOptions
from router.originals.given import NOTHING, FileInput, FilesInput, Given, Reference
from router.streams import ImageStream


class AsyncImages:
    """What may be asked of pictures."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    @overload
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
        stream: Literal[False] | None = None,
        partial_images: int | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImagesResponse[AsyncImage]: ...

    @overload
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
        stream: Literal[True],
        partial_images: int | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImageStream: ...

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
        stream: bool | None = None,
        partial_images: int | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  it bounds the request, not this coroutine
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImagesResponse[AsyncImage] | ImageStream:
        """Generate pictures from a prompt.

        The keywords are those of OpenAI's `images.generate`; any other one is passed on too, and
        adapted or dropped, with a note in the trace, where a provider does not know it. What is
        in `extra_body` goes to the provider as it is. `timeout` is the deadline in seconds for
        the whole request, retries and fallbacks included. Cancelling cancels the upstream call.

        With `stream` the call returns when the first event is there, and the stream yields up to
        `partial_images` unfinished pictures before each that is finished. Until that first event
        targets are retried and fallen back from as ever; what fails after it is an error that the
        stream raises. A target that cannot stream gives finished pictures only.

        Raises RoutingError, by its kind one of its subclasses, where no target gave the pictures.
        """
        params |= {
            "stream": stream or None,
            "partial_images": partial_images,
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
        extras = (extra_headers, extra_body)
        prepared = await self._desk.prepare(params, extras, options, "generate", NOTHING)
        return await (self._stream(prepared, "generate") if stream else self._run(prepared))

    @overload
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
        stream: Literal[False] | None = None,
        partial_images: int | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImagesResponse[AsyncImage]: ...

    @overload
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
        stream: Literal[True],
        partial_images: int | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImageStream: ...

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
        stream: bool | None = None,
        partial_images: int | None = None,
        extra_headers: Mapping[str, str] = NO_HEADERS,
        extra_body: Mapping[str, JSON] = EMPTY,
        metadata: Mapping[str, JSON] = EMPTY,
        trace_id: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109  as in generate
        provider: str | None = None,
        cache_namespace: str | None = None,
        cache_force_refresh: bool = False,
        **params: JSON,
    ) -> ImagesResponse[AsyncImage] | ImageStream:
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
            "stream": stream or None,
            "partial_images": partial_images,
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
        extras = (extra_headers, extra_body)
        prepared = await self._desk.prepare(params, extras, options, "edit", given)
        return await (self._stream(prepared, "edit") if stream else self._run(prepared))

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
        extras = (extra_headers, extra_body)
        prepared = await self._desk.prepare(params, extras, options, "variation", given)
        return await self._run(prepared)

    async def _run(self, prepared: Prepared) -> ImagesResponse[AsyncImage]:
        pictures, trace = await prepared.run()
        data = tuple(AsyncImage(picture, self._desk.fetch) for picture in pictures.data)
        return ImagesResponse(pictures, data, trace)

    async def _stream(self, prepared: Prepared, operation: Operation) -> ImageStream:
        stream = ImageStream(prepared.stream(), operation, self._desk.fetch)
        await stream.begin()
        return stream

    async def fetch(self, url: str) -> bytes:
        """Return the picture behind a URL, fetched without credentials. Raises FetchError."""
        return await self._desk.fetch(url)
