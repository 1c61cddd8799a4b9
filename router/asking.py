"""Asking: a caller's keyword arguments become a request, or are refused here."""

import math
import re
from collections.abc import Mapping
from dataclasses import field
from typing import TypeVar

from router.core.context import Account
from router.core.http import NO_HEADERS
from router.core.images import MOST_PICTURES, ImageRequest, Operation
from router.core.jsontypes import EMPTY, JSON
from router.core.light_value import light_value
from router.core.outcome import Failure, Kind
from router.options import RequestOptions

T = TypeVar("T")

OURS = frozenset({"authorization", "api-key", "x-api-key", "x-goog-api-key", "cookie", "host"})
"""Headers that carry a secret or choose the host: a target's credential sets them, nobody else."""

FRAMING = frozenset(
    {
        "accept",
        "accept-encoding",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "transfer-encoding",
    }
)
"""Headers that describe the body or the answer, which adapters write to be able to read it."""

HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9a-z-]+")  # RFC 9110, 5.6.2
HEADER_VALUE = re.compile(r"[\t -~]*")


@light_value
class Wishes:
    """What a caller may say beside the request; each `with_options` adds to it.

    Answers that a cache keeps for one `tenant` are no other's; `uncached` ones are not kept.
    `attempt_timeout` bounds one attempt, in seconds, instead of what the config says. `account` is
    whom the caller's own key is for: others' breakers and limits are not its.
    """

    metadata: Mapping[str, JSON] = field(default_factory=dict)
    trace_id: str | None = None
    timeout: float | None = None
    provider: str | None = None
    cache_namespace: str | None = None
    cache_force_refresh: bool = False
    tenant: str = ""
    uncached: bool = False
    attempt_timeout: float | None = None
    account: Account | None = None

    def adding(self, options: RequestOptions) -> "Wishes":
        """Return these wishes with further ones, where there are any."""
        if options == UNSAID:
            return self
        refresh = options.get("cache_force_refresh", False)
        return Wishes(
            metadata={**self.metadata, **(options.get("metadata") or {})},
            trace_id=options.get("trace_id") or self.trace_id,
            timeout=_given(options.get("timeout"), self.timeout),
            provider=options.get("provider") or self.provider,
            cache_namespace=_given(options.get("cache_namespace"), self.cache_namespace),
            cache_force_refresh=refresh or self.cache_force_refresh,
            tenant=self.tenant,
            uncached=self.uncached,
            attempt_timeout=self.attempt_timeout,
            account=self.account,
        )


def _given(wish: T | None, before: T | None) -> T | None:
    return before if wish is None else wish


UNSAID = RequestOptions(
    metadata=EMPTY,
    trace_id=None,
    timeout=None,
    provider=None,
    cache_namespace=None,
    cache_force_refresh=False,
)
"""What a request says that wishes for nothing of its own."""


class Unaskable(Exception):
    """The arguments are no request; `failure` says what to change."""

    def __init__(self, param: str, message: str) -> None:
        super().__init__(message)
        self.failure = Failure(
            kind=Kind.BAD_REQUEST, status=400, message=message, local=True, param=param
        )


def build_request(
    params: Mapping[str, JSON],
    wishes: Wishes,
    extra_headers: Mapping[str, str],
    extra_body: Mapping[str, JSON],
    *,
    operation: Operation = "generate",
) -> ImageRequest:
    """Return the request, as yet without files. A None argument counts as not given.

    Raises Unaskable.
    """
    asked = {name: value for name, value in params.items() if value is not None} | {**extra_body}
    try:
        _check_params(asked, operation)
        if wishes.metadata:
            _check_json("metadata", wishes.metadata)
    except RecursionError:
        raise Unaskable("params", "the parameters or the metadata are nested too deeply") from None
    if wishes.timeout is not None and not _is_duration(wishes.timeout):
        raise Unaskable("timeout", f"timeout is {wishes.timeout!r}; expected seconds above 0")
    return ImageRequest(
        params=asked,
        operation=operation,
        verbatim=frozenset(extra_body),
        metadata=wishes.metadata,
        headers=_checked_headers(extra_headers),
        provider=wishes.provider,
    )


def _is_duration(seconds: float) -> bool:
    return isinstance(seconds, int | float) and seconds > 0


def _check_params(params: Mapping[str, JSON], operation: Operation) -> None:
    prompt = params.get("prompt")
    is_needed = operation != "variation" or prompt is not None
    if is_needed and (not isinstance(prompt, str) or not prompt.strip()):
        raise Unaskable("prompt", f"prompt is {prompt!r}; expected some words")
    model = params.get("model", "")
    if not isinstance(model, str):
        raise Unaskable("model", f"model is {model!r}; expected a string")
    size = params.get("size", "")
    if not isinstance(size, str):
        raise Unaskable("size", f"size is {size!r}; expected a string such as '1024x1024'")
    n = params.get("n", 1)
    if not isinstance(n, int) or isinstance(n, bool) or n < 1:
        raise Unaskable("n", f"n is {n!r}; expected a whole number of 1 or more")
    if n > MOST_PICTURES:
        raise Unaskable("n", f"n is larger than {MOST_PICTURES}; expected fewer pictures")
    _check_stream(params, operation)
    for name, value in params.items():
        _check_json(name, value)


def _check_stream(params: Mapping[str, JSON], operation: Operation) -> None:
    stream, partials = params.get("stream"), params.get("partial_images")
    if operation == "variation" and stream:
        raise Unaskable("stream", "stream is True, and no variation can be streamed")
    if stream is not None and not isinstance(stream, bool):
        raise Unaskable("stream", f"stream is {stream!r}; expected True or False")
    if partials is None:
        return
    if not isinstance(partials, int) or isinstance(partials, bool) or not 0 <= partials <= 3:
        raise Unaskable("partial_images", f"partial_images is {partials!r}; expected 0 to 3")


def _check_json(name: str, value: JSON) -> None:
    """Refuse what JSON cannot say, before anything is sent."""
    if isinstance(value, str):
        _check_text(name, value)
    elif isinstance(value, float):
        if not math.isfinite(value):
            raise Unaskable(name, f"{name} is {value!r}; expected a finite number")
    elif isinstance(value, Mapping):
        for key, item in value.items():
            if not isinstance(key, str):
                raise Unaskable(name, f"{name} has the key {key!r}; expected a string")
            _check_json(f"{name}.{key}", item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            _check_json(f"{name}[{index}]", item)
    elif value is not None and not isinstance(value, int):
        raise Unaskable(name, f"{name} is a {type(value).__name__}, which JSON cannot say")


def _check_text(name: str, value: str) -> None:
    if value.isascii():
        return
    try:
        value.encode()
    except UnicodeEncodeError as error:
        broken = value[error.start : error.start + 1]
        raise Unaskable(name, f"{name} has {broken!r} in it, which is no character") from None


def _checked_headers(headers: Mapping[str, str]) -> Mapping[str, str]:
    if not headers:
        return NO_HEADERS
    checked = {str(name).lower(): value for name, value in headers.items()}
    for name, value in checked.items():
        if name in OURS | FRAMING:
            raise Unaskable("extra_headers", f"{name!r} is set by the target, not by extra_headers")
        if not HEADER_NAME.fullmatch(name):
            raise Unaskable("extra_headers", f"{name!r} is no header's name")
        if not isinstance(value, str) or not HEADER_VALUE.fullmatch(value):
            raise Unaskable("extra_headers", f"the value of {name!r} is no printable ASCII text")
    return checked
