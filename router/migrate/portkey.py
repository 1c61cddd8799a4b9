"""Portkey: a gateway's config becomes one of ours, with all that would be read in another way."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from router.config.masking import LONGEST, masked, shown
from router.config.portkey import WITHOUT_EFFECT, refusal
from router.config.problems import did_you_mean
from router.config.schema import schema_text
from router.config.section import Section
from router.core.jsontypes import JSON, is_list
from router.migrate.block import Block
from router.migrate.ledger import Ledger
from router.migrate.portkey_keys import VirtualKeys
from router.migrate.portkey_policies import Policies
from router.migrate.portkey_strategy import Strategies
from router.migrate.secrets import Variables, is_reference, is_telling, secretive, variable_name
from router.providers.registry import find_provider

SECRETS = {"api_key": "api_key", "azure_ad_token": "ad_token", "ad_token": "ad_token"}
PARAMETERS = ("override_params", "default_params")
OLD_MODES = {
    "single": "single",
    "proxy": "single",
    "fallback": "fallback",
    "loadbalance": "loadbalance",
}
DEEPEST = 64  # levels of groups


@dataclass(slots=True, kw_only=True)
class Portkey:
    """Writes what stands at `top` and below."""

    top: Section
    ledger: Ledger
    variables: Variables = field(default_factory=Variables)
    keys: VirtualKeys = field(init=False)

    def __post_init__(self) -> None:
        self.keys = VirtualKeys(self.ledger, frozenset(self.top.mapping("virtual_keys")))

    def write(self) -> Block | None:
        """Write the whole; None where no target is left."""
        root = self._route(self.top)
        if not root:
            return None
        keys = self.keys.write()
        if keys is not None:
            root.put("virtual_keys", keys)
        return root

    def _route(self, section: Section) -> Block | None:
        """Write a target or a group; None, noted, where nobody would be asked."""
        section = modern(section, self.ledger)
        block = Block()
        if section.value.get("name") is not None:
            block.put("name", section.value["name"])
        if "strategy" in section or "targets" in section:
            if not self._group(section, block):
                return None
        elif not self._account(section):
            return None
        elif self._is_open(section):
            block.say(self._on_open(section))
        self._copy(section, block)
        return block

    def _group(self, section: Section, block: Block) -> bool:
        targets = list(self._targets(section))
        if not is_list(section.value.get("targets")) or not section.value.get("targets"):
            self.ledger.wrong(section.at("targets"), "is missing or empty; expected a list")
            return False
        kept = [(name, target) for name, target in targets if target is not None]
        if not kept:
            return False
        strategies = Strategies(section, self.ledger, [name for name, _ in kept])
        strategy = strategies.write()
        if strategy is None:
            return False
        block.put("strategy", strategy)
        block.put("targets", [*(target for _, target in kept), *strategies.added])
        block.say(*(comment for comment in self._lost(section, targets)))
        return True

    def _targets(self, section: Section) -> Iterator[tuple[str | None, Block | None]]:
        values = section.value.get("targets")
        for i, value in enumerate(values if is_list(values) else ()):
            place = (*section.at("targets"), i)
            if len(place) > DEEPEST * 2 or not isinstance(value, Mapping):
                self.ledger.wrong(place, f"is {shown(value)}; expected a mapping")
                continue
            below = Section(section.source, value, place)
            yield below.text("name"), self._route(below)

    def _lost(
        self, section: Section, targets: Sequence[tuple[str | None, Block | None]]
    ) -> Iterator[str]:
        for i, (_, target) in enumerate(targets):
            if target is None:
                place = (*section.at("targets"), i)
                message = f"target {i} is left out: its provider is not routed here"
                yield self.ledger.changed(place, message, at_key=False)

    def _account(self, section: Section) -> bool:
        """Tell whether a target's provider is routed here, and note the virtual keys it names."""
        provider, name = section.text("provider"), section.text("virtual_key")
        told = None
        if provider is not None and not provider.startswith("@"):
            told = _known(provider)
            if told is None:
                return False
        models = [section.mapping(key).get("model") for key in PARAMETERS]
        model = models[0] or models[1]
        met = [] if name is None else [self._meet(section, ("virtual_key",), name, told, model)]
        met += [self._meet(section, steps, text, None, model) for steps, text in _slugs(section)]
        return all(met)

    def _is_open(self, section: Section) -> bool:
        """Tell whether the request decides whom a target asks."""
        named = "provider" in section or "virtual_key" in section
        return not named and not any(_slugs(section))

    def _on_open(self, section: Section) -> str:
        message = "the request says whom this target asks"
        hint = "a virtual key that it names by @ has to stand in virtual_keys"
        return self.ledger.note(section.place, message, hint, at_key=False)

    def _meet(
        self, section: Section, steps: tuple[str, ...], text: str, told: str | None, model: JSON
    ) -> bool:
        """Note the virtual key that a text names, `@slug` or `@slug/model`, if it names one."""
        slug = text.removeprefix("@").partition("/")[0]
        own = self.keys.defined
        if slug not in own and steps != ("virtual_key",) and _known(slug) is not None:
            return True  # `@openai` is the provider's own variable here
        bare = model.partition("/")[2] if isinstance(model, str) and model[:1] == "@" else model
        return self.keys.meet(slug, (*section.place, *steps), told, bare)

    def _copy(self, section: Section, block: Block) -> None:
        """Copy all other keys that mean the same, and comment on those that do not."""
        policies = Policies(section, self.ledger)
        for key, value in section.value.items():
            if key in {"name", "strategy", "targets"} or value is None:
                continue
            if key == "on_status_codes" and "targets" in section:
                continue  # the strategy has taken it in
            if policies.knows(key):
                policies.write(key, block)
            elif not self._written(section, block, key):
                block.say(self._left_out(section, key))

    def _written(self, section: Section, block: Block, key: str) -> bool:
        """Write a key that means the same here; False for any other."""
        if key in WITHOUT_EFFECT or refusal(key) is not None or key not in known_keys():
            return False
        if key in SECRETS:
            self._secret(section, block, key)
        elif key == "custom_host":
            self._host(section, block)
        elif key in PARAMETERS:
            self._parameters(section, block, key)
        elif key == "virtual_keys":
            self._own_keys(section, block)
        elif isinstance(section.value[key], Mapping | list) and secretive(key, section.value[key]):
            message = f"{key} may hold a secret, and is not written out"
            block.say(self.ledger.changed(section.at(key), message))
        else:
            block.put(key, section.value[key])
        return True

    def _left_out(self, section: Section, key: str) -> str:
        place, name = section.at(key), masked(key[:LONGEST])
        if key in WITHOUT_EFFECT:
            return self.ledger.note(place, f"{name} is left out", WITHOUT_EFFECT[key])
        reason = refusal(key)
        if reason is not None and section.value[key] in ([], {}):
            return self.ledger.note(place, f"{name} is left out", "nothing is in it")
        if reason is not None:
            return self.ledger.changed(place, f"{name} is not carried over", reason)
        message = f"{name} is left out: Portkey ignores it, as it is no key"
        return self.ledger.note(place, message, did_you_mean(key, known_keys()))

    def _secret(self, section: Section, block: Block, key: str) -> None:
        value = section.value[key]
        if not isinstance(value, str) or is_reference(value):
            block.put(key, value)
            return
        owner = section.text("name") or section.text("provider") or "provider"
        name = self.variables.name_for(value, variable_name(owner, SECRETS[key]))
        comment = self.ledger.note(
            section.at(key),
            "the source has the key itself, which is not written out",
            f"put it into {name}",
        )
        block.put(key, f"${{{name}}}", comment)

    def _host(self, section: Section, block: Block) -> None:
        value = section.value["custom_host"]
        if not isinstance(value, str) or "${" in value or not is_telling(value):
            block.put("custom_host", value)
            return
        owner = section.text("name") or section.text("provider") or "provider"
        name = self.variables.name_for(value, variable_name(owner, "host"))
        comment = self.ledger.note(
            section.at("custom_host"),
            "the host has credentials or a query in it, which is not written out",
            f"put the base URL into {name}, and credentials into a key",
        )
        block.put("custom_host", f"${{{name}}}", comment)

    def _parameters(self, section: Section, block: Block, key: str) -> None:
        value = section.value[key]
        if not isinstance(value, Mapping):
            block.put(key, value)
            return
        kept: dict[str, JSON] = {}
        comments: list[str] = []
        for name, one in value.items():
            if secretive(name, one):
                message = f"{masked(name[:LONGEST])} may hold a secret, and is not written out"
                comments.append(self.ledger.changed((*section.at(key), name), message))
            else:
                kept[name] = one
        block.put(key, kept, *comments)

    def _own_keys(self, section: Section, block: Block) -> None:
        """Copy the accounts of a config that has its own already."""
        below = section.section("virtual_keys")
        if below is None:
            block.put("virtual_keys", section.value["virtual_keys"])
            return
        keys = Block()
        for name in below.value:
            one = below.section(name)
            if one is None:
                keys.put(name, below.value[name])
                continue
            key = Block()
            for setting, value in one.value.items():
                if setting in SECRETS:
                    self._secret(one, key, setting)
                elif setting == "custom_host":
                    self._host(one, key)
                else:
                    key.put(setting, value)
            keys.put(name, key)
        block.put("virtual_keys", keys)


