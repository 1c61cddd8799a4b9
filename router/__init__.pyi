# The public names, for type checkers; `__init__.py` loads them lazily.
from router.answer import (
    AsyncImage as AsyncImage,
)
from router.answer import (
    BlockingImage as BlockingImage,
)
from router.answer import (
    Image as Image,
)
from router.answer import (
    ImagesResponse as ImagesResponse,
)
from router.answer import (
    Usage as Usage,
)
from router.client import (
    AsyncRouter as AsyncRouter,
)
from router.config.problems import (
    ConfigError as ConfigError,
)
from router.core.outcome import (
    Kind as Kind,
)
from router.core.ports import (
    Sender as Sender,
)
from router.core.ports import (
    Store as Store,
)
from router.core.ports import (
    StoreError as StoreError,
)
from router.core.trace import (
    Attempt as Attempt,
)
from router.core.trace import (
    Decision as Decision,
)
from router.core.trace import (
    Observer as Observer,
)
from router.core.trace import (
    Trace as Trace,
)
from router.errors import (
    APIConnectionError as APIConnectionError,
)
from router.errors import (
    APITimeoutError as APITimeoutError,
)
from router.errors import (
    AuthenticationError as AuthenticationError,
)
from router.errors import (
    BadRequestError as BadRequestError,
)
from router.errors import (
    BudgetExceededError as BudgetExceededError,
)
from router.errors import (
    CircuitOpenError as CircuitOpenError,
)
from router.errors import (
    ConflictError as ConflictError,
)
from router.errors import (
    ContentPolicyError as ContentPolicyError,
)
from router.errors import (
    FetchError as FetchError,
)
from router.errors import (
    InternalServerError as InternalServerError,
)
from router.errors import (
    NoImageError as NoImageError,
)
from router.errors import (
    NotFoundError as NotFoundError,
)
from router.errors import (
    PermissionDeniedError as PermissionDeniedError,
)
from router.errors import (
    QuotaExhaustedError as QuotaExhaustedError,
)
from router.errors import (
    RateLimitError as RateLimitError,
)
from router.errors import (
    RoutingError as RoutingError,
)
from router.errors import (
    UnprocessableEntityError as UnprocessableEntityError,
)
from router.errors import (
    UnsupportedError as UnsupportedError,
)
from router.events import (
    ImageEvent as ImageEvent,
)
from router.streams import (
    BlockingImageStream as BlockingImageStream,
)
from router.streams import (
    ImageStream as ImageStream,
)
from router.sync import (
    Router as Router,
)

__version__: str
__all__ = [
    "APIConnectionError",
    "APITimeoutError",
    "AsyncImage",
    "AsyncRouter",
    "Attempt",
    "AuthenticationError",
    "BadRequestError",
    "BlockingImage",
    "BlockingImageStream",
    "BudgetExceededError",
    "CircuitOpenError",
    "ConfigError",
    "ConflictError",
    "ContentPolicyError",
    "Decision",
    "FetchError",
    "Image",
    "ImageEvent",
    "ImageStream",
    "ImagesResponse",
    "InternalServerError",
    "Kind",
    "NoImageError",
    "NotFoundError",
    "Observer",
    "PermissionDeniedError",
    "QuotaExhaustedError",
    "RateLimitError",
    "Router",
    "RoutingError",
    "Sender",
    "Store",
    "StoreError",
    "Trace",
    "UnprocessableEntityError",
    "UnsupportedError",
    "Usage",
    "__version__",
]
