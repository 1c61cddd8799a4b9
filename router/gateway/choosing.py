"""Choosing: which config a request is routed by, and whether its caller may use it."""

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple

from router.config.foreign import Stranger, out_of_scope
from router.config.model import targets_of
from router.config.problems import ConfigError, did_you_mean
from router.core.jsontypes import JSON
from router.core.secret import Secret
from router.gateway.brought import meant_for
from router.gateway.callers import Caller
from router.gateway.folder import State
from router.gateway.header_values import mapping_in
from router.gateway.instructions import PREFIX, Instructions
from router.gateway.reach import inside, is_fenced, outside
from router.gateway.reader import Reader
from router.gateway.refusal import Refusal
from router.gateway.settings import ApiKey, Settings
from router.gateway.vaults import CallersVault, SentVault
from router.policies.aim import split_slug
from router.workspace import Loaded

MOST_INLINE = 256  # configs of requests that are kept compiled
MOST_TARGETS = 1024  # in all of them: one that any provider may answer takes some 50 KB
AT_ONCE = 2048  # characters of a config that is compiled in a few milliseconds
INLINE = "inline"
MENDING = "30"  # seconds; a person has to mend a config


class Choice(NamedTuple):
    """A config ready to be used for this request; `name` is its id, `inline`, or empty."""

    loaded: Loaded
    name: str = ""


class Chooser:
    """Compiles what requests bring once per content, and keeps the last of them."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._inline: OrderedDict[tuple[str, str, Stranger], Loaded] = OrderedDict()
        self._lock = threading.Lock()

    def takes_long(self, said: Instructions) -> bool:
        """Tell whether to choose may hold the event loop up: then it is done beside it."""
        return said.is_inline and len(said.config or "") > AT_ONCE

    def choose(self, said: Instructions, model: str | None, caller: Caller, state: State) -> Choice:
        """Return what the request is routed by. Raises Refusal."""
        key = caller.key
        if key is not None and not key.config_override:
            _check_override(said, model)
        choice = self._choose(said, caller, state)
        if key is not None and _is_limited(key):
            self._check_scope(choice, said, model, key, state.settings)
        return self._with_keys(choice, said, model, caller)

    def _check_scope(
        self, choice: Choice, said: Instructions, model: str | None, key: ApiKey, settings: Settings
    ) -> None:
        """Refuse a provider or a virtual key that is not the caller's to use."""
        reach = outside if choice.loaded.document.is_sent else inside
        stranger = reach(key, settings)
        if stranger.providers is None and stranger.virtual_keys is None:
            return
        named = (said.provider, said.virtual_key, split_slug(model)[0])
        slugs = (slug.removeprefix("@") for slug in named if slug)
        known = self._reader.loader.providers
        refused = out_of_scope(choice.loaded.document, stranger, known, *slugs)
        if refused:
            raise Refusal(403, f"this API key may not use {', '.join(map(repr, sorted(refused)))}")

    def _with_keys(
        self, choice: Choice, said: Instructions, model: str | None, caller: Caller
    ) -> Choice:
        """Return the choice with the keys that this caller's calls are made with."""
        document = choice.loaded.document
        leads = choice.name == "" and "custom_host" in said.options
        alone = leads or (document.is_sent and is_fenced(caller.key))
        if caller.provider_key is None and not alone:
            return choice
        named = split_slug(model)[0] or said.virtual_key or said.provider
        vault = CallersVault(
            vault=choice.loaded.vault,
            brought=caller.provider_key,
            provider=meant_for(document, named, self._reader.loader.providers),
            first=document.is_sent,
            alone=alone,
        )
        return Choice(loaded=replace(choice.loaded, vault=vault), name=choice.name)

    def _choose(self, said: Instructions, caller: Caller, state: State) -> Choice:
        settings, key = state.settings, caller.key
        if said.is_inline:
            return self._sent(said, key, state)
        default = (key.config if key else None) or settings.config
        name = said.config if said.chooses else default
        if name is not None:
            return _named(name, key, state)
        brings = caller.provider_key is not None or "azure_ad_token" in said.options
        _check_fence(key, state, brings=brings)
        made = json.dumps(_made(said, caller.provider_key, outside(key, settings)))
        return Choice(loaded=self._compiled(made, key, settings))

    def _sent(self, said: Instructions, key: ApiKey | None, state: State) -> Choice:
        if key is not None:
            if not key.inline_configs:
                raise Refusal(403, "this API key may send no config of its own; name one")
            _check_fence(key, state, brings=key.own_provider_keys)
        loaded = self._compiled(said.config or "", key, state.settings)
        return Choice(loaded=loaded, name=INLINE)

    def _compiled(self, text: str, key: ApiKey | None, settings: Settings) -> Loaded:
        owner, stranger = "" if key is None else key.name, outside(key, settings)
        name = (text, owner, stranger)
        with self._lock:
            kept = self._inline.get(name)
            if kept is not None:
                self._inline.move_to_end(name)
                return kept
        loaded = self._load(text, owner, stranger)
        with self._lock:
            self._inline[name] = loaded
            self._make_room()
        return loaded

    def _make_room(self) -> None:
        """Drop the configs that were not used for longest; the one that came last stays."""
        sizes = [len(targets_of(one.document.route)) for one in self._inline.values()]
        while len(sizes) > 1 and (len(sizes) > MOST_INLINE or sum(sizes) > MOST_TARGETS):
            self._inline.popitem(last=False)
            del sizes[0]

    def _load(self, text: str, owner: str, stranger: Stranger) -> Loaded:
        config = mapping_in(f"{PREFIX}config", text)
        try:
            loaded = self._reader.sent(config, scope=f"{INLINE}/{owner}", stranger=stranger)
        except ConfigError as error:
            raise Refusal(400, f"the config of the request cannot be used: {error}") from None
        return replace(loaded, vault=SentVault(loaded.vault))

    def forget(self) -> None:
        """Compile anew: virtual keys may have changed."""
        with self._lock:
            self._inline.clear()


