"""Fault script: faults read from short text, or from what YAML and JSON give.

stability-ai: 503 x2; openai: 429 retry_after=2 for 10s; openai/dall-e-2: reset p=0.2

- {provider: stability-ai, status: 503, times: 2}
- {provider: openai, kind: trickle, seconds: 20, model: dall-e-2}
"""

import difflib
import math
import re
from collections.abc import Iterable, Mapping, Sequence

from router.core.jsontypes import JSON
from router.emulators.registry import aliases, emulator, names
from router.sandbox.fault import Fault, FaultKind

TRICKLE = 60.0  # seconds
# Longer than most request timeouts in configs, so that a trickle is felt when nothing is said.

UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "": 1.0}

SETTINGS = frozenset(
    {
        "after",
        "code",
        "delay",
        "for",
        "kind",
        "model",
        "p",
        "provider",
        "retry_after",
        "seconds",
        "status",
        "times",
    }
)

SYNONYMS = {"refuse": "refusal", "slow": "trickle", "rst": "reset", "probability": "p"}


class FaultScriptError(ValueError):
    """A script that cannot be understood; the message says where and what to write."""


def parse_faults(script: JSON) -> tuple[Fault, ...]:
    """Read a script. Raises FaultScriptError."""
    statements = list(_statements(script, None))
    return tuple(_fault(where, settings) for where, settings in statements)


Statement = tuple[str, Mapping[str, JSON]]


def _statements(script: JSON, provider: str | None) -> Iterable[Statement]:
    """Each fault's settings, and its own text for messages."""
    match script:
        case None:
            return
        case str():
            texts = (text.strip() for text in re.split(r"[;\n]", script))
            yield from ((text, _settings(text, provider)) for text in texts if text)
        case Mapping() if SETTINGS.isdisjoint(script):
            for name, value in script.items():
                yield from _statements(value, name)
        case Mapping():
            yield repr(dict(script)), {"provider": provider, **script}
        case Sequence():
            for item in script:
                yield from _statements(item, provider)
        case int() if provider and not isinstance(script, bool):
            yield f"{provider}: {script}", {"provider": provider, "status": script}
        case _:
            raise FaultScriptError(
                f"a fault script is {script!r}; expected text such as 'openai: 503 x2', a mapping"
                " or a list of them"
            )


def _settings(text: str, provider: str | None) -> Mapping[str, JSON]:
    """Read one statement of short text."""
    settings: dict[str, JSON] = {"provider": provider}
    head, colon, rest = text.partition(":")
    if colon:
        who, slash, model = head.strip().partition("/")
        settings["provider"] = who
        settings["model"] = model if slash else None
    words = iter((rest if colon else text).split())
    for word in words:
        name, equals, value = word.partition("=")
        if equals:
            settings[name] = value
        elif word in {"for", "after"}:
            settings[word] = next(words, "")
        elif re.fullmatch(r"[0-9]{3}", word, re.ASCII):
            settings["status"] = word
        elif re.fullmatch(r"x[0-9]+", word, re.ASCII):
            settings["times"] = word[1:]
        elif "kind" not in settings:
            settings["kind"] = word
        else:
            raise FaultScriptError(
                f"fault {text!r} has the words {settings['kind']!r} and {word!r}; expected one"
                " kind a fault"
            )
    return settings


