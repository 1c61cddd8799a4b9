"""Portkey's virtual keys: what its service knows of them, as far as a config lets one guess."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from router.config.masking import shown
from router.config.places import Place
from router.core.jsontypes import JSON
from router.migrate.block import Block
from router.migrate.ledger import Ledger
from router.migrate.secrets import variable_name
from router.providers.catalog import catalog_of
from router.providers.registry import find_provider, providers

WORDS: Mapping[str, str] = {
    "azure": "azure-openai",
    "az": "azure-openai",
    "openai": "openai",
    "oai": "openai",
    "oa": "openai",
    "stability": "stability-ai",
    "stabilityai": "stability-ai",
    "st": "stability-ai",
    "together": "together-ai",
    "replicate": "replicate",
    "recraft": "recraft-ai",
    "google": "google",
    "gemini": "google",
    "segmind": "segmind",
    "monster": "monsterapi",
    "monsterapi": "monsterapi",
    "xai": "x-ai",
    "grok": "x-ai",
    "deepinfra": "deepinfra",
    "nscale": "nscale",
}
"""Words in the names that people give to keys, and the provider they speak of."""

ELSEWHERE = frozenset(
    {"vertex", "bedrock", "aws", "anthropic", "claude", "cohere", "fireworks", "huggingface"}
)
"""Words that speak of providers that are not routed here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """Whose key it is. `provider` None means that it is nobody's that is routed here."""

    provider: str | None
    by: str


@dataclass(slots=True)
class VirtualKeys:
    """The keys that a config names, with the guess at each: written out at its end."""

    ledger: Ledger
    defined: frozenset[str] = frozenset()
    _found: dict[str, Guess] = field(default_factory=dict)
    _places: dict[str, Place] = field(default_factory=dict)

    def meet(self, name: str, place: Place, told: str | None, model: JSON) -> bool:
        """Note a key; False where it belongs to a provider that is not routed here."""
        if name in self.defined:
            return True
        guess = self._found.get(name)
        if guess is None or (told is not None and guess.by != "told"):
            guess = _guess(name, told, model)
            self._found[name] = guess
            self._places[name] = place
        return guess.provider is not None

    def write(self) -> Block | None:
        """Write the section `virtual_keys`; None where no key was met."""
        block = Block()
        for name, guess in self._found.items():
            if guess.provider is not None:
                block.put(name, self._key(name, guess.provider), *self._said(name, guess))
        return block or None

    def _key(self, name: str, provider: str) -> Block:
        key = Block()
        key.put("provider", provider)
        key.put("api_key", f"${{{variable_name(name, 'api_key')}}}")
        if provider == "azure-openai":
            message = f"Portkey's service has resource and deployments of {shown(name)}"
            hint = "set the resource; write deployments where their names are not the models'"
            comment = self.ledger.changed(self._places[name], message, hint, at_key=False)
            key.put("resource_name", f"${{{variable_name(name, 'resource')}}}", comment)
        elif _needs_host(provider):
            message = f"Portkey's service has the host of {shown(name)}"
            comment = self.ledger.changed(self._places[name], message, at_key=False)
            key.put("custom_host", f"${{{variable_name(name, 'host')}}}", comment)
        return key

    def _said(self, name: str, guess: Guess) -> tuple[str, ...]:
        if guess.by == "told":
            return ()
        message = f"Portkey's service knows whose key {shown(name)} is; this is a guess"
        place = self._places[name]
        if guess.by == "nothing":
            return (self.ledger.changed(place, message, "set the provider", at_key=False),)
        return (self.ledger.note(place, message, f"by its {guess.by}", at_key=False),)


def _guess(name: str, told: str | None, model: JSON) -> Guess:
    if told is not None:
        return Guess(provider=told, by="told")
    words = re.split(r"[^a-z0-9]+", name.lower())
    if any(word in ELSEWHERE for word in words):
        return Guess(provider=None, by="name")
    by_name = next((WORDS[word] for word in words if word in WORDS), None)
    if by_name is not None:
        return Guess(provider=by_name, by="name")
    if isinstance(model, str):
        for info in providers():
            if catalog_of(info.name).find(model) is not None:
                return Guess(provider=info.name, by="model")
    return Guess(provider="openai", by="nothing")


def _needs_host(provider: str) -> bool:
    try:
        return "custom_host" in find_provider(provider).required
    except LookupError:
        return False
