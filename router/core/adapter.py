"""Adapter: our translator for one provider. It does no I/O: it yields what to send."""

from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias, runtime_checkable

from router.core.catalog import ModelFacts
from router.core.events import Event, Partial
from router.core.http import HttpRequest, HttpResponse
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import JSON
from router.core.light_value import light_value
from router.core.outcome import Failure
from router.core.target import Target


@light_value
class Send:
    """Ask the driver to send `request`, `after` that many seconds (for polling).

    `undo` cancels the remote job; once given, it is sent if the driver stops before the adapter
    has its answer. With `stream` a 2xx answer of server-sent events is handed over one `Event` at
    a time; any other answer comes whole, as an HttpResponse. `lenient` is for what may be asked
    again at no cost: None comes where the connection broke, which otherwise ends the flow.
    """

    request: HttpRequest
    after: float = 0.0
    undo: HttpRequest | None = None
    stream: bool = False
    lenient: bool = False


@dataclass(frozen=True, slots=True)
class Emit:
    """Ask the driver for the stream's next event, after handing a partial picture to the caller."""

    partial: Partial | None = None


Flow: TypeAlias = Generator[Send | Emit, HttpResponse | Event | None, Pictures | Failure]
"""One conversation: yields what to send, is handed what came back, returns the outcome.

A Send is answered by an HttpResponse, or by the first Event of a stream; an Emit by the next
Event. Where a stream has ended or has no event in it, or a lenient exchange broke, None comes.
"""


def exchange(
    request: HttpRequest, *, after: float = 0.0, undo: HttpRequest | None = None
) -> Generator[Send | Emit, HttpResponse | Event | None, HttpResponse]:
    """Have a request sent, and return the whole answer; for `yield from`."""
    response = yield Send(request=request, after=after, undo=undo)
    if not isinstance(response, HttpResponse):
        raise TypeError(f"a whole answer was expected, and {type(response).__name__} came")
    return response


@dataclass(frozen=True, slots=True)
class Ability:
    """Whether an operation can be done: `why_not` if it cannot, a `note` if in another way."""

    why_not: str = ""
    note: str = ""


ABLE = Ability()


@dataclass(frozen=True, slots=True)
class Becomes:
    """The provider can say it only in other words: set `params`, described by `note`.

    An empty `params` drops the parameter. `exact` means that nothing is lost by it, so it is
    neither reported nor reason to skip the target.
    """

    params: Mapping[str, JSON]
    note: str
    exact: bool = False


Rule: TypeAlias = Callable[[JSON, Mapping[str, JSON]], Becomes | None]
"""Given a parameter's value and all parameters: None to keep it, or what it becomes."""


PICTURE_WORDS = ("image", "image[]", "images")
"""What OpenAI's own requests call the pictures they begin with."""


@runtime_checkable
class Adapter(Protocol):
    """What the engine needs to know of a provider. Stateless: shared by all requests.

    A class that names it as its base gets the simplest answers: no catalog, text to pictures only.
    """

    @property
    def provider(self) -> str: ...

    def origins(self, target: Target) -> frozenset[str]:
        """Where the target's credential may be sent, as `core.http.origin` writes it."""
        ...

    def model(self, request: ImageRequest, target: Target) -> str | None:
        """Return the model's name as the provider is asked for it; None where none is named."""
        ...

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:  # noqa: ARG002
        """Return what the catalog knows of the model that would be asked, if anything."""
        return None

    def ability(self, request: ImageRequest, target: Target) -> Ability:  # noqa: ARG002
        """Tell whether the model can do the request's operation with what is given to it."""
        if request.operation == "generate":
            return ABLE
        return Ability(why_not=f"{self.provider} cannot do the operation {request.operation!r}")

    def takes_references(self, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        """Tell whether an edit's pictures may be references instead of files.

        Where they may not, the adapter is given files, as far as the references hold them.
        """
        return False

    def streams(self, request: ImageRequest, target: Target) -> bool:
        """Tell whether the model can show a picture while it is made.

        Where it cannot, neither `stream` nor `partial_images` reaches the flow.
        """
        facts = self.facts(request, target)
        return facts is not None and facts.streams

    def unfolded(self, request: ImageRequest, target: Target) -> ImageRequest:  # noqa: ARG002
        """Return the request with what it says inside an object of the provider's as parameters.

        Where it says how many pictures or what they cost, it is seen as a parameter only.
        """
        return request

    def picture_words(self, request: ImageRequest, target: Target) -> Sequence[str]:  # noqa: ARG002
        """Name the parameters that would stand where the pictures that are given do.

        None of them reaches the flow of an edit or a variation.
        """
        return PICTURE_WORDS if request.mask is None else (*PICTURE_WORDS, "mask")

    def count_words(self, request: ImageRequest, target: Target) -> Sequence[str]:  # noqa: ARG002
        """Name the parameters that say how many pictures in the provider's words.

        What they say becomes `n`, and none of them reaches a rule or the flow. Nobody asks where
        every parameter is one of OpenAI's.
        """
        return ()

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        """How many pictures the model gives at most in one call."""
        ...

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        """How this model expresses each parameter; one that is not listed is sent as it is."""
        ...

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:
        """Tell whether the provider would not understand a parameter that no rule lists."""
        ...

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        """Hold the conversation for one call. The request is already adapted by the rules.

        Where pictures are given the first step is taken in a thread, as it may take its time.
        """
        ...
