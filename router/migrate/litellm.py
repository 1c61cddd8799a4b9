"""LiteLLM: a proxy's config becomes one of ours: model groups, their fallbacks, their settings.

Callers of LiteLLM name a group in `model`, at one address. So that they can go on doing so, all
groups are in one config, and a condition on the request's model chooses among them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from router.config.section import Section
from router.core.jsontypes import JSON, sequence
from router.migrate.block import Block
from router.migrate.ledger import Ledger
from router.migrate.lifting import lift
from router.migrate.litellm_common import on_unsupported, timeout_of
from router.migrate.litellm_deployments import Deployments
from router.migrate.litellm_entries import Deployment, LeftOut
from router.migrate.litellm_fallbacks import EVERY, MOST, Fallbacks, read_default, read_lists
from router.migrate.litellm_groups import Groups
from router.migrate.litellm_retry import retries
from router.migrate.litellm_settings import Settings, leftovers
from router.migrate.litellm_targets import Targets
from router.migrate.nobody import nobody
from router.migrate.part import VARIABLE, Part
from router.migrate.secrets import Variables

ELSE = "any other model"
"""The target for models that the source does not know: nobody is asked, and the error says so."""

PICTURE_CALLS = frozenset({"image_generation", "aimage_generation", "image_edit", "aimage_edit"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LiteLLM:
    """`own_variables` are where providers' keys are looked for here, by provider."""

    top: Part
    settings: Settings
    own_variables: Mapping[str, str]
    ledger: Ledger

    def write(self) -> Block | None:
        """Write the whole; None where no entry of the list makes pictures."""
        found = list(self._deployments())
        deployments = [one for one in found if isinstance(one, Deployment)]
        if not deployments:
            return None
        fallbacks = self._fallbacks(found)
        by_group = _by_group(deployments)
        root = Block()
        self._write_common(root)
        root.say(*(one.comment for one in found if isinstance(one, LeftOut)))
        blocks = {name: self._route(name, by_group, fallbacks) for name in by_group}
        if len({one.group for one in found}) == 1:
            root.take(next(iter(blocks.values())))
        else:
            self._choose(root, blocks, fallbacks.aliases)
        self._say_rest(root)
        lift(root)
        return root

    def _deployments(self) -> Iterator[Deployment | LeftOut]:
        credentials = {}
        for one in self.top.parts("credential_list"):
            name = one.text("credential_name")
            if name is not None:
                credentials[name] = one.part("credential_values")
        targets = Targets(
            settings=self.settings,
            credentials=credentials,
            variables=Variables(_named_by(self.top.section.value)),
            own_variables=self.own_variables,
            ledger=self.ledger,
        )
        return Deployments(targets, self.ledger).read(self.top.parts("model_list"))

    def _fallbacks(self, found: Sequence[Deployment | LeftOut]) -> Fallbacks:
        settings, ledger = self.settings, self.ledger
        drawn = [one for one in found if isinstance(one, Deployment)]
        after_failures = read_lists(settings, "fallbacks", ledger)
        default = read_default(settings, ledger)
        if default:
            after_failures.setdefault(EVERY, default)
        after_refusals = read_lists(settings, "content_policy_fallbacks", ledger)
        most = settings.holder("max_fallbacks").whole("max_fallbacks")
        return Fallbacks(
            groups=list(dict.fromkeys(one.group for one in drawn)),
            aliases=self._aliases(),
            ids={one.id: one.group for one in drawn if one.id is not None},
            left_out=frozenset(one.group for one in found if isinstance(one, LeftOut)),
            ledger=ledger,
            most=MOST if most is None else most,
            after_failures=after_failures,
            after_refusals=after_refusals,
            has_policy=bool(after_refusals),
        )

    def _aliases(self) -> dict[str, str]:
        """Return the groups that other names stand for."""
        part = self.settings.router.part("model_group_alias")
        aliases: dict[str, str] = {}
        for name, value in part.section.value.items():
            group = value.get("model") if isinstance(value, Mapping) else value
            if isinstance(group, str):
                aliases[name] = group
            else:
                self.ledger.wrong(part.at(name), "names no group")
        return aliases

    def _route(
        self, name: str, by_group: Mapping[str, Sequence[Deployment]], fallbacks: Fallbacks
    ) -> Block:
        """Write a group and all that it falls back to."""
        groups = Groups(settings=self.settings, ledger=self.ledger)
        chain, refused = fallbacks.chain(name), fallbacks.refused(name)

        def written(one: str) -> Block:
            if one in by_group:
                return groups.write(one, by_group[one])
            return self._target(groups, one, by_group[fallbacks.ids[one]])

        own = written(name)
        own.say(*chain.comments, *refused.comments)
        if not fallbacks.has_policy:
            return _in_turn([own, *map(written, chain.names)], self._on_refusal(chain.names))
        route = _in_turn([own, *map(written, chain.names)], None)
        if not refused.names:
            return route
        if refused.names == chain.names:
            return _in_turn([own, *map(written, chain.names)], ())
        return _after_refusal(route, [written(one) for one in refused.names])

    def _target(self, groups: Groups, one: str, deployments: Sequence[Deployment]) -> Block:
        """Write the one target that a fallback names by its id."""
        deployment = next(found for found in deployments if found.id == one)
        repeated = retries(self.settings, deployment.group, deployment.retries)
        return groups.alone(deployment, repeated)

    def _on_refusal(self, names: Sequence[str]) -> tuple[str, ...] | None:
        """Say why refusals move on: without content_policy_fallbacks LiteLLM's do."""
        if not names:
            return None
        holder = self.settings.holder("fallbacks")
        key = "fallbacks" if "fallbacks" in holder else "default_fallbacks"
        place = self.settings.holder(key).at(key)
        message = "LiteLLM sends a refused prompt on to the fallback, so it is done here"
        hint = "take on_refusal out to let a refusal end the request"
        return (self.ledger.note(place, message, hint),)

    def _choose(self, root: Block, blocks: Mapping[str, Block], aliases: Mapping[str, str]) -> None:
        """Write a condition for each group, by the names that requests call it."""
        conditions: list[JSON] = []
        targets: list[Block] = []
        for name, block in blocks.items():
            names = [name, *(alias for alias, group in aliases.items() if group == name)]
            query: JSON = {"$in": names} if len(names) > 1 else {"$eq": name}
            conditions.append({"query": {"params.model": query}, "then": name})
            target = Block(loose=block.loose)
            target.put("name", name)
            block.loose = []
            target.take(block)
            targets.append(target)
        rest = _unlike(ELSE, blocks)
        strategy = Block()
        strategy.put("mode", "conditional")
        strategy.put("conditions", conditions)
        strategy.put("default", rest)
        last = nobody(rest, "nobody is asked for a model that is not above: it is an error")
        root.put("strategy", strategy)
        root.put("targets", [*targets, last])

    def _write_common(self, root: Block) -> None:
        """Write what holds for all: how long a call may take, and unknown parameters."""
        general = Block()
        timeout_of(self.settings.general, general, self.ledger)
        on_unsupported(self.settings.general, general)
        timeout_of(self.settings.router, general, self.ledger)
        root.take(general)
        self._write_cache(root)

    def _write_cache(self, root: Block) -> None:
        general = self.settings.general
        is_on, params = general.flag("cache"), general.part("cache_params")
        if not is_on:
            return
        calls = params.value("supported_call_types")
        names = {one for one in calls if isinstance(one, str)} if isinstance(calls, list) else set()
        if not names & PICTURE_CALLS:
            message = "LiteLLM keeps no pictures unless supported_call_types says so"
            hint = "write cache: {mode: simple} to have them kept"
            root.say(self.ledger.note(general.at("cache"), message, hint))
            return
        cache: dict[str, JSON] = {"mode": "simple"}
        age = params.number("ttl")
        if age:
            cache["max_age"] = age
        comments = []
        if params.text("type") not in {None, "local"}:
            message = "answers are kept in each process's memory here, and shared by none"
            comments.append(self.ledger.note(general.at("cache_params"), message))
        if params.text("mode") == "default_off":
            message = "a request cannot ask to be kept here: all are"
            comments.append(self.ledger.changed(params.at("mode"), message))
        root.put("cache", cache, *comments)

    def _say_rest(self, root: Block) -> None:
        """Comment on every key that nothing was made of."""
        settings = self.settings
        for part, section in (
            (settings.router, "router_settings"),
            (settings.general, "litellm_settings"),
        ):
            root.say(*leftovers(part, section))
        general = self.top.part("general_settings")
        if general.section.value:
            message = "general_settings are left out"
            hint = "keys, users and databases are not in a config: see docs/gateway.md"
            root.say(self.ledger.note(self.top.at("general_settings"), message, hint))
        root.say(*leftovers(self.top, ""))


