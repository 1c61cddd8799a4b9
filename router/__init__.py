"""pixroute: a router for image generation.

    from router import AsyncRouter

    async with AsyncRouter.from_file("configs/fallback.yaml") as router:
        answer = await router.images.generate(prompt="a red kite", model="gpt-image-2")

The names are loaded when first used, so that importing the package costs next to nothing.
"""

from importlib import import_module

MODULES = {
    "AsyncImage": "router.answer",
    "AsyncRouter": "router.client",
    "BlockingImage": "router.answer",
    "BlockingImageStream": "router.streams",
    "Image": "router.answer",
    "ImageEvent": "router.events",
    "ImageStream": "router.streams",
    "ImagesResponse": "router.answer",
    "Router": "router.sync",
    "Usage": "router.answer",
    "FetchError": "router.errors",
    "Attempt": "router.core.trace",
    "Decision": "router.core.trace",
    "Observer": "router.core.trace",
    "Trace": "router.core.trace",
    "Kind": "router.core.outcome",
    "Sender": "router.core.ports",
    "Store": "router.core.ports",
    "StoreError": "router.core.ports",
    "ConfigError": "router.config.problems",
    "APIConnectionError": "router.errors",
    "APITimeoutError": "router.errors",
    "AuthenticationError": "router.errors",
    "BadRequestError": "router.errors",
    "BudgetExceededError": "router.errors",
    "CircuitOpenError": "router.errors",
    "ConflictError": "router.errors",
    "ContentPolicyError": "router.errors",
    "InternalServerError": "router.errors",
    "NoImageError": "router.errors",
    "NotFoundError": "router.errors",
    "PermissionDeniedError": "router.errors",
    "QuotaExhaustedError": "router.errors",
    "RateLimitError": "router.errors",
    "RoutingError": "router.errors",
    "UnprocessableEntityError": "router.errors",
    "UnsupportedError": "router.errors",
}

__version__ = "0.1.0"
__all__ = sorted([*MODULES, "__version__"])  # noqa: PLE0605  the stub beside it lists them


def __getattr__(name: str) -> object:
    if name not in MODULES:
        raise AttributeError(f"module 'router' has no attribute {name!r}")
    value = getattr(import_module(MODULES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return list(__all__)
