"""Portkey's strategies: what a group does, and where the same words do another thing here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from router.config.conditions import QueryCheck
from router.config.masking import LONGEST, holds_secret, masked, shown, without_secrets
from router.config.problems import did_you_mean
from router.config.report import Report
from router.config.section import Section
from router.core.jsontypes import JSON, is_list
from router.migrate.block import Block
from router.migrate.ledger import Ledger
from router.migrate.nobody import nobody
from router.migrate.portkey_policies import Policies
from router.migrate.portkey_queries import Queries

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
            condition = self._condition(Section(strategy.source, one, place), block)
            if condition is not None:
                conditions.append(condition)
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

    def _condition(self, one: Section, block: Block) -> JSON:
        """Return a condition that holds where it does there; None where none can be written."""
        query = one.section("query")
        if query is None:
            return dict(one.value)
        said = Block()
        written: JSON = Queries(said, self.ledger).write(query)
        found = Report()
        QueryCheck(query.source, found).query(written, query.place)
        if found.problems:
            then, why = shown(one.value.get("then")), found.problems[0].message
            message = f"the condition for {then} is left out: {why}"
            hint = "requests for which it held go by the conditions behind it"
            block.say(self.ledger.changed(query.place, message, hint))
            return None
        block.say(*said.loose)
        if holds_secret(written):
            message = "the condition has what may be a secret in it, which is not written out"
            hint = "write what it compares with in place of the asterisks"
            block.say(self.ledger.changed(query.place, message, hint))
            written = without_secrets(written)
        return {**one.value, "query": written}


def _mappings(value: JSON) -> list[Mapping[str, JSON]]:
    return [one for one in value if isinstance(one, Mapping)] if is_list(value) else []