def _fault(where: str, settings: Mapping[str, JSON]) -> Fault:
    given = {
        SYNONYMS.get(name, name): value for name, value in settings.items() if value is not None
    }
    if "trickle" in given:
        given = {"kind": "trickle", "seconds": given["trickle"], **given}
        del given["trickle"]
    for name in given:
        if name not in SETTINGS:
            raise _unknown(where, "setting", name, SETTINGS)
    kind = _kind(where, given)
    times = given.get("times")
    lasting = given.get("for")
    retry_after = given.get("retry_after")
    return Fault(
        kind=kind,
        provider=_provider(where, given.get("provider")),
        model=_text(where, "model", given.get("model")),
        status=_status(where, given.get("status")) if kind is FaultKind.STATUS else 0,
        code=_text(where, "code", given.get("code")),
        retry_after=None if retry_after is None else _seconds(where, "retry_after", retry_after),
        delay=_seconds(where, "delay", given.get("delay", 0)),
        seconds=_trickle(where, kind, given.get("seconds", TRICKLE)),
        times=None if times is None else _times(where, times),
        probability=_probability(where, given.get("p", 1)),
        after=_seconds(where, "after", given.get("after", 0)),
        lasting=None if lasting is None else _seconds(where, "for", lasting),
    )


def _kind(where: str, given: Mapping[str, JSON]) -> FaultKind:
    word = given.get("kind")
    if word is None:
        if "status" in given:
            return FaultKind.STATUS
        if "delay" in given:
            return FaultKind.DELAY
        raise FaultScriptError(
            f"fault {where!r} says when but not what; expected a status, a delay or one of"
            f" {', '.join(FaultKind)}"
        )
    name = SYNONYMS.get(str(word), str(word))
    if name not in list(FaultKind):
        raise _unknown(where, "fault", name, FaultKind)
    kind = FaultKind(name)
    if "status" in given and kind is not FaultKind.STATUS:
        raise FaultScriptError(f"fault {where!r} has a status and {name!r}; expected one of them")
    return kind


def _provider(where: str, value: JSON) -> str | None:
    if value is None or value == "*":
        return None
    name = aliases().get(str(value), str(value))
    if name not in names() and emulator(name) is None:
        raise _unknown(where, "provider", name, names())
    return name


def _trickle(where: str, kind: FaultKind, value: JSON) -> float:
    seconds = _seconds(where, "seconds", value)
    return seconds if kind is FaultKind.TRICKLE else 0.0


def _status(where: str, value: JSON) -> int:
    status = _number(where, "status", value)
    if not (status.is_integer() and 400 <= status <= 599):
        raise FaultScriptError(f"fault {where!r}: status is {value!r}; expected 400 to 599")
    return int(status)


def _times(where: str, value: JSON) -> int:
    times = _number(where, "times", value)
    if not times.is_integer() or times < 1:
        raise FaultScriptError(f"fault {where!r}: times is {value!r}; expected 1 or more")
    return int(times)


def _probability(where: str, value: JSON) -> float:
    probability = _number(where, "p", value)
    if not 0 <= probability <= 1:
        raise FaultScriptError(f"fault {where!r}: p is {value!r}; expected a number from 0 to 1")
    return probability


def _seconds(where: str, name: str, value: JSON) -> float:
    """Read a duration: a number of seconds, or text with the unit ms, s or m."""
    match = re.fullmatch(r"([0-9.]+)(ms|s|m)?", str(value), re.ASCII)
    if isinstance(value, bool) or match is None:
        raise FaultScriptError(
            f"fault {where!r}: {name} is {value!r}; expected a duration such as 2, 2s or 500ms"
        )
    return _number(where, name, match[1]) * UNITS[match[2] or ""]


def _number(where: str, name: str, value: JSON) -> float:
    if isinstance(value, int | float | str) and not isinstance(value, bool):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            number = math.nan
        if math.isfinite(number):
            return number
    raise FaultScriptError(f"fault {where!r}: {name} is {value!r}; expected a number")


def _text(where: str, name: str, value: JSON) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise FaultScriptError(f"fault {where!r}: {name} is {value!r}; expected text")


def _unknown(where: str, what: str, name: str, known: Iterable[str]) -> FaultScriptError:
    options = sorted(str(option) for option in known)
    close = difflib.get_close_matches(name, options, 1)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return FaultScriptError(
        f"fault {where!r}: {what} {name!r} is not known; expected one of {', '.join(options)}{hint}"
    )
