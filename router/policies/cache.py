"""Cache: the same request, answered again without being bought again."""

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass

from router.core.context import Context
from router.core.finishing import ExpiringStore
from router.core.images import ImageRequest, Picture, Pictures
from router.core.jsontypes import JSON
from router.core.node import Node
from router.core.openai_shape import encode_answer, parse_answer
from router.core.outcome import Outcome, Success
from router.core.ports import StoreError
from router.policies.flight import fly

TRACING = frozenset({"traceparent", "tracestate"})
"""Headers that say whose call it is, and change no picture."""

URL_LIFE = 3600.0  # seconds after which providers' links die
KEPT = 5 / 6  # of a link's life it may be kept for: ten minutes of an hour are left to use it

log = logging.getLogger("router")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cache:
    """Keep answers for `max_age` seconds; identical requests under way share one call.

    A streamed request is neither answered from here nor kept: its partial pictures are its own.
    `digest` names what is cached: two subtrees that could answer differently never share.
    `forwarded` are the incoming headers that reach a provider below; the others change no answer.
    """

    path: str
    child: Node
    digest: str
    max_age: float
    forwarded: frozenset[str] = frozenset()

    async def execute(self, request: ImageRequest, context: Context) -> Outcome:
        if context.delivery is not None:
            context.decide(self.path, "cache", "bypass", "streams are not cached")
            return await self.child.execute(request, context)
        if context.cache.is_off:
            context.decide(self.path, "cache", "bypass", "the caller wants nothing kept")
            return await self.child.execute(request, context)
        key = self._key(request, context)
        kept = None if context.cache.refresh else await self._get(key, context)
        if kept is not None:
            context.decide(self.path, "cache", "hit", "the same request was answered before")
            return Success(pictures=kept)
        refresh = context.cache.refresh
        why = ("refresh", "asked for") if refresh else ("miss", "not kept")
        context.decide(self.path, "cache", *why)
        return await fly(key, lambda: self._fetch(key, request, context), context, self.path)

    async def _fetch(self, key: str, request: ImageRequest, context: Context) -> Outcome:
        """Ask the child, and keep its answer."""
        outcome = await self.child.execute(request, context)
        if isinstance(outcome, Success):
            await self._keep(key, outcome.pictures, context)
        return outcome

    def _key(self, request: ImageRequest, context: Context) -> str:
        """Name the request as it reaches this node, and whose it is."""
        wish = context.cache
        scope: JSON = dict(request.metadata) if wish.namespace is None else wish.namespace
        asked: Mapping[str, JSON] = {
            "subtree": self.digest,
            "tenant": wish.tenant,
            "scope": scope,
            "operation": request.operation,
            "provider": request.provider,
            "params": request.params,
            "verbatim": sorted(request.verbatim),
            "files": {name: [one.digest for one in some] for name, some in request.files.items()},
            "headers": {
                name: value
                for name, value in {**request.headers, **self._forwarded(request)}.items()
                if name not in TRACING
            },
        }
        text = json.dumps(asked, sort_keys=True, default=dict)
        return f"cache/{hashlib.sha256(text.encode()).hexdigest()}"

    def _forwarded(self, request: ImageRequest) -> dict[str, str]:
        incoming = request.incoming.items()
        return {name: value for name, value in incoming if name in self.forwarded}

    async def _get(self, key: str, context: Context) -> Pictures | None:
        """Look the answer up; a store that cannot be reached, or holds rubbish, is a miss."""
        try:
            kept = await context.store.get(key)
            return None if kept is None else parse_answer(kept)
        except (StoreError, ValueError) as error:
            log.debug("%s: nothing could be read from the cache: %s", self.path, error)
            return None

    async def _keep(self, key: str, pictures: Pictures, context: Context) -> None:
        lasting = all(_lasts(picture) for picture in pictures.data)
        age = self.max_age if lasting else min(self.max_age, KEPT * _life_of_links(context))
        try:
            await context.store.set(key, encode_answer(pictures), age)
        except StoreError as error:
            log.debug("%s: the answer could not be kept: %s", self.path, error)


def _life_of_links(context: Context) -> float:
    """Return how long the links of an answer live, in seconds: a provider's, or our own store's."""
    store = None if context.finishing is None else context.finishing.store
    return min(URL_LIFE, store.seconds) if isinstance(store, ExpiringStore) else URL_LIFE


def _lasts(picture: Picture) -> bool:
    """Tell whether the picture itself is there, rather than a link that dies."""
    return picture.b64 is not None or (picture.url or "").startswith("data:")
