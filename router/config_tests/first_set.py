"""First set: tests that say what a config does today, found by running it."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from router.config_tests.answers import WELL
from router.config_tests.expectations import shortened
from router.config_tests.model import CACHE, NOBODY, PROMPT, Ask, Case
from router.config_tests.names import ANYBODY, Names, names_of
from router.config_tests.playing import Player
from router.core.trace import Attempt
from router.lab.stage import Tried
from router.sandbox.fault import Fault, FaultKind
from router.workspace import Loader

HEAD = """\
{schema}# Written by `pixroute test --init {name}` from what the config does today, not from what
# it should do. Read each test: where it is not what you want, change the config, or the test.

tests:"""

CONFIG_SCHEMA = "config.schema.json"
TESTS_SCHEMA = "tests.schema.json"

SLOW = 90.0  # seconds: longer than most timeouts in configs
RETRY_AFTER = 20.0  # seconds
PLAIN = re.compile(r"[A-Za-z][\w./-]*( x[0-9]+)?")
"""What YAML reads as the text that it is."""

DOWN = Fault(kind=FaultKind.STATUS, status=503)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """A test to be: what happens, and what the first target asked, or everybody, answers."""

    name: str
    answer: Fault = WELL
    written: str = ""
    is_everybody: bool = False


SCENES = (
    _Scene(name="all is well"),
    _Scene(name="{who} is down", answer=DOWN, written="503"),
    _Scene(name="everybody is down", answer=DOWN, written="503", is_everybody=True),
    _Scene(
        name="{who} is full and says how long to wait",
        answer=Fault(kind=FaultKind.STATUS, status=429, retry_after=RETRY_AFTER),
        written=f"[{{status: 429, retry_after: {RETRY_AFTER:g}}}, ok]",
    ),
    _Scene(
        name="{who} refuses the prompt", answer=Fault(kind=FaultKind.REFUSAL), written="refusal"
    ),
    _Scene(
        name="{who} is slow",
        answer=Fault(kind=FaultKind.DELAY, delay=SLOW),
        written=f"{{delay: {SLOW:g}}}",
    ),
)


def first_set(config: Path, loader: Loader) -> str:
    """Return the text of a config's first test file.

    Raises ConfigError, and ImportError where pictures cannot be made.
    """
    loaded = loader.load(config)
    names = names_of(loaded.document, loader.providers)
    player = Player(loaded=loaded, loader=loader, names=names)
    who = _first_asked(player, names)
    tests = (_test(scene, who, player) for scene in SCENES if who or not scene.written)
    head = HEAD.format(name=config.name, schema=_schema_line(config))
    return "\n".join([head, "\n\n".join(tests), ""])


def _schema_line(config: Path) -> str:
    """Return the line that tells editors the schema, where the config has such a line."""
    first = config.read_text(encoding="utf-8-sig").partition("\n")[0]
    if not first.startswith("# yaml-language-server") or CONFIG_SCHEMA not in first:
        return ""
    return first.replace(CONFIG_SCHEMA, TESTS_SCHEMA) + "\n"


def _first_asked(player: Player, names: Names) -> str | None:
    attempts = _play(player, {}).trace.attempts
    return names.plainest(attempts[0]) if attempts else None


def _play(player: Player, given: Mapping[str, tuple[Fault, ...]]) -> Tried:
    case = Case(
        name="",
        line=None,
        given=given,
        latency={},
        seed=None,
        asks=(Ask(params={"prompt": PROMPT}),),
        expected=(),
    )
    return player.play(case)[0][0]


def _test(scene: _Scene, who: str | None, player: Player) -> str:
    whom = ANYBODY if scene.is_everybody else who or ANYBODY
    answers = (scene.answer,) if not scene.answer.retry_after else (scene.answer, WELL)
    tried = _play(player, {whom: answers} if scene.written else {})
    lines = [f"  - name: {_text(scene.name.format(who=who))}"]
    lines += [f"    given: {{{_text(whom)}: {scene.written}}}"] if scene.written else []
    return "\n".join([*lines, "    then:", *_expected(tried, player.names)])


def _expected(tried: Tried, names: Names) -> Iterator[str]:
    attempts = tried.trace.attempts
    asked = (_text(word) for word in shortened(map(names.plainest, attempts)))
    yield f"      asked: [{', '.join(asked)}]"
    yield f"      served_by: {_server(tried, names)}"
    yield f"      status: {tried.status}"
    if tried.error is not None:
        yield f"      kind: {tried.error.kind}"
    yield f"      waited_at_most: {math.ceil(tried.seconds)}"


def _server(tried: Tried, names: Names) -> str:
    served: Attempt | None = tried.trace.served
    if served is not None:
        return _text(names.plainest(served))
    return NOBODY if tried.error is not None else CACHE


def _text(text: str) -> str:
    """Write a text so that YAML reads it as such, within brackets too."""
    plain = all(map(PLAIN.fullmatch, text.split())) and text == " ".join(text.split())
    return text if plain and text else json.dumps(text, ensure_ascii=False)
