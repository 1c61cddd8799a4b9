"""Lifting: what all targets of a group were given is written once, above them."""

from collections.abc import Iterable, Sequence

from router.core.jsontypes import JSON
from router.migrate.block import Block, as_json, has_blocks
from router.migrate.nobody import asks_nobody

NO_RETRY: JSON = {"attempts": 0}
"""Says that a target repeats nothing where those above it say otherwise."""


def lift(root: Block, *, inherits: bool = False) -> None:
    """Lift retries and breakers as high as they mean the same.

    Where a retry is inherited, a target without one has that one, and nothing is lifted.
    """
    inherits = inherits or "retry" in root
    for child in children(root):
        lift(child, inherits=inherits)
    targets = [child for child in children(root) if not asks_nobody(child)]
    if len(targets) < 2:
        return
    if not inherits:
        _lift_retry(root, targets)
    _lift_breaker(root, targets)


def children(block: Block) -> Sequence[Block]:
    targets = block.get("targets")
    if not has_blocks(targets) or not isinstance(targets, list):
        return ()
    return [child for child in targets if isinstance(child, Block)]


def _lift_retry(root: Block, targets: Sequence[Block]) -> None:
    """Lift what most have; those that have none say so from then on."""
    values = [as_json(target.get("retry")) for target in targets]
    common = _commonest([value for value in values if value is not None])
    if common is None or common == NO_RETRY:
        return
    theirs = [target for target, value in zip(targets, values, strict=True) if value == common]
    root.put("retry", common, *_comments(theirs, "retry"))
    for target, value in zip(targets, values, strict=True):
        if value == common:
            target.drop("retry")
        elif value is None:
            target.put("retry", NO_RETRY)


def _lift_breaker(root: Block, targets: Sequence[Block]) -> None:
    """Lift what all have: nothing takes a breaker off again."""
    values = [as_json(target.get("cb_config")) for target in targets]
    if values[0] is None or any(value != values[0] for value in values) or "cb_config" in root:
        return
    root.put("cb_config", values[0], *_comments(targets, "cb_config"))
    for target in targets:
        target.drop("cb_config")


def _comments(targets: Sequence[Block], key: str) -> Iterable[str]:
    """Return what is said of a key, each comment once."""
    return dict.fromkeys(said for target in targets for said in target.comments(key))


def _commonest(values: Iterable[JSON]) -> JSON:
    """Return the value that is there most often, and twice at least."""
    listed = list(values)
    counts = [(listed.count(value), -i) for i, value in enumerate(listed)]
    most, place = max(counts, default=(0, 0))
    return listed[-place] if most > 1 else None
