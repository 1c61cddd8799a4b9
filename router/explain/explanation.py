"""Explanation: all that can be told of a config, and of one request to it, before it is made."""

from collections.abc import AsyncIterator, Iterable, Mapping
from dataclasses import dataclass, replace
from math import inf

from router.config.load import load
from router.config.origins import Origins, origins
from router.config.report import Report
from router.core.images import ImageRequest
from router.core.outcome import Failure
from router.emulators.brief import Draw
from router.emulators.drawing import drawn_once
from router.explain.probe import Probe, probe_all
from router.explain.rehearsal import Question, Theatre, Took
from router.explain.sketch import Sketch, sketch
from router.explain.standing import Standings, standings_of
from router.explain.worst import Bound, bound_of
from router.lab.stage import Stage
from router.options import ConfigSource
from router.policies.budget import WithinBudget
from router.testing import simulate
from router.workspace import Loaded, Loader


@dataclass(frozen=True, slots=True, kw_only=True)
class Best:
    """What a request comes to where all is well, and the target at `path` answers.

    `seconds` are what its model typically takes, `dollars` what its listed prices come to; where
    those tell nothing, `dollars` is the most that it may cost, and `is_most`. Where others are
    asked before, who do not take such a request or have too little time, all that is among it.
    """

    path: str
    attempts: int
    seconds: float | None
    dollars: float | None
    is_most: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A target whose model usually takes more `seconds` than it is `allowed`."""

    path: str
    seconds: float
    allowed: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What would become of one request. `took` is what runs of the worst courses came to.

    `rebuffs` are the failures of targets, by path, whose provider does not take such a request.
    Where there is no best, as nobody has the time that they usually take, `late` is the quickest.
    """

    request: ImageRequest
    probes: Mapping[str, Probe]
    standings: Standings
    rebuffs: Mapping[str, Failure]
    best: Best | None
    late: Late | None
    bound: Bound
    took: Took


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """`outlook` is None where no request was asked about."""

    source: str
    tree: Sketch
    outlook: Outlook | None = None


def explain(source: ConfigSource, loader: Loader, question: Question | None = None) -> Explanation:
    """Explain a config, and a request to it.

    Raises ConfigError where it is none, and RoutingError where the request is none.
    """
    loaded = loader.load(source)
    tree = sketch(loaded.tree, _origins(source))
    if question is None:
        return Explanation(source=loaded.document.source, tree=tree)
    outlook = simulate(lambda: look_ahead(loaded, loader, question))
    return Explanation(source=loaded.document.source, tree=tree, outlook=outlook)


def _origins(source: ConfigSource) -> Origins:
    """Read the config once more for its places; it is known to be one."""
    found = load(source, Report(), root="config")
    return {} if found is None else origins(found)


async def look_ahead(
    loaded: Loaded, loader: Loader, question: Question, draw: Draw | None = None
) -> Outlook:
    """Tell what would become of a request; to be called within `simulate`.

    Raises RoutingError where it is none.
    """
    stage = Stage(loaded=loaded, loader=loader)
    prepared = await stage.prepare(
        question.params,
        options=question.options,
        operation=question.operation,
        files=question.files,
    )
    request, tree = prepared.request, loaded.tree
    context = prepared.engine.begin(loaded, prepared.wishes)
    probes = await probe_all(tree, request, context)
    theatre = Theatre(
        loaded=loaded,
        loader=loader,
        question=question,
        probes=probes,
        draw=draw or drawn_once(),
    )
    standings = standings_of(tree, request, context, probes)
    rebuffs = await theatre.rebuffs()
    timeout = prepared.wishes.timeout
    typical = _Typical(
        theatre=theatre, rebuffs=rebuffs, timeout=inf if timeout is None else timeout
    )
    bests = [one async for one in typical.bests(standings.chances)]
    if timeout is not None:
        # The caller's own deadline bounds the whole tree, as this node would.
        tree = WithinBudget(path="request", child=tree, deadline=timeout)
    bound = bound_of(tree, request, probes, await theatre.overruns())
    return Outlook(
        request=request,
        probes=probes,
        standings=standings,
        rebuffs=rebuffs,
        best=min(bests, key=_cheapness, default=None),
        late=None if bests else typical.late(standings.chances),
        bound=bound,
        took=await theatre.rehearse(bound),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Typical:
    """What comes of a request where all is well, and calls take what their models usually do."""

    theatre: Theatre
    rebuffs: Mapping[str, Failure]
    timeout: float

    async def bests(self, paths: Iterable[str]) -> AsyncIterator[Best]:
        """Yield what comes of it at each target where the request may begin."""
        probes = self.theatre.probes
        able = {path for path, probe in probes.items() if probe.is_able}
        if able <= self.rebuffs.keys():
            return
        for path in paths:
            probe = probes[path]
            is_direct = path not in self.rebuffs and not self._is_late(probe)
            best = _best(probe, probe.seconds) if is_direct else await self._played(path)
            if best is not None:
                yield best

    def late(self, paths: Iterable[str]) -> Late | None:
        """Return who would be the quickest of those that are given up before they can answer."""
        probes = [self.theatre.probes[path] for path in paths if path not in self.rebuffs]
        found = (
            Late(path=probe.path, seconds=probe.seconds, allowed=self._allowed(probe))
            for probe in probes
            if probe.seconds is not None and self._is_late(probe)
        )
        return min(found, key=lambda one: one.seconds, default=None)

    def _is_late(self, probe: Probe) -> bool:
        return probe.seconds is not None and probe.seconds > self._allowed(probe)

    def _allowed(self, probe: Probe) -> float:
        return min(probe.allowed, self.timeout)

    async def _played(self, path: str) -> Best | None:
        """Return what a run comes to that begins at a target who does not answer."""
        probes = self.theatre.probes
        seconds = {
            path: probe.seconds
            for path, probe in probes.items()
            if probe.seconds is not None and path not in self.rebuffs
        }
        tried = await self.theatre.beginning_at(path, seconds)
        served = tried.trace.served
        if served is None:
            return None
        calls = self.theatre.calls(tried)
        probe = probes[served.path]
        best = _best(probe, None if probe.seconds is None else tried.seconds)
        if all(one.ok or one.billed is False for one in calls):
            return replace(best, attempts=len(calls))
        dollars = self.theatre.measured(tried).dollars
        return replace(best, attempts=len(calls), dollars=dollars, is_most=True)


def _best(probe: Probe, seconds: float | None) -> Best:
    return Best(
        path=probe.path,
        attempts=len(probe.parts),
        seconds=seconds,
        dollars=probe.most if probe.usual is None else probe.usual,
        is_most=probe.usual is None and probe.most is not None,
    )


def _cheapness(best: Best) -> tuple[float, float, float]:
    unknown = float("inf")
    return (
        best.attempts,
        unknown if best.dollars is None else best.dollars,
        unknown if best.seconds is None else best.seconds,
    )
