"""Steering: a tree whose load balancers draw whom a course asks, as chance might have it, too."""

from collections.abc import Sequence
from dataclasses import replace

from router.core.node import Node
from router.explain.course import Stop
from router.policies.budget import WithinBudget
from router.policies.cache import Cache
from router.strategies.conditional import Conditional
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance
from router.trees import targets_below

STEP = 2.0**-40  # of the weight before it: what nobody lives to see drawn out of turn
LAST = 2.0**-1000  # weight of what the course does not ask


def steered(tree: Node, stops: Sequence[Stop]) -> Node:
    """Return a tree in which every share weighs the more, the earlier it is to be drawn.

    A share that is never drawn stays so: nothing happens here that could not happen anyway.
    """
    match tree:
        case WithinBudget() | Cache():
            return replace(tree, child=steered(tree.child, stops))
        case Fallback():
            return replace(tree, children=tuple(steered(one, stops) for one in tree.children))
        case Conditional():
            branches = tuple(replace(one, node=steered(one.node, stops)) for one in tree.branches)
            return replace(tree, branches=branches, default=steered(tree.default, stops))
        case LoadBalance():
            shares = tuple(
                replace(
                    share,
                    node=steered(share.node, stops),
                    weight=_weight(share.node, stops) if share.weight > 0 else 0.0,
                )
                for share in tree.shares
            )
            return replace(tree, shares=shares)
    return tree


def _weight(node: Node, stops: Sequence[Stop]) -> float:
    below = {target.path for target in targets_below(node)}
    turn = next((turn for turn, stop in enumerate(stops) if stop.path in below), None)
    return LAST if turn is None else STEP**turn
