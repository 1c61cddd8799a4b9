"""Names: the words by which a test tells targets apart.

A provider, `provider/model`, a virtual key, a target's own name, its path, or `*` for all of them.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from router.config.model import Document, GroupRoute, Route, TargetRoute, targets_of
from router.config.problems import did_you_mean, hints, one_of
from router.core.provider import ProviderInfo
from router.core.trace import Attempt

ANYBODY = "*"


class Sort(IntEnum):
    """What a word is, the least exact first."""

    ANYBODY = 0
    PROVIDER = 1
    MODEL = 2
    KEY = 3
    NAME = 4
    PATH = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word that a test uses, and whom it means. `values` are providers, keys or paths."""

    text: str
    sort: Sort
    values: tuple[str, ...] = ()
    model: str | None = None

    def means(self, attempt: Attempt) -> bool:
        match self.sort:
            case Sort.ANYBODY:
                return True
            case Sort.KEY:
                return attempt.virtual_key in self.values
            case Sort.PROVIDER | Sort.MODEL:
                is_model = self.model is None or attempt.model == self.model
                return attempt.provider in self.values and is_model
        return any(is_within(attempt.path, path) for path in self.values)

    @property
    def exactness(self) -> tuple[int, int]:
        """The higher, the fewer targets it means."""
        return self.sort, max(map(len, self.values), default=0)


class UnknownWordError(LookupError):
    """A word that means nobody in a config; `hint` says what would."""

    def __init__(self, word: str, hint: str) -> None:
        super().__init__(word)
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What there is to name in one config. `providers` has aliases, too.

    `targets` are attempts as each target would make them. With `is_open` some target leaves the
    provider to the request; with `has_cache` answers may come from a cache.
    """

    paths: tuple[str, ...]
    named: Mapping[str, tuple[str, ...]]
    keys: frozenset[str]
    asked: frozenset[str]
    providers: Mapping[str, str]
    targets: tuple[Attempt, ...]
    is_open: bool
    has_cache: bool = False

    def find(self, text: str) -> Word:
        """Return whom a word means. Raises UnknownWordError."""
        if text == ANYBODY:
            return Word(text=text, sort=Sort.ANYBODY)
        path = text if text.startswith("config") else f"config.{text}"
        if path in self.paths:
            return Word(text=text, sort=Sort.PATH, values=(path,))
        if text in self.named:
            return Word(text=text, sort=Sort.NAME, values=self.named[text])
        if text in self.keys:
            return Word(text=text, sort=Sort.KEY, values=(text,))
        name, slash, model = text.partition("/")
        provider = self.providers.get(name, name)
        if provider in self.asked or (self.is_open and name in self.providers):
            sort = Sort.MODEL if slash else Sort.PROVIDER
            return Word(text=text, sort=sort, values=(provider,), model=model or None)
        raise UnknownWordError(text, self._hint(text))

    def word_for(self, attempt: Attempt, like: Sort) -> str:
        """Name an attempt by a word of a sort, or the nearest that there is."""
        if like is Sort.MODEL and attempt.model:
            return f"{attempt.provider}/{attempt.model}"
        if like is Sort.KEY and attempt.virtual_key in self.keys:
            return str(attempt.virtual_key)
        if like is Sort.NAME:
            found = [name for name, paths in self.named.items() if attempt.path in paths]
            return found[0] if found else attempt.path
        return attempt.path if like is Sort.PATH else attempt.provider

    def plainest(self, attempt: Attempt) -> str:
        """Return the simplest word that means this attempt's target and no other."""
        for sort in (Sort.PROVIDER, Sort.KEY, Sort.NAME, Sort.MODEL):
            word = self.find(self.word_for(attempt, sort))
            if word.sort is sort and sum(map(word.means, self.targets)) <= 1:
                return word.text
        return attempt.path

    def _hint(self, text: str) -> str:
        known = [*sorted(self.asked), *sorted(self.keys), *self.named]
        known += [path for path in self.paths if path != "config"]
        return hints(did_you_mean(text, known), one_of(known))


def names_of(document: Document, providers: Iterable[ProviderInfo]) -> Names:
    """Gather the words of a config."""
    routes = tuple(_routes(document.route))
    targets = targets_of(document.route)
    named: dict[str, tuple[str, ...]] = {}
    for route in routes:
        if route.name is not None:
            named[route.name] = (*named.get(route.name, ()), route.path)
    aliases = {alias: info.name for info in providers for alias in (*info.aliases, info.name)}
    return Names(
        paths=tuple(route.path for route in routes),
        named=named,
        keys=document.virtual_keys,
        asked=frozenset(target.provider for target in targets if target.provider is not None),
        providers=aliases,
        targets=tuple(map(_as_attempt, targets)),
        is_open=any(target.provider is None for target in targets),
        has_cache=any(route.cache is not None for route in routes),
    )


def _as_attempt(target: TargetRoute) -> Attempt:
    model = target.settings.override_params.get("model")
    return Attempt(
        path=target.path,
        provider=target.provider or "",
        virtual_key=target.credential,
        model=model if isinstance(model, str) else None,
    )


def is_within(path: str, group: str) -> bool:
    return path == group or path.startswith(f"{group}.")


def most_exact(words: Sequence[Word], attempt: Attempt) -> Word | None:
    """Return the word that means this attempt and the fewest others."""
    fitting = [word for word in words if word.means(attempt)]
    return max(fitting, key=lambda word: word.exactness, default=None)


def _routes(route: Route) -> Iterator[Route]:
    yield route
    if isinstance(route, GroupRoute):
        for child in route.targets:
            yield from _routes(child)
