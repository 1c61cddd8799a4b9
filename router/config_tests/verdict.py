"""Verdict: what became of a request, beside what was expected of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

from router.config_tests.expectations import shortened
from router.config_tests.model import CACHE, NOBODY, Bounds, Case, Expected
from router.config_tests.names import Names, Sort, Word
from router.config_tests.playing import Plays
from router.core.trace import Attempt
from router.lab.stage import Tried

MILLISECOND = 0.001  # seconds: what times are exact to
CENTIMILL = 1e-6  # US dollars: what costs are exact to


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatch:
    """One thing that is not as expected. `what` is its key under `then`."""

    what: str
    expected: str
    was: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Disappointment:
    """A request, or all of them where `tried` is None, and how it was not as expected.

    `number` is the request's among all of the test, from 1; `alike` is how many more repetitions
    disappoint.
    """

    mismatches: tuple[Mismatch, ...]
    number: int = 0
    tried: Tried | None = None
    alike: int = 0


Found: TypeAlias = Mismatch | None


def judge(case: Case, plays: Plays, names: Names) -> tuple[Disappointment, ...]:
    """Return everything that is not as expected: nothing for a test that passes."""
    return tuple(_judged(case, plays, _Judge(names)))


def _judged(case: Case, plays: Plays, judge: "_Judge") -> Iterator[Disappointment]:
    number = 1
    for place, tries in enumerate(plays):
        expected = case.expected[0 if case.is_about_all else place]
        yield from _first(judge, expected, tries, number)
        number += len(tries)
        if not case.is_about_all:
            yield from _overall(judge, expected, tries)
    if case.is_about_all:
        yield from _overall(judge, case.expected[0], [one for tries in plays for one in tries])


def _first(
    judge: "_Judge", expected: Expected, tries: Sequence[Tried], number: int
) -> Iterator[Disappointment]:
    """Yield the first repetition that disappoints; the others are counted."""
    found = [
        (number + index, one, mismatches)
        for index, one in enumerate(tries)
        if (mismatches := judge.each(expected, one))
    ]
    for first, one, mismatches in found[:1]:
        yield Disappointment(number=first, tried=one, mismatches=mismatches, alike=len(found) - 1)


def _overall(
    judge: "_Judge", expected: Expected, tries: Sequence[Tried]
) -> Iterator[Disappointment]:
    mismatches = judge.overall(expected, tries)
    if mismatches:
        yield Disappointment(mismatches=mismatches)


@dataclass(frozen=True, slots=True)
class _Judge:
    names: Names

    def each(self, expected: Expected, tried: Tried) -> tuple[Mismatch, ...]:
        """Compare one request with what was expected of it."""
        checks: tuple[Callable[[Expected, Tried], Found], ...] = (
            self._asked,
            self._not_asked,
            self._served_by,
            _model,
            _status,
            _kind,
            _waited,
            _waited_at_most,
            _attempts,
            _adaptations,
            _cost,
            _cost_at_most,
            _pictures,
            _size,
            _format,
            _cache,
        )
        return tuple(filter(None, (check(expected, tried) for check in checks)))

    def overall(self, expected: Expected, tries: Sequence[Tried]) -> tuple[Mismatch, ...]:
        """Compare the shares of all repetitions."""
        served = [tried.trace.served for tried in tries]
        first = [next(iter(tried.trace.attempts), None) for tried in tries]
        shares = self._shares("share", expected.share, served)
        return (*shares, *self._shares("asked_first", expected.asked_first, first))

    def _asked(self, expected: Expected, tried: Tried) -> Found:
        if expected.asked is None:
            return None
        words = [self.names.find(text) for text in expected.asked]
        attempts = tried.trace.attempts
        fits = [word.means(attempt) for word, attempt in zip(words, attempts, strict=False)]
        if all(fits) and len(words) == len(attempts):
            return None
        sort = max((word.sort for word in words), default=Sort.PROVIDER)
        was = [
            words[i].text if i < len(fits) and fits[i] else self._called(attempt, words, sort)
            for i, attempt in enumerate(attempts)
        ]
        return Mismatch(what="asked", expected=_list(expected.asked), was=_list(was))

    def _called(self, attempt: Attempt, words: Sequence[Word], sort: Sort) -> str:
        """Call an attempt by a word that the test uses, else by one of the same sort."""
        known = next((word.text for word in words if word.means(attempt)), None)
        return known or self.names.word_for(attempt, sort)

    def _not_asked(self, expected: Expected, tried: Tried) -> Found:
        words = [self.names.find(text) for text in expected.not_asked]
        attempts = tried.trace.attempts
        met = [word.text for word in words if any(map(word.means, attempts))]
        if not met:
            return None
        was = f"asked: {_list(met)}"
        return Mismatch(what="not_asked", expected=_list(expected.not_asked), was=was)

    def _served_by(self, expected: Expected, tried: Tried) -> Found:
        wanted = expected.served_by
        if wanted is None:
            return None
        served = tried.trace.served
        if wanted in {NOBODY, CACHE} or served is None:
            was = _server(served, tried) or (served.path if served else "")
            return None if wanted == was else _mismatch("served_by", wanted, was)
        word = self.names.find(wanted)
        if word.means(served):
            return None
        return _mismatch("served_by", wanted, self.names.word_for(served, word.sort))

    def _shares(
        self, what: str, wanted: Mapping[str, Bounds], attempts: Sequence[Attempt | None]
    ) -> Iterator[Mismatch]:
        for text, bounds in wanted.items():
            word = self.names.find(text)
            count = sum(one is not None and word.means(one) for one in attempts)
            share = count / max(1, len(attempts))
            if not bounds.hold(share, CENTIMILL):
                was = f"{share:.3g} ({count} of {len(attempts)})"
                yield Mismatch(what=f"{what} of {text}", expected=str(bounds), was=was)


def _server(served: Attempt | None, tried: Tried) -> str:
    """Name who gave an answer that no attempt gave; empty where one did."""
    if served is not None:
        return ""
    return CACHE if tried.error is None else NOBODY


def _model(expected: Expected, tried: Tried) -> Found:
    served = tried.trace.served
    model = served.model if served else _server(served, tried)
    return _same("model", expected.model, model)


def _status(expected: Expected, tried: Tried) -> Found:
    return _same("status", expected.status, tried.status)


def _kind(expected: Expected, tried: Tried) -> Found:
    kind = None if tried.error is None else str(tried.error.kind)
    return _same("kind", expected.kind, kind, "no error")


def _waited(expected: Expected, tried: Tried) -> Found:
    return _within("waited", expected.waited, tried.seconds, MILLISECOND, " s")


def _waited_at_most(expected: Expected, tried: Tried) -> Found:
    return _at_most("waited_at_most", expected.waited_at_most, tried.seconds, MILLISECOND, " s")


def _attempts(expected: Expected, tried: Tried) -> Found:
    return _within("attempts", expected.attempts, len(tried.trace.attempts))


def _cost(expected: Expected, tried: Tried) -> Found:
    return _within("cost", expected.cost, tried.trace.cost, CENTIMILL, " US dollars")


def _cost_at_most(expected: Expected, tried: Tried) -> Found:
    most = expected.cost_at_most
    return _at_most("cost_at_most", most, tried.trace.cost, CENTIMILL, " US dollars")


def _pictures(expected: Expected, tried: Tried) -> Found:
    count = 0 if tried.pictures is None else len(tried.pictures.data)
    return _within("pictures", expected.pictures, count)


def _adaptations(expected: Expected, tried: Tried) -> Found:
    if expected.adaptations is None:
        return None
    served = tried.trace.served
    told = [served] if served else tried.trace.attempts
    was = [note for attempt in told for note in attempt.adaptations]
    missing = [part for part in expected.adaptations if not any(part in note for note in was)]
    if not missing and (expected.adaptations or not was):
        return None
    return Mismatch(what="adaptations", expected=_list(expected.adaptations), was=_list(was))


def _size(expected: Expected, tried: Tried) -> Found:
    medias = [picture.media for picture in (tried.pictures.data if tried.pictures else ())]
    sizes = [f"{media.width}x{media.height}" for media in medias if media is not None]
    return _all_same("size", expected.size, sizes)


def _format(expected: Expected, tried: Tried) -> Found:
    medias = [picture.media for picture in (tried.pictures.data if tried.pictures else ())]
    return _all_same("format", expected.format, [media.format for media in medias if media])


def _cache(expected: Expected, tried: Tried) -> Found:
    done = [one.chosen for one in tried.trace.decisions if one.by == "cache"]
    return _same("cache", expected.cache, done[-1] if done else None, "no cache on the way")


def _all_same(what: str, wanted: str | None, was: Sequence[str]) -> Found:
    if wanted is None or set(was) == {wanted}:
        return None
    return _mismatch(what, wanted, ", ".join(dict.fromkeys(was)) or "no picture")


def _same(
    what: str, wanted: str | int | None, was: str | int | None, nothing: str = "none"
) -> Found:
    if wanted is None or wanted == was:
        return None
    return _mismatch(what, wanted, nothing if was is None else was)


def _at_most(
    what: str, most: float | None, was: float | None, tolerance: float, unit: str
) -> Found:
    bounds = None if most is None else Bounds(high=most)
    found = _within(what, bounds, was, tolerance, unit)
    return None if found is None else replace(found, expected=f"{most:g}{unit}")


def _within(
    what: str, bounds: Bounds | None, was: float | None, tolerance: float = 0.0, unit: str = ""
) -> Found:
    if bounds is None:
        return None
    if was is None:
        return _mismatch(what, f"{bounds}{unit}", "unknown")
    if bounds.hold(was, tolerance):
        return None
    return _mismatch(what, f"{bounds}{unit}", f"{was:.6g}{unit}")


def _mismatch(what: str, wanted: str | int, was: str | int) -> Mismatch:
    return Mismatch(what=what, expected=str(wanted), was=str(was))


def _list(words: Sequence[str]) -> str:
    return f"[{', '.join(shortened(words))}]"
