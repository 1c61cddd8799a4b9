"""Portkey's strategies: what a group does, and where the same words do another thing here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from router.config.masking import LONGEST, holds_secret, masked, shown, without_secrets
from router.config.places import Place
from router.config.problems import did_you_mean
from router.config.section import Section
from router.core.jsontypes import JSON, is_list
from router.migrate.block import Block
from router.migrate.ledger import Ledger
from router.migrate.nobody import nobody
from router.migrate.portkey_policies import Policies

KEYS = frozenset(
    {
        "mode",
        "on_status_codes",
        "on_refusal",
        "top_up",
        "failover",
        "sticky",
        "sticky_session",
        "conditions",
        "default",
        "cb_config",
    }
)
REFUSALS = frozenset({400, 403})
"""Statuses with which providers refuse a prompt; to Portkey they are failures like any other."""

JOINS = frozenset({"$and", "$or"})

ELSE = "no condition holds"


@dataclass(slots=True)
class Strategies:
    """Writes the strategy of a group whose targets that are left have these names.

    `added` are targets that the strategy needs besides.
    """

    section: Section
    ledger: Ledger
    names: Sequence[str | None]
    added: list[Block] = field(default_factory=list)

    def write(self) -> Block | None:
        """Return the strategy; None where it cannot be read, or leads nowhere."""
        strategy = self.section.section("strategy")
        if strategy is None:
            self.ledger.wrong(self.section.at("strategy"), "is missing; expected {mode: ...}")
            return None
        block = Block()
        policies = Policies(strategy, self.ledger)
        for key, value in strategy.value.items():
            if key in {"conditions", "default"} or value is None:
                continue
            if policies.knows(key):
                policies.write(key, block)
            elif key in KEYS:
                block.put(key, value)
            else:
                message = (
                    f"{masked(key[:LONGEST])} is left out: Portkey ignores it, as it is no key"
                )
                hint = did_you_mean(key, KEYS)
                block.say(self.ledger.note(strategy.at(key), message, hint))
        self._old_codes(strategy, block)
        if strategy.text("mode") == "fallback":
            self._refusals(strategy, block)
        if strategy.text("mode") == "conditional":
            return block if self._conditional(strategy, block) else None
        return block

    def _old_codes(self, strategy: Section, block: Block) -> None:
        """Take in the list of statuses that once stood beside the strategy."""
        codes = self.section.value.get("on_status_codes")
        if codes is not None and "on_status_codes" not in strategy:
            block.put("on_status_codes", codes)

    def _refusals(self, strategy: Section, block: Block) -> None:
        """Have refusals move on where they do at Portkey, which knows nothing of them."""
        codes = strategy.integers("on_status_codes")
        if codes is None:
            codes = self.section.integers("on_status_codes")
        if "on_refusal" in strategy or (codes is not None and not codes & REFUSALS):
            return
        message = "Portkey sends a refused prompt on to the next target, so it is done here"
        hint = "take on_refusal out to let a refusal end the request"
        block.put("on_refusal", "fallback", self.ledger.note(strategy.place, message, hint))

    def _conditional(self, strategy: Section, block: Block) -> bool:
        conditions: list[JSON] = []
        value = strategy.value.get("conditions")
        for i, one in enumerate(value if is_list(value) else ()):
            place = (*strategy.at("conditions"), i)
            if not isinstance(one, Mapping):
                self.ledger.wrong(place, f"is {shown(one)}; expected a mapping")
                continue
            then = one.get("then")
            if self._is_lost(then):
                message = f"the condition for {shown(then)} is left out, as that target is"
                block.say(self.ledger.changed(place, message, at_key=False))
                continue
            self._heed_siblings(Section(strategy.source, one, place), block)
            conditions.append(self._condition(place, one, block))
        block.put("conditions", conditions)
        self._default(strategy, block)
        return True

    def _default(self, strategy: Section, block: Block) -> None:
        default = strategy.value.get("default")
        if default is not None and not self._is_lost(default):
            block.put("default", default)
            return
        name = ELSE
        while name in self.names:
            name += "!"
        if default is None:
            message = "without a default Portkey fails where no condition holds"
            comment = self.ledger.note(strategy.place, message, "and so does this target")
        else:
            message = (
                f"the default {shown(default)} is left out; where it was taken is an error now"
            )
            comment = self.ledger.changed(strategy.at("default"), message)
        block.put("default", name, comment)
        self.added.append(nobody(name, "nobody is asked where no condition holds: it is an error"))

    def _is_lost(self, name: JSON) -> bool:
        """Tell whether a name is that of a target that was left out."""
        every = [one.get("name") for one in _mappings(self.section.value.get("targets"))]
        return isinstance(name, str) and name in every and name not in self.names

    def _heed_siblings(self, condition: Section, block: Block) -> None:
        """Note queries of which Portkey reads only the `$or`, and leaves the rest unread."""
        query = condition.section("query")
        if query is None or len(query.value) == 1 or not JOINS & query.value.keys():
            return
        message = "all keys of a query must hold here; Portkey's gateway reads $or or $and alone"
        block.say(self.ledger.changed(query.place, message))

    def _condition(self, place: Place, one: Mapping[str, JSON], block: Block) -> JSON:
        """Return a condition; where it has a secret in it, one that compares with asterisks."""
        query = one.get("query")
        if not holds_secret(query):
            return dict(one)
        message = "the condition has what may be a secret in it, which is not written out"
        hint = "write what it compares with in place of the asterisks"
        block.say(self.ledger.changed((*place, "query"), message, hint))
        return {**one, "query": without_secrets(query)}


def _mappings(value: JSON) -> list[Mapping[str, JSON]]:
    return [one for one in value if isinstance(one, Mapping)] if is_list(value) else []
