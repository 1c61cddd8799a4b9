"""Attempt and decision: the two things a trace records."""

from router.core.light_value import light_value
from router.core.outcome import Kind


@light_value
class Decision:
    """Why something was chosen or done. `at` is in seconds since the request began."""

    path: str
    by: str
    chosen: str
    reason: str
    at: float


@light_value
class Attempt:
    """One call to one target.

    `started` is in seconds since the request began, `duration` and `waited` in seconds; `waited`
    is the pause before it and `wait_reason` why. `kind` is None for a success, and while the call
    is under way, when `status` is 0. `billed` is None where nobody can know. `cost` is in US
    dollars: None where unknown, 0 where nothing was bought.
    """

    path: str
    provider: str
    model: str | None = None
    virtual_key: str | None = None
    status: int = 0
    kind: Kind | None = None
    message: str = ""
    started: float = 0.0
    duration: float = 0.0
    waited: float = 0.0
    wait_reason: str = ""
    billed: bool | None = None
    adaptations: tuple[str, ...] = ()
    received: int = 0
    request_id: str | None = None
    cost: float | None = None

    @property
    def ok(self) -> bool:
        return self.status == 200 and self.kind is None
