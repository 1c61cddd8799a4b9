"""Timeouts: shorter than a model takes."""

from collections.abc import Iterator

from router.config.places import Place
from router.core.catalog import ModelFacts
from router.lint.rule import Finding, Rule
from router.lint.subject import Subject


def _too_short(subject: Subject) -> Iterator[Finding]:
    told: set[tuple[Place, str]] = set()
    for spot, route in subject.targets:
        facts, timeout = subject.facts(route), route.settings.timeout
        if facts is None or facts.seconds is None or timeout is None or timeout >= facts.seconds:
            continue
        place = subject.written(spot, ("request_timeout",)) or spot.place
        if (place, facts.name) not in told:
            told.add((place, facts.name))
            yield _finding(place, timeout, facts, facts.seconds)


def _finding(place: Place, timeout: float, facts: ModelFacts, seconds: float) -> Finding:
    return Finding(
        place=place,
        message=f"{facts.name} takes about {seconds:g} s, and the timeout is {timeout:g} s",
        harm="most calls are given up while the picture is made, and may be billed all the same",
        hint=f"allow {1000 * enough(seconds):g} ms or more (request_timeout is in milliseconds)",
    )


def enough(seconds: float) -> float:
    """Return seconds with room for a slow day: three times the usual, in steps of 5."""
    return max(1, round(3 * seconds / 5)) * 5.0


TIMEOUT_TOO_SHORT = Rule(
    code="timeout-too-short",
    severity="warning",
    title="A timeout shorter than the model takes",
    harm="most calls are given up while the picture is made, and may be billed all the same",
    remedy="allow a few times what the model takes",
    check=_too_short,
)
