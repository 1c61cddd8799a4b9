"""Fault: one thing that goes wrong, when and how often."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    """What goes wrong. The first two kinds are the provider's, the rest the way's."""

    STATUS = "status"
    REFUSAL = "refusal"
    DELAY = "delay"
    EMPTY = "empty"
    CUT = "cut"
    RESET = "reset"
    TRICKLE = "trickle"
    WRONG_TYPE = "wrong_type"
    WRONG_LENGTH = "wrong_length"
    BROKEN_BASE64 = "broken_base64"
    TRUNCATED = "truncated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """Strikes requests to `provider` for `model`; None stands for any.

    `model` is what the request names: a model, Azure's deployment, Stability's engine or endpoint.
    `status`, `code` and `retry_after` (seconds) belong to the kind `status`. `delay` is waited
    before the answer, whatever its kind; `seconds` is how long a trickle takes. It strikes `times`
    requests at most, each with `probability`, from `after` seconds on and for `lasting` seconds.
    """

    kind: FaultKind
    provider: str | None = None
    model: str | None = None
    status: int = 0
    code: str | None = None
    retry_after: float | None = None
    delay: float = 0.0
    seconds: float = 0.0
    times: int | None = None
    probability: float = 1.0
    after: float = 0.0
    lasting: float | None = None

    def concerns(self, provider: str, model: str | None, elapsed: float) -> bool:
        """Tell whether it could strike such a request at that time."""
        return (
            self.provider in {None, provider}
            and self.model in {None, model}
            and elapsed >= self.after
            and (self.lasting is None or elapsed < self.after + self.lasting)
        )

    def __str__(self) -> str:
        """Write it as a script does."""
        who = self.provider or "*"
        words = [f"{who}/{self.model}:" if self.model else f"{who}:"]
        words.append(str(self.status) if self.kind is FaultKind.STATUS else self._word())
        words += [f"code={self.code}"] if self.code else []
        words += [f"retry_after={self.retry_after:g}"] if self.retry_after is not None else []
        words += [f"delay={self.delay:g}"] if self.delay else []
        words += [f"p={self.probability:g}"] if self.probability < 1 else []
        words += [f"x{self.times}"] if self.times is not None else []
        words += [f"after {self.after:g}s"] if self.after else []
        words += [f"for {self.lasting:g}s"] if self.lasting is not None else []
        return " ".join(word for word in words if word)

    def _word(self) -> str:
        if self.kind is FaultKind.DELAY:
            return ""
        return f"trickle={self.seconds:g}" if self.kind is FaultKind.TRICKLE else str(self.kind)
