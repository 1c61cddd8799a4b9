"""Top up: pictures that came from a target that failed count; the next is asked for the others."""

from dataclasses import dataclass, replace

from router.core.context import Context
from router.core.images import ImageRequest, Picture, Pictures
from router.core.outcome import Failure, Kind, Outcome, Success


def is_partly_refused(failure: Failure) -> bool:
    """Tell whether nothing but refused pictures is missing, for which nobody else is asked."""
    return failure.kind is Kind.REFUSED and bool(failure.pictures)


@dataclass(slots=True)
class TopUp:
    """What one request has of its pictures. Where nothing is topped up it only passes on."""

    request: ImageRequest
    enabled: bool
    came: tuple[Picture, ...] = ()

    def ask(self, context: Context) -> tuple[ImageRequest, Context]:
        """Return the request for the pictures that are missing, and the context that says so."""
        if not self.came:
            return self.request, context
        missing = self.request.n - len(self.came)
        params = {**self.request.params, "n": missing}
        notes = [f"n {self.request.n} -> {missing}, as {len(self.came)} came before"]
        seed = params.get("seed")
        if isinstance(seed, int):
            # The same seed would give the pictures that are there already.
            params["seed"] = seed + len(self.came)
            notes.append(f"seed {seed} -> {seed + len(self.came)}")
        branch = context.adapted(tuple(notes))
        if branch.delivery is not None:
            branch = branch.delivering(branch.delivery.placed(len(self.came)))
        return self.request.with_params(params), branch

    def take(self, outcome: Outcome, context: Context) -> Outcome:
        """Return what an outcome means for the whole request, with what came before."""
        if not self.enabled or self.request.n < 2:
            return outcome
        if isinstance(outcome, Success):
            return self._whole(outcome) if self.came else outcome
        before = len(self.came)
        self.came = (*self.came, *outcome.pictures)
        if len(self.came) >= self.request.n:
            # Whatever went wrong, nothing is missing.
            data = self.came[: self.request.n]
            return Success(pictures=Pictures(created=int(context.now()), data=data))
        context.trace.salvage(self.came)
        return self._short(outcome) if before else outcome

    def _whole(self, success: Success) -> Success:
        """Return one answer; what the last part used is not what all of it did."""
        last = success.pictures
        fields = {key: value for key, value in last.fields.items() if key != "usage"}
        data = (*self.came, *last.data)
        return Success(pictures=replace(last, data=data, fields=fields, raw=None))

    def _short(self, failure: Failure) -> Failure:
        message = f"{len(self.came)} of {self.request.n} pictures came; {failure.message}"
        return replace(failure, message=message, pictures=self.came, billed=True)
