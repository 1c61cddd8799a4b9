"""First set: tests that say what a config does today, found by running it."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

from router.config.model import Route
from router.config_tests.answers import WELL
from router.config_tests.expectations import shortened
from router.config_tests.flow import flow, flow_text
from router.config_tests.model import CACHE, NOBODY, PROMPT, Ask, Case
from router.config_tests.names import ANYBODY, Names, names_of
from router.config_tests.playing import Player
from router.config_tests.samples import Sample, Way, ways
from router.core.images import PARAMETERS
from router.core.jsontypes import JSON
from router.core.trace import Attempt
from router.lab.stage import Tried
from router.options import RequestOptions
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
SEED = 0  # of the dice
ASKED = (PARAMETERS | {"model", "prompt"}) - {"input_fidelity", "partial_images", "stream"}
"""What stands under `when` by itself; other parameters stand in `extra_body`."""

DOWN = Fault(kind=FaultKind.STATUS, status=503)


LONGEST_NAME = 60  # characters by which a request is called
LONGEST_REASON = 90  # characters

UNANSWERED = "{what}: nobody answers"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scene:
    """A test to be: what happens, and what the first target asked, or everybody, answers."""

    name: str
    answer: Fault = WELL
    written: str = ""
    is_everybody: bool = False


WELL_SCENE = _Scene(name="all is well")
DOWN_SCENE = _Scene(name="{who} is down", answer=DOWN, written="503")
OTHER_SCENES = (
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
PLAIN_REQUEST = Sample(params={}, metadata={})


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSet:
    """The text of a test file, and which requests in it nobody answers though all is well."""

    text: str
    unanswered: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """A request, what tests call it, and what comes of it when all is well."""

    sample: Sample
    what: str
    tried: Tried

    @property
    def is_answered(self) -> bool:
        return self.tried.error is None

    @property
    def reason(self) -> str:
        error = self.tried.error
        said = "" if error is None else f"{error.status_code} {error.kind}: {error.message}"
        return shorten(said, LONGEST_REASON, placeholder=" ...")


def first_set(config: Path, loader: Loader) -> FirstSet:
    """Return a config's first test file: one request goes through all scenes, others through two.

    There is a request for each condition that can be met when all is well. Raises ConfigError, and
    ImportError where pictures cannot be made.
    """
    loaded = loader.load(config)
    player = Player(loaded=loaded, loader=loader, names=names_of(loaded.document, loader.providers))
    subjects = _subjects(loaded.document.route, player)
    asked = [one for one in subjects if one.tried.trace.attempts]
    main = next((one for one in asked if one.is_answered), asked[0] if asked else None)
    tests = [text for one in subjects for text in _tests(one, player, is_main=one is main)]
    head = HEAD.format(name=config.name, schema=_schema_line(config))
    silent = [one for one in subjects if not one.is_answered]
    return FirstSet(
        text="\n".join([head, "\n\n".join(tests), ""]),
        unanswered=tuple(f"{one.sample}: {one.reason}" for one in silent),
    )


def _subjects(route: Route, player: Player) -> list[_Subject]:
    """Return a plain request, and one for each way through conditions that none before it takes."""
    plain = _Subject(sample=PLAIN_REQUEST, what="", tried=_play(player, PLAIN_REQUEST, {}))
    subjects, names = [plain], set[str]()
    for way in ways(route):
        if any(way.is_taken(one.tried.trace) for one in subjects):
            continue
        sample, tried = next(_taking(way, player), (None, None))
        if sample is None or tried is None:
            continue
        what = str(sample)
        if what in names or len(what) > LONGEST_NAME:
            what = f"{way.steps[-1].path}, {way.steps[-1].reason}"
        names.add(what)
        subjects.append(_Subject(sample=sample, what=what, tried=tried))
    return subjects


def _taking(way: Way, player: Player) -> Iterator[tuple[Sample, Tried]]:
    for sample in way.samples():
        tried = _play(player, sample, {})
        if way.is_taken(tried.trace):
            yield sample, tried


def _tests(subject: _Subject, player: Player, *, is_main: bool) -> Iterator[str]:
    """Yield the tests of a request; where nobody is asked there is one."""
    attempts = subject.tried.trace.attempts
    who = player.names.plainest(attempts[0]) if attempts else ""
    yield _test(WELL_SCENE, subject, who, player)
    scenes = (DOWN_SCENE, *(OTHER_SCENES if is_main else ())) if who else ()
    for scene in scenes:
        yield _test(scene, subject, who, player)


def _schema_line(config: Path) -> str:
    """Return the line that tells editors the schema, where the config has such a line."""
    first = config.read_text(encoding="utf-8-sig").partition("\n")[0]
    if not first.startswith("# yaml-language-server") or CONFIG_SCHEMA not in first:
        return ""
    return first.replace(CONFIG_SCHEMA, TESTS_SCHEMA) + "\n"


def _play(player: Player, sample: Sample, given: Mapping[str, tuple[Fault, ...]]) -> Tried:
    own, other = _parted(sample)
    ask = Ask(
        params={"prompt": PROMPT, **own},
        extra_body=other,
        options=RequestOptions(metadata=sample.metadata),
        operation=sample.operation,
    )
    case = Case(name="", line=None, given=given, latency={}, seed=SEED, asks=(ask,), expected=())
    return player.play(case)[0][0]


def _test(scene: _Scene, subject: _Subject, who: str, player: Player) -> str:
    whom = ANYBODY if scene.is_everybody else who
    answers = (scene.answer,) if not scene.answer.retry_after else (scene.answer, WELL)
    is_plain = scene is WELL_SCENE
    tried = subject.tried if is_plain else _play(player, subject.sample, {whom: answers})
    lines = [f"  - name: {flow_text(_named(scene, subject, who))}"]
    if is_plain and not subject.is_answered:
        lines = [f"  # {subject.reason}", *lines]
    lines += [f"    seed: {SEED}"] if _is_chance(tried) else []
    lines += [f"    given: {{{flow_text(whom)}: {scene.written}}}"] if scene.written else []
    lines += [f"    when: {flow(asked)}"] if (asked := _asked(subject.sample)) else []
    return "\n".join([*lines, "    then:", *_expected(tried, player.names)])


def _named(scene: _Scene, subject: _Subject, who: str) -> str:
    if scene is WELL_SCENE and not subject.is_answered:
        return UNANSWERED.format(what=subject.what or str(subject.sample))
    name = scene.name.format(who=who)
    return f"{subject.what}: {name}" if subject.what else name


def _is_chance(tried: Tried) -> bool:
    """Tell whether another seed might have drawn other targets or other waits."""
    trace = tried.trace
    is_drawn = any(one.by == "loadbalance" for one in trace.decisions)
    return is_drawn or any(one.wait_reason.startswith("backoff") for one in trace.attempts)


def _asked(sample: Sample) -> Mapping[str, JSON]:
    """Return what stands under `when`."""
    own, other = _parted(sample)
    found: dict[str, JSON] = {**own}
    if sample.operation != "generate":
        found["operation"] = sample.operation
    if other:
        found["extra_body"] = other
    if sample.metadata:
        found["metadata"] = sample.metadata
    return found


def _parted(sample: Sample) -> tuple[Mapping[str, JSON], Mapping[str, JSON]]:
    """Part the parameters that a test can name from those that it sends as they are."""
    params = sample.params.items()
    return (
        {name: value for name, value in params if name in ASKED},
        {name: value for name, value in params if name not in ASKED},
    )


def _expected(tried: Tried, names: Names) -> Iterator[str]:
    attempts = tried.trace.attempts
    asked = (flow_text(word) for word in shortened(map(names.plainest, attempts)))
    yield f"      asked: [{', '.join(asked)}]"
    yield f"      served_by: {_server(tried, names)}"
    yield f"      status: {tried.status}"
    if tried.error is not None:
        yield f"      kind: {tried.error.kind}"
    yield f"      waited_at_most: {math.ceil(tried.seconds)}"


def _server(tried: Tried, names: Names) -> str:
    served: Attempt | None = tried.trace.served
    if served is not None:
        return flow_text(names.plainest(served))
    return NOBODY if tried.error is not None else CACHE