def _in_turn(blocks: Sequence[Block], on_refusal: Sequence[str] | None) -> Block:
    """Write a fallback, or the only one there is. `on_refusal` None stops at refusals."""
    if len(blocks) == 1:
        return blocks[0]
    block, strategy = Block(loose=blocks[0].loose), Block()
    blocks[0].loose = []
    strategy.put("mode", "fallback")
    if on_refusal is not None:
        strategy.put("on_refusal", "fallback", *on_refusal)
    block.put("strategy", strategy)
    block.put("targets", list(blocks))
    return block


def _after_refusal(route: Block, others: Sequence[Block]) -> Block:
    """Write those who are asked after a refusal, and after nothing else."""
    block, strategy = Block(loose=route.loose), Block()
    route.loose = []
    strategy.put("mode", "fallback")
    strategy.put("on_status_codes", [], "only a refusal leads on from here")
    strategy.put("on_refusal", "fallback")
    block.put("strategy", strategy)
    block.put("targets", [route, *others])
    return block


def _named_by(value: JSON) -> Iterator[str]:
    """Yield the variables that the source names itself."""
    if isinstance(value, str) and value.startswith(VARIABLE):
        yield value.removeprefix(VARIABLE)
    below = value.values() if isinstance(value, Mapping) else sequence(value)
    for one in below:
        yield from _named_by(one)


def _by_group(deployments: Sequence[Deployment]) -> dict[str, list[Deployment]]:
    groups: dict[str, list[Deployment]] = {}
    for one in deployments:
        groups.setdefault(one.group, []).append(one)
    return groups


def _unlike(name: str, others: Mapping[str, Block]) -> str:
    while name in others:
        name += "!"
    return name


def read_litellm(top: Section, ledger: Ledger, own_variables: Mapping[str, str]) -> LiteLLM:
    """Prepare to write LiteLLM's config `top`."""
    whole = Part(top, ledger)
    settings = Settings(
        router=whole.part("router_settings"),
        general=whole.part("litellm_settings"),
    )
    return LiteLLM(top=whole, settings=settings, own_variables=own_variables, ledger=ledger)
