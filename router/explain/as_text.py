"""As text: an explanation for a person, who has a terminal of some width or none."""

import textwrap
from collections.abc import Iterator, Sequence

from router.config.masking import masked
from router.config.places import short
from router.config.problems import counted
from router.core.dollars import dollars
from router.core.outcome import Failure
from router.core.settlement import FINAL
from router.core.trace_table import printable
from router.explain import wording
from router.explain.drawing import draw
from router.explain.explanation import Explanation, Outlook
from router.explain.figures import attempts_at, figures
from router.explain.probe import Probe
from router.explain.sketch import Sketch
from router.explain.standing import Judgement, unasked
from router.strategies.lookup import Missing

HANG = 8  # columns before what follows `worst`
LONGEST = 200  # characters of what a provider says


def as_text(told: Explanation, width: int | None) -> str:
    """Draw the tree, and below it what becomes of the request."""
    lines = draw(told.tree, _Remarks(told.outlook).of, width)
    if told.outlook is not None:
        lines += ["", *_folded(_outlook(told.outlook), width)]
    return "\n".join(lines)


class _Remarks:
    """What is said of each node beside its name."""

    def __init__(self, outlook: Outlook | None) -> None:
        self._outlook = outlook

    def of(self, node: Sketch) -> Sequence[str]:
        settings = ", ".join(str(one) for one in node.settings if one.origin is not None)
        rule = ", ".join(part for part in (node.rule, settings) if part)
        said = [rule] if rule else []
        if node.kind == "target":
            account = [f"virtual key {node.virtual_key}"] if node.virtual_key else []
            host = [f"at {node.host}"] if node.host else []
            said = [", ".join([*account, *host, *said])] if account or host else said
        if node.condition:
            said = [node.condition, *said]
        if self._outlook is not None and node.kind == "target":
            said += _at_target(node.path, self._outlook)
        return said


def _at_target(path: str, outlook: Outlook) -> Iterator[str]:
    """Say whether a request comes to a target, and what becomes of it there."""
    probe = outlook.probes[path]
    chance = outlook.standings.chances.get(path)
    if chance is not None:
        yield "asked first" if chance > 0.9999 else f"asked first in {wording.percent(chance)}"
    elif probe.refusal is None:
        yield outlook.standings.why_not[path]
    if probe.refusal is not None:
        yield f"cannot be asked: {probe.refusal.status} {probe.refusal.message}"
        if probe.refusal.kind in FINAL:
            yield "a request that comes here ends"
        return
    yield _calls(probe) if path not in outlook.rebuffs else _rebuffed(outlook.rebuffs[path])
    for note in probe.notes:
        yield f"adapted: {note}"


def _rebuffed(failure: Failure) -> str:
    """Say how a provider answers who does not take such a request."""
    message = printable(" ".join(masked(failure.message).split()))[:LONGEST]
    return f"would answer {failure.status} {failure.kind}: {message}"


def _calls(probe: Probe) -> str:
    """Say what one round of calls takes and costs."""
    count = len(probe.parts)
    typical = [] if probe.seconds is None else [f"~{wording.seconds(probe.seconds)}"]
    price = [_price(probe)]
    many = [] if count == 1 else [f"{count} calls at once"]
    return ", ".join(many + typical + price)


def _price(probe: Probe) -> str:
    return _foreseen(probe) + (", and what is counted afterwards" if probe.is_open_ended else "")


def _foreseen(probe: Probe) -> str:
    if probe.usual is None and probe.most is None:
        return "price not known"
    if probe.usual is None:
        return f"up to {dollars(probe.most or 0.0)}"
    if probe.most is None:
        return f"about {dollars(probe.usual)}"
    usual, most = dollars(probe.usual), dollars(probe.most)
    return usual if usual == most or probe.is_open_ended else f"{usual}, at most {most}"


def _outlook(outlook: Outlook) -> Iterator[tuple[str, str]]:
    """Yield lines with the word that stands before each."""
    for judgement in outlook.standings.judgements:
        yield "", _judged(judgement)
    if outlook.standings.judgements:
        yield "", ""
    yield "best", _best(outlook)
    for status, chance in unasked(outlook.standings).items():
        whose = "every request ends" if chance > 0.9999 else f"{wording.percent(chance)} end"
        yield "", f"{whose} with {status}, and nobody is asked"
    told = figures(outlook)
    yield "worst", "   ".join(one.text for one in told)
    counts = attempts_at(outlook)
    if len(counts) > 1:
        parts = (f"{count} at {short(path)}" for path, count in counts.items())
        yield "", f"attempts: {', '.join(parts)}"
    for figure in told:
        for reason in figure.reasons:
            yield "", reason


def _judged(judgement: Judgement) -> str:
    values = "; ".join(
        f"{path} is {'missing' if isinstance(found, Missing) else wording.value(found)}"
        for path, found in judgement.values.items()
    )
    verdict = "holds" if judgement.holds else "does not hold"
    if not judgement.is_asked:
        verdict = "is not asked, as an earlier one held"
    chosen = short(judgement.chooses)
    name = short(judgement.path).removeprefix("strategy.")
    return f"{name} {verdict}: {judgement.text} ({values}) -> {chosen}"


def _best(outlook: Outlook) -> str:
    best, late = outlook.best, outlook.late
    if late is not None:
        takes, allowed = wording.seconds(late.seconds), wording.seconds(late.allowed)
        return f"nobody is answered in time: ~{takes} at {short(late.path)}, which has {allowed}"
    if best is None and outlook.standings.chances:
        return "no pictures: nobody who is asked can give them"
    if best is None:
        return "nobody can be asked"
    typical = "no typical time known"
    if best.seconds is not None:
        typical = f"~{wording.seconds(best.seconds)}"
    price = "no price known"
    if best.dollars is not None:
        price = f"{'up to ' * best.is_most}{dollars(best.dollars)}"
    where = short(best.path)
    return f"{counted(best.attempts, 'attempt')}   {typical}   {price}   (at {where})"


def _folded(lines: Iterator[tuple[str, str]], width: int | None) -> Iterator[str]:
    for word, text in lines:
        line = f"{word:<{HANG}}{text}".rstrip() if word or text else ""
        if width is None or len(line) <= width:
            yield line
            continue
        yield from textwrap.wrap(line, width, subsequent_indent=" " * HANG, break_on_hyphens=False)
