"""Pricing: what a call will cost at most, and what it has cost, in US dollars.

None means that it cannot be told, 0 that it is free. Amounts are exact to a billionth of a dollar.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from router.core.catalog import Expected, ModelFacts, Price
from router.core.images import ImageRequest, Pictures
from router.core.jsontypes import JSON, OBJECTS
from router.core.order import Order
from router.core.sizes import Size
from router.core.skeleton import as_object

Values: TypeAlias = tuple[str | None, ...]

NUMBERS = (int, float)
DECIMALS = 10  # one more than is promised
LARGEST = 1e15  # units that anybody can have used

OVERHEAD = 64  # tokens
# What OpenAI adds to a prompt, and again for each file: six to a prompt alone, thirty with a file.
# community.openai.com, "OpenAI must document the input image pricing of gpt-image-2"

SECONDS = "seconds"
"""Where `usage` counts them, unless a price says otherwise."""

REPORTED = "cost"
"""Where an adapter puts into `usage` what the provider itself says that a call has cost."""


def estimate(facts: ModelFacts | None, request: ImageRequest) -> float | None:
    """Return an upper bound for a call, told before it is made; None where there is none.

    `request` is as the adapter gets it. What it leaves to the model counts as its dearest choice.
    What is `unforeseen` comes on top of it.
    """
    if facts is None or not facts.prices:
        return None
    order = Order(facts, request)
    return _sum(_dearest(group, order) for group in _plan(facts).early)


def unforeseen(facts: ModelFacts | None) -> tuple[str, ...]:
    """Return where `usage` counts what no price tells before the call, not even at most."""
    return () if facts is None or not facts.prices else _plan(facts).unforeseen


def settle(facts: ModelFacts | None, request: ImageRequest, pictures: Pictures) -> float | None:
    """Return what a call has cost: by the usage that was reported, else by the listed prices."""
    usage = as_object(pictures.fields.get("usage"))
    reported = _amount(usage.get(REPORTED))
    if reported is not None or facts is None or not facts.prices:
        return _sum([reported])
    order, plan = Order(facts, request, pictures), _plan(facts)
    if usage and plan.metered:
        counted = _sum([_counted(group, order, usage) for group in plan.metered])
        if counted is not None:
            return counted
    return _sum(_exact(group, order) for group in plan.listed) if plan.listed else None


def says_usage(pictures: Pictures) -> bool:
    """Tell whether an answer says what it has used, and so was billed whatever is in it."""
    usage = as_object(pictures.fields.get("usage"))
    return any(_amount(usage.get(name)) for name in (REPORTED, "output_tokens", "total_tokens"))


def patch_tokens(patches: int, size: Size) -> int:
    """Return the tokens of a picture that has so many patches along its longer edge.

    It has as many on the shorter edge as its shape makes it; each counts for half a token, and a
    quarter more for every megapixel. These are the numbers of OpenAI's own calculator.
    """
    short, long = sorted((size.width, size.height))
    across = int(patches * short / long + 0.5)
    return math.ceil(patches * across * (2_000_000 + size.area) / 4_000_000)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Group:
    """Prices of which one holds, and the parameters that tell which: there is one such a plan.

    They count the same: units of `first.per`, found in `usage` under the first of `paths`.
    """

    prices: tuple[Price, ...]
    names: tuple[str, ...]
    paths: tuple[tuple[str, ...], ...]
    has_bounds: bool
    by_patches: bool

    @property
    def first(self) -> Price:
        return self.prices[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plan:
    """A model's prices, by when they are looked at; one price of each group holds.

    `early` ones make the estimate, `metered` ones settle by usage, `listed` ones without it.
    What is `unforeseen` is in no estimate.
    """

    early: tuple[Group, ...]
    metered: tuple[Group, ...]
    listed: tuple[Group, ...]
    unforeseen: tuple[str, ...]


@lru_cache(maxsize=4096)  # as many models as a router knows; planning anew costs as much as the sum
def _plan(facts: ModelFacts) -> _Plan:
    groups: dict[tuple[str, tuple[str, ...]], list[Price]] = {}
    for price in facts.prices:
        groups.setdefault((price.per, price.tokens), []).append(price)
    every = tuple(map(_group, groups.values()))
    metered = tuple(group for group in every if group.first.is_metered)
    listed = tuple(group for group in every if not group.first.is_metered)
    # What is counted only afterwards is in the listed prices, if there are any.
    told = [one for one in metered if one.first.expect or not (listed or one.first.optional)]
    drawn = tuple(group for group in metered if _tells_pictures(group.first))
    open_ended = (one for one in metered if one.first.optional and one.first.expect is None)
    return _Plan(
        early=(*listed, *told),
        metered=metered,
        listed=listed or drawn,
        unforeseen=tuple(".".join(one.paths[0]) for one in open_ended),
    )


def _group(prices: Sequence[Price]) -> Group:
    return Group(
        prices=tuple(prices),
        names=tuple(dict.fromkeys(name for one in prices for name in one.when)),
        paths=tuple(tuple(path.split(".")) for path in prices[0].tokens or (SECONDS,)),
        has_bounds=any(one.bound for one in prices),
        by_patches=any(one.expect is not None and one.expect.patches for one in prices),
    )


def _tells_pictures(price: Price) -> bool:
    return price.expect is not None and price.expect.of == "pictures"


def _dearest(group: Group, order: Order) -> float | None:
    """Return the most that any price may come to which could hold."""
    prices = _possible(group, order)
    if any(price.usual for price in prices):
        return None
    amounts = [_most(price, order) for price in prices]
    known = [amount for amount in amounts if amount is not None]
    return max(known) if known and len(known) == len(amounts) else None


def _exact(group: Group, order: Order) -> float | None:
    """Return what the price comes to that holds; None where it is not sure which that is."""
    prices = _possible(group, order)
    if group.has_bounds and any(price.bound for price in prices):
        return None
    if not _is_told(group, order):
        return None
    if len(prices) == 1:
        return _most(prices[0], order)
    amounts = {_most(price, order) for price in prices}
    return amounts.pop() if len(amounts) == 1 else None


def _possible(group: Group, order: Order) -> Sequence[Price]:
    """Return the prices that may hold, up to the first that surely does."""
    if not group.names:
        return group.prices[:1]
    return _fitting(group, tuple(map(order.value, group.names)))


@lru_cache(maxsize=4096)  # requests differ in few ways that a price looks at
def _fitting(group: Group, values: Values) -> Sequence[Price]:
    said = dict(zip(group.names, values, strict=True))
    possible: list[Price] = []
    for price in group.prices:
        if any(said[name] not in {None, *allowed} for name, allowed in price.when.items()):
            continue
        if not any(_shadows(earlier, price, said) for earlier in possible):
            possible.append(price)
    return tuple(possible)


def _shadows(earlier: Price, price: Price, said: Mapping[str, str | None]) -> bool:
    """Tell whether the earlier of two possible prices holds wherever the other would."""
    return all(
        said[name] is not None or set(price.when.get(name, ("",))) <= set(allowed)
        for name, allowed in earlier.when.items()
    )


def _is_told(group: Group, order: Order) -> bool:
    """Tell whether everything is known that pixels and patches are counted by."""
    if group.first.per == "megapixel":
        return order.area is not None
    return not group.by_patches or None not in {order.size, order.value("quality")}


def _most(price: Price, order: Order) -> float | None:
    """Return what a price comes to; what is not known counts as its most."""
    if price.expect is not None:
        units = _expected(price.expect, order)
    elif price.per == "image":
        units = order.count
    elif price.per == "megapixel":
        units = _megapixels(order)
    elif price.per == "step" and order.steps is not None:
        units = order.steps * order.count
    else:
        units = None
    if units is None:
        return None
    steps = order.steps if price.steps is not None else None
    share = 1.0 if steps is None or price.steps is None else max(1.0, steps / price.steps)
    return max(0.0, units - price.included) * share * price.usd


def _megapixels(order: Order) -> float | None:
    if order.area is not None:
        return order.area / 1e6
    largest = _largest_area(order.facts)
    return None if largest is None else largest * order.count / 1e6


def _expected(expect: Expected, order: Order) -> float | None:
    """Return how many tokens a call takes at most, before anybody has counted them."""
    if expect.of == "prompt":
        # No token is shorter than a byte. Each picture of a call is billed as a call of its own.
        return (order.prompt + OVERHEAD * (1 + order.files)) * order.count
    if expect.of == "files":
        if order.files and expect.most is None:
            return None
        return order.files * (expect.most or 0) * order.count
    if expect.of == "words":
        return _words(expect, order)
    partial = expect.partial * (order.number("partial_images") or 0)
    if expect.of == "partials":
        return partial * order.count
    tokens = _picture_tokens(expect.patches, order)
    return None if tokens is None else (tokens + partial) * order.count


def _words(expect: Expected, order: Order) -> float | None:
    """Return the most tokens of words; a limit of 0 is none."""
    asked = order.number(expect.limit) if expect.limit else None
    limits = [one for one in (expect.most, asked) if one is not None and one > 0]
    return min(limits) * order.count if limits else None


def _picture_tokens(patches: Mapping[str, int], order: Order) -> int | None:
    quality = order.value("quality")
    count = max(patches.values(), default=None) if quality is None else patches.get(quality)
    if count is None:
        return None
    if order.size is not None:
        return patch_tokens(count, order.size)
    largest = _largest_area(order.facts)
    return None if largest is None else math.ceil(count**2 * (2_000_000 + largest) / 4_000_000)


def _largest_area(facts: ModelFacts) -> int | None:
    """Return the most pixels that a picture may have."""
    areas = [size.area for size in facts.sizes]
    if facts.grid is not None:
        areas.append(min(facts.grid.most_area, facts.grid.longest**2))
    return max(areas, default=None)


def _counted(group: Group, order: Order, usage: Mapping[str, JSON]) -> float | None:
    """Return what was counted, times the price that holds; None where nothing was counted."""
    count = _count(group, usage)
    if count is None:
        return 0.0 if group.first.optional else None
    prices = _possible(group, order)
    is_sure = len(prices) == 1 or len({price.usd for price in prices}) == 1
    return count * prices[0].usd if is_sure else None


def _count(group: Group, usage: Mapping[str, JSON]) -> float | None:
    for path in group.paths:
        count = _amount(_at(usage, path))
        if count is not None:
            return count
    return None


def _at(usage: Mapping[str, JSON], path: Sequence[str]) -> JSON:
    value: JSON = usage
    for step in path:
        if not isinstance(value, OBJECTS):
            return None
        value = value.get(step)
    return value


def _amount(value: JSON) -> float | None:
    """Return a number that can be an amount, if it is one; JSON's may be larger than a float's."""
    if not isinstance(value, NUMBERS) or isinstance(value, bool):
        return None
    return float(value) if 0 <= value <= LARGEST else None


def _sum(amounts: Iterable[float | None]) -> float | None:
    """Add amounts; where one is unknown, so is the sum."""
    total = 0.0
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return round(total, DECIMALS)
