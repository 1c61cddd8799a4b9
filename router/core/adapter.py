"""Adapter: our translator for one provider. It does no I/O: it yields what to send."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from router.core.http import HttpRequest, HttpResponse
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import JSON
from router.core.outcome import Failure
from router.core.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class Send:
    """Ask the driver to send `request`, `after` that many seconds (for polling).

    `undo` cancels the remote job; once given, it is sent if the driver stops before the adapter
    has its answer.
    """

    request: HttpRequest
    after: float = 0.0
    undo: HttpRequest | None = None


Flow: TypeAlias = Generator[Send, HttpResponse, Pictures | Failure]
"""One conversation: yields what to send, is handed what came back, returns the outcome."""


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


class Adapter(Protocol):
    """What the engine needs to know of a provider. Stateless: shared by all requests."""

    @property
    def provider(self) -> str: ...

    def origins(self, target: Target) -> frozenset[str]:
        """Where the target's credential may be sent, as `core.http.origin` writes it."""
        ...

    def model(self, request: ImageRequest, target: Target) -> str | None:
        """Return the model's name as the provider is asked for it; None where none is named."""
        ...

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
        """Hold the conversation for one call. The request is already adapted by the rules."""
        ...
