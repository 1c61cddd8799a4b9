"""Nobody: the target for requests that the source answers with an error.

It names no provider, and a request that names one itself, as `@slug/model`, has no money to ask it
with: no call costs as little, and one of unknown price is not made.
"""

from router.core.jsontypes import JSON
from router.migrate.block import Block, as_json

NO_MONEY: JSON = {"max_cost": 0.000001}


def nobody(name: str, comment: str) -> Block:
    block = Block()
    block.put("name", name, comment)
    block.put("budget", NO_MONEY)
    return block


def asks_nobody(block: Block) -> bool:
    return [key for key, _, _ in block] == ["name", "budget"] and (
        as_json(block.get("budget")) == NO_MONEY
    )
