"""Grades: how good a picture is asked for, and which of the words on offer is nearest."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

# The words of both of OpenAI's generations side by side: `hd` was the better one of two,
# `standard` the other; gpt-image's `low` is below both, and `max` above.
GRADES: Mapping[str, int] = MappingProxyType(
    {"low": 0, "standard": 1, "medium": 1, "high": 2, "hd": 2, "xhigh": 3, "max": 4}
)


def nearest_grades(offered: Sequence[str]) -> Mapping[str, str]:
    """Say each grade in the words on offer; of two that are as near, the lesser."""
    known = [word for word in offered if word in GRADES]
    if not known:
        return MappingProxyType({})
    return MappingProxyType(
        {
            word: min(known, key=lambda other: (abs(GRADES[other] - grade), GRADES[other]))
            for word, grade in GRADES.items()
        }
    )
