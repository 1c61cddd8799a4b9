"""Pages: what the gateway says of itself, and of the models it knows."""

from collections.abc import Iterator, Sequence
from importlib.metadata import version

from router.core.catalog import Catalog
from router.core.jsontypes import JSON
from router.gateway.folder import State
from router.gateway.refusal import Refusal
from router.gateway.reply import Reply, json_reply
from router.providers.catalog import catalog_of
from router.providers.registry import providers

PER_WORKER = "breakers, sticky draws, caches and shared calls are each worker's own"


def home(state: State) -> Reply:
    """Say what this is, and where to start."""
    return json_reply(
        {
            "what": "pixroute: a gateway for image generation that speaks OpenAI's dialect",
            "version": version("pixroute"),
            "start": "POST /v1/images/generations with a header x-portkey-config or -provider",
            "configs": sorted(state.configs),
            "see": ["/docs", "/openapi.json", "/v1/models", "/health", "/ready", "/metrics"],
        }
    )


def ready(state: State, workers: int) -> Reply:
    """Say whether requests can be served: 503 where every config is broken.

    What is stale serves all the same, as it was before its last edit.
    """
    is_ready = bool(state.configs) or not state.broken
    told: dict[str, JSON] = {
        "status": "ready" if is_ready else "not ready",
        "configs": sorted(state.configs),
        "broken": sorted(state.broken),
        "stale": list(state.stale),
        "workers": workers,
    }
    if workers > 1:
        told["per_worker"] = PER_WORKER
    return json_reply(told, status=200 if is_ready else 503)


def models() -> Reply:
    """List the models of the catalog that are served, as OpenAI lists its own."""
    return json_reply({"object": "list", "data": [*_models()]})


def model(name: str) -> Reply:
    found = next((one for one in _models() if one["id"] == name), None)
    if found is None:
        message = f"there is no model {name[:80]!r} in the catalog; others are asked as they are"
        raise Refusal(404, message, code="model_not_found", param="model")
    return json_reply(found)


def _models() -> Iterator[dict[str, JSON]]:
    seen: set[str] = set()
    for catalog in _catalogs():
        for facts in catalog.models:
            if facts.name not in seen:
                seen.add(facts.name)
                owner = catalog.provider
                yield {"id": facts.name, "object": "model", "created": 0, "owned_by": owner}


def _catalogs() -> Sequence[Catalog]:
    found = (catalog_of(info.name) for info in providers())
    return [catalog for catalog in found if catalog is not None]
