"""LiteLLM's retries: how often, and after which failures."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from router.core.jsontypes import JSON
from router.migrate.litellm_classes import RETRIED_CLASSES, counts_of, strangers_in
from router.migrate.litellm_settings import Settings
from router.migrate.part import Part

RETRIED = (408, 409, 429, 500, 502, 503, 504, 529)
"""Statuses that LiteLLM repeats: 408, 409, 429 and from 500; litellm/utils.py, should_retry."""

ELSEWHERE = (401, 403)
"""Statuses after which LiteLLM asks another deployment of the group, and not the same again."""

ALL = (400, 401, 403, 404, *RETRIED, 422)
"""Statuses that it repeats where a policy has a number for whatever has none of its own."""

DEFAULT = "DefaultRetries"
REFUSED = ("ContentPolicyViolationErrorRetries", "BadRequestErrorRetries", DEFAULT)
"""Where a policy says how often a refusal is repeated: the first of them that is there."""

MOST = 5
"""Retries there can be here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retries:
    """`count` retries after the statuses `codes`; `comments` say what differs.

    After those `elsewhere` another target of the group is asked. `is_lost` tells that a lost
    connection is repeated, and `is_said` that the source says how many, not LiteLLM's default.
    """

    count: int
    codes: tuple[int, ...]
    elsewhere: tuple[int, ...]
    is_lost: bool
    comments: tuple[str, ...] = ()
    is_said: bool = False

    def block(self, targets: int) -> dict[str, JSON]:
        """Return the `retry` of each of several targets: together they are asked no more often."""
        each = self.each(targets)
        if each < 1 or not self.codes:
            return {}
        retry: dict[str, JSON] = {"attempts": each, "on_status_codes": list(self.codes)}
        if self.is_lost:
            retry["on_kinds"] = ["connection_lost"]
        return retry

    def each(self, targets: int) -> int:
        """Return how often each of several targets repeats a call."""
        spread = self.count if targets == 1 else (self.count + 1) // targets - 1
        return min(max(spread, 0), MOST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How often a failure is repeated, by its status, and how often a lost connection.

    `same` are repeated by any deployment, `other` by another than the one that failed.
    """

    same: Mapping[int, int]
    other: Mapping[int, int]
    lost: int

    @property
    def numbers(self) -> set[int]:
        """Return how often anything is repeated that is: one number, or there is a choice."""
        return {count for count in self.same.values() if count}

    def retries(self, holder: Part | None, comments: list[str]) -> Retries:
        """Return one number for all: the smallest that is one."""
        least = min(self.numbers, default=0)
        codes = tuple(sorted(code for code, count in self.same.items() if count))
        others = {code for code, count in self.other.items() if count}
        return Retries(
            count=least,
            codes=codes,
            elsewhere=tuple(sorted({*codes, *others})),
            is_lost=self.lost > 0,
            comments=(*comments, *_on_most(least, holder)),
            is_said=holder is not None,
        )


def retries(settings: Settings, group: str, own: int | None) -> Retries:
    """Read the retries of a group; `own` are those of its deployments, where they say so."""
    count, holder = settings.retries
    count = count if own is None else own
    policy = settings.policy(group)
    if policy is None:
        counts = Counts(
            same=dict.fromkeys(RETRIED, count), other=dict.fromkeys(ELSEWHERE, count), lost=count
        )
        return counts.retries(holder, [])
    counts = _counts(policy, count)
    comments = [*_on_refusals(policy), *strangers_in(policy), *_on_one_number(policy, counts)]
    return counts.retries(policy, comments)


def _counts(policy: Part, count: int) -> Counts:
    """Read a policy: a class without a number of its own is repeated as any failure is."""
    default = policy.whole(DEFAULT)
    usual = count if default is None else default
    same = dict.fromkeys(RETRIED if default is None else ALL, usual)
    other = dict.fromkeys(ELSEWHERE, usual)
    for _, codes, said, _ in counts_of(policy, "Retries", RETRIED_CLASSES):
        same.update(dict.fromkeys(codes, said))
        other.update(dict.fromkeys(codes, said))
    return Counts(same=same, other=other, lost=usual)


def _on_refusals(policy: Part) -> Iterator[str]:
    key = next((key for key in REFUSED if key in policy), None)
    if key is not None and policy.whole(key):
        message = "a refusal is never repeated here: the answer would be the same"
        yield policy.ledger.changed(policy.at(key), message)


def _on_one_number(policy: Part, counts: Counts) -> Iterator[str]:
    """Tell of classes that are repeated another number of times than there."""
    if len(counts.numbers) > 1:
        message = "all classes of errors that are repeated are so equally often"
        hint = f"the smallest number above 0 is taken: {min(counts.numbers)}"
        yield policy.ledger.changed(policy.place, message, hint)
    if bool(counts.same[503]) is not bool(counts.lost):
        message = "a call that reaches nobody is a 503 here, and repeated if a 503 is"
        hint = "to LiteLLM it is in no class"
        yield policy.ledger.changed(policy.place, message, hint)


def _on_most(count: int, holder: Part | None) -> Iterator[str]:
    if count > MOST and holder is not None:
        place = holder.at("num_retries") if "num_retries" in holder else holder.place
        yield holder.ledger.changed(place, f"{count} retries become {MOST}, the most there are")
