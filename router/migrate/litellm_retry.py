"""LiteLLM's retries: how often, and after which failures."""

from collections.abc import Sequence
from dataclasses import dataclass

from router.core.jsontypes import JSON
from router.migrate.litellm_classes import counts_of, strangers_in
from router.migrate.litellm_settings import Settings
from router.migrate.part import Part

RETRIED = (408, 409, 429, 500, 502, 503, 504, 529)
"""Statuses that LiteLLM repeats: 408, 409, 429 and from 500; litellm/utils.py, _should_retry."""

ELSEWHERE = (401, 403)
"""Statuses after which LiteLLM asks another deployment of the group, and not the same again."""

MOST = 5
"""Retries there can be here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """`count` retries after the statuses `codes`; `comments` say what differs.

    `is_said` tells that the source says how many, and not LiteLLM's default.
    """

    count: int
    codes: tuple[int, ...]
    comments: tuple[str, ...] = ()
    is_said: bool = False

    def block(self, targets: int) -> dict[str, JSON]:
        """Return the `retry` of each of several targets: together they are asked no more often."""
        each = self.each(targets)
        if each < 1 or not self.codes:
            return {}
        return {
            "attempts": each,
            "on_status_codes": list(self.codes),
            "on_kinds": ["connection_lost"],
        }

    def each(self, targets: int) -> int:
        """Return how often each of several targets repeats a call."""
        spread = self.count if targets == 1 else (self.count + 1) // targets - 1
        return min(max(spread, 0), MOST)

    @property
    def elsewhere(self) -> Sequence[int]:
        """Statuses after which another target of the group is asked."""
        return sorted({*self.codes, *ELSEWHERE})


def retries(settings: Settings, group: str, own: int | None) -> Retries:
    """Read the retries of a group; `own` are those of its deployments, where they say so."""
    count, holder = settings.retries
    count = count if own is None else own
    policy = settings.policy(group)
    if policy is None:
        return _limited(count, RETRIED, holder, [])
    comments: list[str] = []
    default = policy.whole("DefaultRetries")
    counts = dict.fromkeys(RETRIED, count if default is None else default)
    for codes, said, place in counts_of(policy, "Retries"):
        if not codes and said:
            message = "a refusal is never repeated here: the answer would be the same"
            comments.append(policy.ledger.changed(place, message))
        counts.update(dict.fromkeys(codes, said))
    comments += strangers_in(policy)
    kept = {code: number for code, number in counts.items() if number}
    if len(set(kept.values())) > 1:
        hint = f"the smallest is taken: {min(kept.values())}"
        message = "all classes of errors are repeated equally often"
        comments.append(policy.ledger.changed(policy.place, message, hint))
    least = min(kept.values(), default=0)
    return _limited(least, tuple(sorted(kept)), policy, comments)


def _limited(
    count: int, codes: tuple[int, ...], holder: Part | None, comments: list[str]
) -> Retries:
    if count > MOST and holder is not None:
        place = holder.at("num_retries") if "num_retries" in holder else holder.place
        message = f"{count} retries become {MOST}, the most there are"
        comments.append(holder.ledger.changed(place, message))
    is_said = holder is not None
    return Retries(count=count, codes=codes, comments=tuple(comments), is_said=is_said)
