"""Document: a simulation's page: one file, which needs nothing else and no script."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from router.simulator.durations import spoken
from router.simulator.page import tables
from router.simulator.page.costs import costs
from router.simulator.page.latencies import latencies
from router.simulator.page.markup import tag, text
from router.simulator.page.traffic import highest, traffic
from router.simulator.results import Result
from router.simulator.verdict import comparison, verdict

MARK = '<meta name="generator" content="pixroute simulate">'
"""By this a page is known for one of ours."""

STYLE = Path(__file__).with_name("style.css")

NOTES = (
    (
        "The engine that serves has made every decision here, in virtual time. Providers were"
        " stand-ins that behaved as the scenario says; their prices are those of the catalog."
    ),
    (
        "Percentiles are at most 0.8 % above the exact ones; the slowest is exact. A call is an"
        " attempt as the engine counts it: a request for many pictures may make several."
    ),
    "A breaker belongs to an account. It is drawn at the first of its targets that was asked.",
)

PARTS = ("good", "answered"), ("full", "429: turned away"), ("bad", "failed")


def page_of(results: Sequence[Result]) -> str:
    """Write the page of one result, or of two that are compared."""
    first = results[0]
    title = f"{first.scenario}: {' and '.join(result.config for result in results)}"
    body = (
        _head(results),
        tables.tiles(results),
        *(_traffic(result, highest(results), named=len(results) > 1) for result in results),
        _latencies(results),
        _costs(results),
        *(_figures(result, named=len(results) > 1) for result in results),
        tag("footer", *(tag("p", text(note)) for note in NOTES)),
    )
    head = (
        '<meta charset="utf-8">',
        MARK,
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        tag("title", text(title)),
        tag("style", STYLE.read_text(encoding="utf-8")),
    )
    page = tag("html", tag("head", *head), tag("body", tag("main", *body)), lang="en")
    return f"<!doctype html>\n{page}\n"


def _head(results: Sequence[Result]) -> str:
    first = results[0]
    where = f"pixroute simulate · {spoken(first.duration)} of virtual time · seed {first.seed}"
    parts = [
        tag("p", text(where), class_="where"),
        tag("h1", text(first.scenario)),
        tag("p", text(first.description), class_="lead") if first.description else "",
    ]
    told = comparison(results)
    if told is None:
        parts += _each(results)
    else:
        parts.append(tag("p", text(_capital(told) + "."), class_="verdict"))
    if len(results) > 1:
        names = zip(("one", "other"), results, strict=True)
        keys = (tag("li", text(result.config), class_=name) for name, result in names)
        parts.append(tag("ul", *keys, class_="legend pair"))
    return tag("header", *parts)


def _each(results: Sequence[Result]) -> Iterator[str]:
    """Say of each how it went, by itself."""
    for result in results:
        if result.was_interrupted:
            told = f"{result.config} was interrupted at {spoken(round(result.seconds))}"
            others = ": the two cannot be compared." if len(results) > 1 else "."
            yield tag("p", text(told + others), class_="warning")
        yield tag("p", text(f"{result.config}: {verdict(result)}."), class_="verdict")


def _traffic(result: Result, top: float, *, named: bool) -> str:
    keys = [tag("li", text(words), class_=name) for name, words in PARTS]
    if result.breakers:
        keys += [tag("li", "breaker open", class_="open"), tag("li", "half-open", class_="half")]
    every = f"Requests by when they came and calls by when they began, each {spoken(result.width)}."
    return _section(
        f"Who was asked, and what became of it{_of(result, named=named)}",
        every,
        tag("ul", *keys, class_="legend"),
        traffic(result, top),
    )


def _latencies(results: Sequence[Result]) -> str:
    lead = "Share of the answered requests, by the seconds from arrival to answer; each doubling is"
    lead += " as wide."
    return _section("How long callers waited", lead, latencies(results), tables.latency(results))


def _costs(results: Sequence[Result]) -> str:
    keys = tag(
        "ul",
        tag("li", "paid for answers", class_="good"),
        tag("li", "paid in vain", class_="bad"),
        class_="legend",
    )
    return _section("What it cost", "US dollars for each target.", keys, costs(results))


def _figures(result: Result, *, named: bool) -> str:
    return _section(
        f"The figures{_of(result, named=named)}",
        "",
        tables.targets(result),
        tag(
            "div",
            tag("div", tag("h3", "What failed"), tables.failures(result)),
            tag("div", tag("h3", "How many calls a request took"), tables.attempts([result])),
            class_="two",
        ),
    )


def _section(title: str, lead: str, *inside: str) -> str:
    told = tag("p", text(lead), class_="lead") if lead else ""
    return tag("section", tag("h2", text(title)), told, *inside)


def _of(result: Result, *, named: bool) -> str:
    return f": {result.config}" if named else ""


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