def _slugs(section: Section) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield where a target names somebody by `@`, and the text that does."""
    found: dict[tuple[str, ...], JSON] = {("provider",): section.value.get("provider")}
    found |= {(key, "model"): section.mapping(key).get("model") for key in PARAMETERS}
    for steps, value in found.items():
        if isinstance(value, str) and value.startswith("@") and len(value) > 1:
            yield steps, value


def _known(provider: str) -> str | None:
    try:
        return find_provider(provider).name
    except LookupError:
        return None


@cache
def known_keys() -> frozenset[str]:
    """Return the keys that targets and groups have here."""
    schema = json.loads(schema_text("config"))
    return frozenset(schema["$defs"]["route"]["properties"])


def modern(section: Section, ledger: Ledger) -> Section:
    """Read Portkey's first configs, `mode` and `options`, as strategy and targets."""
    value = section.value
    mode = value.get("mode")
    if "options" not in value or "targets" in value or mode not in OLD_MODES:
        return section
    renamed = {
        ("targets" if key == "options" else key): one for key, one in value.items() if key != "mode"
    }
    ledger.rename(section.at("options"), section.at("targets"))
    ledger.rename(section.at("mode"), section.at("strategy"))
    ledger.rename(section.at("mode"), (*section.at("strategy"), "mode"))
    strategy = {"mode": OLD_MODES[str(mode)]}
    return Section(section.source, {"strategy": strategy, **renamed}, section.place)


def read_portkey(top: Section, ledger: Ledger) -> Portkey:
    """Prepare to write Portkey's config `top`."""
    return Portkey(top=top, ledger=ledger)
