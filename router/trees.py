"""Trees: a router's compiled config, what is in it, and the same router with another tree."""

from collections.abc import Iterator
from copy import copy
from dataclasses import replace

from router.client import AsyncRouter
from router.core.node import Node
from router.policies.aim import TakeAim
from router.policies.budget import WithinBudget
from router.policies.cache import Cache
from router.strategies.conditional import Conditional
from router.strategies.fallback import Fallback
from router.strategies.load_balance import LoadBalance


def tree_of(router: AsyncRouter) -> Node:
    """Return what executes the router's requests: its config, compiled."""
    return router.view.loaded.tree


def with_tree(router: AsyncRouter, tree: Node) -> AsyncRouter:
    """Return a router that asks another tree; both share keys, connections and state."""
    other = copy(router)
    other.view = replace(router.view, loaded=replace(router.view.loaded, tree=tree))
    return other


def children_of(node: Node) -> tuple[Node, ...]:
    """Return what a node above the targets has below it; a target has nothing."""
    match node:
        case WithinBudget() | Cache():
            return (node.child,)
        case Fallback():
            return node.children
        case LoadBalance():
            return tuple(share.node for share in node.shares)
        case Conditional():
            # Two conditions may choose the same child.
            nodes = (*(branch.node for branch in node.branches), node.default)
            return tuple({child.path: child for child in nodes}.values())
    return ()


def nodes_of(tree: Node) -> Iterator[Node]:
    """Yield a node and all below it down to the targets, in the order of the config."""
    yield tree
    for child in children_of(tree):
        yield from nodes_of(child)


def targets_below(node: Node) -> Iterator[TakeAim]:
    """Yield the targets of a tree, in the order of the config."""
    return (one for one in nodes_of(node) if isinstance(one, TakeAim))
