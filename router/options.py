"""Options: what a router may be made with, and what a request may be asked with."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias, TypedDict

from router.core.adapter import Adapter
from router.core.finishing import ArtefactStore
from router.core.jsontypes import JSON
from router.core.ports import Sender, Store
from router.core.trace import Observer

ConfigSource: TypeAlias = Mapping[str, JSON] | str | Path
"""A config itself, its text, or the path of its file."""

TokenProvider: TypeAlias = Callable[[], str | Awaitable[str]]


class RouterOptions(TypedDict, total=False):
    """What a router may be made with, besides its config.

    `virtual_keys` is a mapping or a path; `environment` replaces `os.environ`. `sandbox` answers
    every request from the built-in emulators, with keys of its own where variables are not set.
    `seed` makes load balancing and jitter repeatable. `sender`, `store` and `observers` are ports.
    `azure_ad_token_provider` returns a bearer token for Azure, or an awaitable of one. `adapters`
    are providers of your own: configs name them as the adapter does, and their keys are read from
    that name and `_API_KEY`, in capitals. `artefacts` keeps pictures for callers who ask for a URL
    where the provider gave none: a folder or a store; without it their URL is a `data:` one.
    `catalog` has models of your own, and prices: a mapping or a path, or several of them.
    """

    virtual_keys: ConfigSource | None
    sender: Sender | None
    store: Store | None
    seed: int | str | None
    observers: Sequence[Observer]
    sandbox: bool
    environment: Mapping[str, str] | None
    azure_ad_token_provider: TokenProvider | None
    adapters: Sequence[Adapter]
    artefacts: ArtefactStore | str | Path | None
    catalog: ConfigSource | Sequence[ConfigSource] | None


class RequestOptions(TypedDict, total=False):
    """What `with_options` may set for the requests that follow.

    `config` is a name in the folder, or a config of its own. `timeout` is the deadline in seconds
    for the whole request. `metadata` adds to what was set before.
    """

    config: ConfigSource | None
    metadata: Mapping[str, JSON]
    trace_id: str | None
    timeout: float | None
    provider: str | None
    cache_namespace: str | None
    cache_force_refresh: bool
