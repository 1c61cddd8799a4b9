"""Running: the tests of one file, with a verdict for each."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from router.config.places import Place
from router.config.problems import ConfigError
from router.config.report import Report
from router.config_tests.model import CACHE, NOBODY, Case, Expected, Suite
from router.config_tests.names import Names, UnknownWordError, names_of
from router.config_tests.playing import Player
from router.config_tests.reading import suite_of
from router.config_tests.verdict import Disappointment, judge
from router.workspace import Loaded, Loader


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """One test that was run; it passed where there are no disappointments.

    `seconds` is how long it took, of real time.
    """

    case: Case
    disappointments: tuple[Disappointment, ...]
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.disappointments


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The tests of one file, its config compiled: each may be run by itself."""

    suite: Suite
    player: Player

    @property
    def names(self) -> Names:
        return self.player.names

    def run(self, case: Case) -> Result:
        began = time.perf_counter()
        plays = self.player.play(case)
        return Result(
            case=case,
            disappointments=judge(case, plays, self.names),
            seconds=time.perf_counter() - began,
        )


def make_ready(path: Path, loader: Loader, seed: int | str = 0) -> Ready:
    """Read the tests in a file and the config that they are about.

    Raises ConfigError with all that is wrong with either.
    """
    report = Report()
    suite = suite_of(path, report)
    loaded = None if suite is None else _load(suite.config, loader, report)
    if suite is None or loaded is None:
        raise ConfigError(report.problems)
    names = names_of(loaded.document, loader.providers)
    check_words(suite, names, report)
    report.raise_errors()
    player = Player(loaded=loaded, loader=loader, names=names, seed=seed)
    return Ready(suite=suite, player=player)


def _load(config: Path, loader: Loader, report: Report) -> Loaded | None:
    """Read a config; None, with the reasons in the report, where it is none."""
    try:
        return loader.load(config)
    except ConfigError as error:
        for problem in error.problems:
            report.add(problem)
    return None


def check_words(suite: Suite, names: Names, report: Report) -> None:
    """Report every word that means nobody in the config, a cache that it has not included."""
    _check_caches(suite, names, report)
    for number, case in enumerate(suite.cases):
        for word, place in _words(case):
            try:
                names.find(word)
            except UnknownWordError as unknown:
                where = ("tests", number, *place)
                message = f"{word!r} is nobody in {suite.config.name}"
                is_key = place[-1] == word
                report.error(suite.source, where, message, unknown.hint, at_key=is_key)


def _check_caches(suite: Suite, names: Names, report: Report) -> None:
    """Report what is expected of a cache where the config has none."""
    for expected in (one for case in suite.cases for one in case.expected):
        wants = {"cache": expected.cache is not None, "served_by": expected.served_by == CACHE}
        for key in (key for key, is_wanted in wants.items() if is_wanted and not names.has_cache):
            message = f"there is no cache in {suite.config.name}"
            hint = "the config needs cache: {mode: simple}, or this can never be"
            report.error(suite.source, (*expected.place, key), message, hint, at_key=True)


def _words(case: Case) -> Iterator[tuple[str, Place]]:
    """Yield each word of a test, and where in it that stands."""
    for word in case.given:
        yield word, ("given", word)
    for word in case.latency:
        yield word, ("latency", word)
    for expected in case.expected:
        yield from _expected_words(expected)


def _expected_words(expected: Expected) -> Iterator[tuple[str, Place]]:
    place = expected.place[2:]
    for word in dict.fromkeys(expected.asked or ()):
        yield word, (*place, "asked")
    for word in expected.not_asked:
        yield word, (*place, "not_asked")
    if expected.served_by not in {None, NOBODY, CACHE}:
        yield str(expected.served_by), (*place, "served_by")
    for key, shares in (("share", expected.share), ("asked_first", expected.asked_first)):
        for word in shares:
            yield word, (*place, key, word)
