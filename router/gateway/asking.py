"""Asking: what arrived becomes the request that the engine executes."""

import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

from router.asking import FRAMING, Unaskable, Wishes, build_request
from router.core.images import ImageRequest, Operation
from router.core.jsontypes import EMPTY, JSON
from router.engine import Engine
from router.gateway.bodies import Body
from router.gateway.callers import Caller
from router.gateway.instructions import Instructions, forwardable
from router.gateway.keys import PREFIX
from router.gateway.refusal import Refusal
from router.gateway.settings import Settings
from router.gateway.vaults import CallersVault
from router.originals.taking import take_originals
from router.workspace import Loaded

MARGIN = 5.0  # seconds before a client gives up, in which it still gets an error
SHARE = 0.5  # of its patience, at most, that the margin takes
MOST_VALUES = 5_000  # of a body, as of a config that is sent
OURS = re.compile(rf"(?<![A-Za-z0-9]){PREFIX}")  # a key, within other words


class Asked(NamedTuple):
    """A request for the engine."""

    request: ImageRequest
    wishes: Wishes

    @property
    def streams(self) -> bool:
        return self.request.params.get("stream") is True


async def ask(
    *,
    body: Body,
    operation: Operation,
    said: Instructions,
    headers: Mapping[str, str],
    added: Mapping[str, str],
    caller: Caller,
    loaded: Loaded,
    engine: Engine,
    settings: Settings,
    request_id: str,
) -> Asked:
    """Return what the engine executes; `added` headers go to the provider.

    Raises Refusal for what is no request.
    """
    vault = loaded.vault
    account = await vault.account() if isinstance(vault, CallersVault) else None
    wishes = Wishes(
        metadata=_metadata(body.params, said),
        trace_id=said.trace_id or request_id,
        timeout=_deadline(headers, settings),
        provider=said.virtual_key or said.provider,
        cache_namespace=said.namespace,
        cache_force_refresh=said.refresh,
        tenant=caller.name if account is None else f"{caller.name}/{account.digest}",
        uncached=said.is_private,
        attempt_timeout=said.timeout,
        account=account,
    )
    _check_amount(body.params)
    sent = {**_sendable(said.forwarded), **added} if said.forwarded else added
    try:
        request = build_request(body.params, wishes, sent, EMPTY, operation=operation)
        if operation != "generate":

            async def fetch(url: str) -> bytes:
                return await engine.fetch(url, own=loaded.own)

            request = await take_originals(request, body.files, fetch, loaded.own)
    except Unaskable as wrong:
        failure = wrong.failure
        raise Refusal(failure.status, failure.message, param=failure.param) from None
    if loaded.forwards:
        request = replace(request, incoming=_without_keys(forwardable(headers)))
    return Asked(request=request, wishes=wishes)


def _check_amount(params: Mapping[str, JSON]) -> None:
    """Refuse what would hold everybody up: each value is looked at several times."""
    waiting = list(islice(params.values(), MOST_VALUES))
    count = len(params)
    while waiting and count <= MOST_VALUES:
        value = waiting.pop()
        if isinstance(value, dict):
            count += len(value)
            waiting += islice(value.values(), MOST_VALUES)
        elif isinstance(value, list):
            count += len(value)
            waiting += islice(value, MOST_VALUES)
    if count > MOST_VALUES:
        raise Refusal(400, f"the body has more than {MOST_VALUES:,} values")


def _sendable(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return those headers that a request may have sent along when it says so."""
    return _without_keys({name: headers[name] for name in headers if name not in FRAMING})


def _without_keys(headers: Mapping[str, str]) -> Mapping[str, str]:
    """Return those headers in which no key of this gateway's is."""
    return {name: value for name, value in headers.items() if not OURS.search(value)}


def _metadata(params: Mapping[str, JSON], said: Instructions) -> Mapping[str, JSON]:
    user = params.get("user")
    if not isinstance(user, str) or "_user" in said.metadata:
        return said.metadata
    return {**said.metadata, "_user": user}


def _deadline(headers: Mapping[str, str], settings: Settings) -> float:
    """Return how long the caller waits, less what it takes to tell it that it was too long."""
    patience = headers.get("x-stainless-read-timeout", "").strip()
    try:
        seconds = float(patience) if patience else settings.deadline
    except ValueError:
        return settings.deadline
    if not seconds > 0:
        return settings.deadline
    return min(settings.deadline, seconds - min(MARGIN, seconds * SHARE))
