"""Complaints: what a schema validator finds, in words that help."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from router.config.masking import KEYS, is_secret_name, shown
from router.config.places import Place, shown_place
from router.config.portkey import refusal
from router.config.problems import did_you_mean, hints, nearest, one_of
from router.config.report import Report
from router.config.source import Source
from router.core.jsontypes import JSON, is_list, sequence

KINDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
}

ADVICE = {
    "strategy": "targets need one, such as strategy: {mode: fallback}",
    "targets": "a strategy chooses among targets",
    "conditions": "mode conditional needs conditions",
    "default": "mode conditional needs the name of a target for requests that no condition fits",
    "mode": "one of single, fallback, loadbalance, conditional",
    "attempts": "the number of retries, 0 to 5",
    "provider": "whose account it is",
    "digest": "sha256: and 64 hexadecimal digits, as 'pixroute keys create' writes it",
}

ELSEWHERE = {
    "model": "write override_params: {model: ...}",
    "fallbacks": "write strategy: {mode: fallback} and targets",
    "timeout": "did you mean 'request_timeout'? (milliseconds)",
    "base_url": "did you mean 'custom_host'?",
    "retries": "did you mean 'retry'?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One error of the validator: at `place`, `found` breaks `keyword: expected` of `schema`."""

    place: Place
    keyword: str
    expected: JSON
    found: JSON
    schema: Mapping[str, JSON]

    @property
    def message(self) -> str:
        """What the schema itself has to say, if anything."""
        return str(self.schema.get("x-message", ""))

    @property
    def is_about_absence(self) -> bool:
        """Tell whether something is missing, unless it is there under a misspelt key."""
        return self.keyword == "required"

    @property
    def found_text(self) -> str:
        """What is there, for a message; never a secret."""
        names = [step for step in self.place if isinstance(step, str)]
        is_secret = KEYS in names[-2:-1] or (names and is_secret_name(names[-1]))
        if self.found in (None, ""):
            return "empty"
        is_shown = not is_secret or isinstance(self.found, Mapping | list)
        return shown(self.found) if is_shown else "not what it should be"


def complain(complaint: Complaint, source: Source, report: Report) -> None:
    """Report it."""
    match complaint.keyword:
        case "additionalProperties":
            _unknown_keys(complaint, source, report)
        case "required":
            _missing_keys(complaint, source, report)
        case "not":
            _misplaced_key(complaint, source, report)
        case keyword:
            message, hint = _value(complaint, keyword)
            report.wrong(source, complaint.place, message, hint, code="schema")


def _unknown_keys(complaint: Complaint, source: Source, report: Report) -> None:
    known = _mapping(complaint.schema.get("properties"))
    is_free = "patternProperties" in complaint.schema
    for name in _mapping(complaint.found):
        if name in known or (is_free and name.startswith("x-")):
            continue
        place = (*complaint.place, name)
        reason = refusal(name) if "targets" in known or "api_key" in known else None
        if reason is not None:
            message = f"{shown(name)} is not supported"
            report.error(source, place, message, reason, code="schema", at_key=True)
            continue
        meant = nearest(name, known)
        if meant is not None:
            report.mean(source, (*complaint.place, meant))
        is_route = source.root not in {"catalog", "gateway", "scenario"} and place[0] != "tests"
        elsewhere = ELSEWHERE.get(name) if is_route else None
        hint = elsewhere or did_you_mean(name, known) or one_of(known)
        message = f"unknown key {shown(name)}"
        report.error(source, place, message, hint, code="unknown-key", at_key=True, meant=meant)


def _missing_keys(complaint: Complaint, source: Source, report: Report) -> None:
    found = _mapping(complaint.found)
    for name in sequence(complaint.expected):
        if not isinstance(name, str) or name in found:
            continue
        if not report.is_meant(source, (*complaint.place, name)):
            hint = ADVICE.get(name, "")
            message = f"{name!r} is missing"
            report.error(source, complaint.place, message, hint, code="schema", at_key=True)


def _misplaced_key(complaint: Complaint, source: Source, report: Report) -> None:
    name = str(complaint.place[-1])
    hint = ""
    if complaint.message.startswith("belongs to a target"):
        group = complaint.place[:-1]
        targets = [shown_place(place, source.root) for place in _targets(source.value, group)]
        hint = one_of(targets, "write it at")
    message = f"{name!r} {complaint.message}"
    report.error(source, complaint.place, message, hint, code="schema", at_key=True)


def _targets(value: JSON, group: Place) -> Iterator[Place]:
    """List the targets below a group, through groups inside it."""
    found = value
    for step in group:
        found = _step(found, step)
    for i, target in enumerate(sequence(_mapping(found).get("targets"))):
        place = (*group, "targets", i)
        if "targets" in _mapping(target):
            yield from _targets(value, place)
        else:
            yield place


def _step(value: JSON, step: str | int) -> JSON:
    if isinstance(step, int):
        return sequence(value)[step]
    return _mapping(value).get(step)


def _value(complaint: Complaint, keyword: str) -> tuple[str, str]:
    """Say what is wrong with a value, and what would help."""
    found, bound = complaint.found_text, shown(complaint.expected)
    match keyword:
        case "type":
            return _type(complaint)
        case "enum":
            return _enum(complaint)
        case "pattern":
            return f"{found} {complaint.message}", ""
    expected = {
        "minimum": f"expected {bound} or more",
        "maximum": f"expected {bound} or less",
        "exclusiveMinimum": f"expected more than {bound}",
        "minLength": "expected a text",
        "minItems": "expected at least one",
        "minProperties": "expected at least one key",
    }
    is_empty = keyword.startswith("min") and keyword != "minimum"
    return "is empty" if is_empty else f"is {found}", expected.get(
        keyword, f"not allowed: {keyword}"
    )


def _enum(complaint: Complaint) -> tuple[str, str]:
    names = [str(name) for name in sequence(complaint.expected)]
    found = complaint.found
    likely = did_you_mean(found, names) if isinstance(found, str) else ""
    return f"is {complaint.found_text}", hints(one_of(names), likely)


def _type(complaint: Complaint) -> tuple[str, str]:
    wanted = complaint.expected
    kinds = [str(kind) for kind in sequence(wanted)] or [str(wanted)]
    expected = f"expected {' or '.join(KINDS.get(kind, kind) for kind in kinds)}"
    examples = sequence(complaint.schema.get("examples"))
    example = f"for example {_flow(examples[0])}" if examples else ""
    if wanted == "string" and isinstance(complaint.found, int | float):
        example = "write it in quotes"
    return f"is {complaint.found_text}", hints(expected, example)


def _flow(value: JSON) -> str:
    """Write a value as one would in a YAML file, on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if is_list(value):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return value if isinstance(value, str) else shown(value)


def _mapping(value: JSON) -> Mapping[str, JSON]:
    return value if isinstance(value, Mapping) else {}
