"""Costs: what each target was paid, and how much of it bought nothing."""

from collections.abc import Iterator, Sequence

from router.config.problems import counted
from router.simulator.page.markup import tag, text
from router.simulator.results import Result, TargetResult
from router.simulator.verdict import money


def costs(results: Sequence[Result]) -> str:
    """Draw a bar a target, all on one scale and in one grid, so that they are as wide."""
    most = max((target.cost for result in results for target in result.targets), default=0.0)
    parts = (part for one in results for part in _of(one, most, named=len(results) > 1))
    return tag("div", *parts, class_="bars")


def _of(result: Result, most: float, *, named: bool) -> Iterator[str]:
    if named:
        yield tag("h4", text(f"{result.config}: {money(result.cost)}"))
    yield from (_bar(target, most) for target in result.targets)
    if result.unpriced:
        told = f"billed at a price that nobody knows: {counted(result.unpriced, 'call')}"
        yield tag("p", text(told))


def _bar(target: TargetResult, most: float) -> str:
    scale = 100 / most if most else 0.0
    good, vain = (target.cost - target.wasted) * scale, target.wasted * scale
    bar = tag(
        "span",
        tag("i", class_="good", style=f"width:{good:.2f}%"),
        tag("i", class_="bad", style=f"width:{vain:.2f}%"),
        class_="bar",
    )
    told = money(target.cost)
    if target.wasted:
        told += f" ({money(target.wasted)} in vain)"
    return tag(
        "div",
        tag("span", text(target.name), class_="name"),
        bar,
        tag("span", text(told), class_="sum"),
    )
