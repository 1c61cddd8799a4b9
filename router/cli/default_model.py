"""Default model: what to ask of a provider that is named alone, for an operation that it can do."""

import datetime as dt

from router.core.images import ImageRequest, Operation
from router.core.target import Target
from router.providers.catalog import catalog_of
from router.providers.registry import adapter, find_provider


def default_model(provider: str, operation: Operation) -> str | None:
    """Return the model of the catalog that does it, is still served, and is known best.

    None where the provider has a default of its own for it, or nothing is known.
    Raises LookupError for a provider that is not known.
    """
    name = find_provider(provider).name
    catalog, today = catalog_of(name), dt.datetime.now().astimezone().date()
    request = ImageRequest(params={"prompt": ""}, operation=operation)
    own = adapter(name).model(request, Target(path="", provider=name))
    known = catalog.find(own)
    if own is not None and (known is None or operation in known.operations):
        return None
    served = [
        model
        for model in catalog.models
        if operation in model.operations
        and not (model.is_retired(today) or model.options.get("masked"))
    ]
    best = min(served, key=lambda model: len(model.uncertain), default=None)
    return None if best is None else best.name