def _check_override(said: Instructions, model: str | None) -> None:
    if said.chooses or split_slug(model)[0] is not None:
        raise Refusal(400, "this API key routes by its own config; send no other, no provider")


def _is_limited(key: ApiKey) -> bool:
    """Tell whether there is anything of the operator's that a key may not use."""
    return not (key.configs is None and key.providers is None and key.virtual_keys is None)


def _check_fence(key: ApiKey | None, state: State, *, brings: bool) -> None:
    """Refuse what is routed by no config of the operator's, and with no key but theirs."""
    if key is None or not is_fenced(key) or key.virtual_keys is not None or brings:
        return
    configs = ", ".join(sorted(_allowed(key, state))) or "none"
    message = f"this API key may use configs only ({configs}): name one in {PREFIX}config"
    raise Refusal(403, message)


def _made(said: Instructions, brought: Secret | None, stranger: Stranger) -> Mapping[str, JSON]:
    """Return the config that headers alone make.

    A host in it is sent the key that came with it, and no other; so is an Azure resource, unless
    the operator lists it.
    """
    config: dict[str, JSON] = dict(said.options)
    if said.options and said.provider is not None:
        config["provider"] = said.provider
    resource = said.options.get("azure_resource_name")
    leads = resource is not None and not stranger.may_lead_to(resource)
    if brought is not None and (leads or "custom_host" in said.options):
        config["api_key"] = brought.reveal()
    if said.retries:
        config["retry"] = {"attempts": min(said.retries, 5)}
    return config


def _named(name: str, key: ApiKey | None, state: State) -> Choice:
    identity = state.id_of(name)
    is_allowed = key is None or key.configs is None or identity in _allowed(key, state)
    if is_allowed and identity in state.broken:
        message = f"the config {name[:80]!r} has mistakes: 'pixroute check' tells them"
        raise Refusal(503, message, headers={"retry-after": MENDING})
    loaded = state.configs.get(identity) if is_allowed else None
    if loaded is None:
        allowed = _allowed(key, state)
        hint = did_you_mean(name, allowed)
        known = ", ".join(sorted(allowed)) or "none"
        raise Refusal(
            400,
            f"there is no config {name[:80]!r}; known here: {known}" + (hint and f"; {hint}"),
            code="config_not_found",
        )
    return Choice(loaded=loaded, name=identity)


def _allowed(key: ApiKey | None, state: State) -> frozenset[str]:
    known = frozenset({*state.configs, *state.broken})
    if key is None or key.configs is None:
        return known
    return known & frozenset(map(state.id_of, key.configs))
