"""Trees: a router's compiled config, and the same router with a tree made by hand."""

from copy import copy
from dataclasses import replace

from router.client import AsyncRouter
from router.core.node import Node


def tree_of(router: AsyncRouter) -> Node:
    """Return what executes the router's requests: its config, compiled."""
    return router.view.loaded.tree


def with_tree(router: AsyncRouter, tree: Node) -> AsyncRouter:
    """Return a router that asks another tree; both share keys, connections and state."""
    other = copy(router)
    other.view = replace(router.view, loaded=replace(router.view.loaded, tree=tree))
    return other
