"""Toys: a provider that speaks OpenAI's shape, routes without ceremony, and one run of a tree."""

import asyncio
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from router.compiler import compile_document
from router.config.model import (
    BreakerSettings,
    BudgetSettings,
    ConditionalSettings,
    ConditionSettings,
    Document,
    FallbackSettings,
    GroupRoute,
    LoadBalanceSettings,
    RetrySettings,
    Settings,
    Single,
    TargetRoute,
)
from router.core.adapter import Ability, Adapter, exchange
from router.core.catalog import ModelFacts
from router.core.context import CacheWish, Context, Dice
from router.core.http import BEARER, HttpRequest, HttpResponse, origin
from router.core.images import ImageRequest
from router.core.openai_shape import parse_answer
from router.core.outcome import Failure, Kind, Outcome
from router.core.provider import ProviderInfo
from router.core.secret import Credentials, Secret
from router.core.shared import Shared
from router.core.trace import Attempt, Trace
from router.stores.memory import MemoryStore
from router.testing import Scripted, simulate

CAT = ImageRequest(params={"prompt": "a cat", "model": "gpt-image-2"})
EPOCH = 1_700_000_000.0  # what the wall clock shows when virtual time begins
SECRET = "sk-swordfish-1234567890"

KINDS = {
    401: Kind.AUTH,
    402: Kind.QUOTA_EXHAUSTED,
    403: Kind.AUTH,
    429: Kind.RATE_LIMITED,
    503: Kind.OVERLOADED,
    529: Kind.OVERLOADED,
}


@dataclass(frozen=True)
class Toy(Adapter):
    """A provider with one endpoint at `https://{provider}.test`, like OpenAI's."""

    provider: str = "a"
    most: int = 10
    rule_by_name: Mapping = field(default_factory=dict)
    unknown_names: frozenset = frozenset()
    operations: frozenset = frozenset({"generate", "edit", "variation"})
    known: ModelFacts | None = None

    def origins(self, target):
        return frozenset({origin(target.base_url or f"https://{self.provider}.test")})

    def model(self, request, target):
        return request.model

    def facts(self, request, target):
        return self.known

    def ability(self, request, target):
        return Ability(why_not="" if request.operation in self.operations else "a toy cannot")

    def pictures_per_call(self, request, target):
        return self.most

    def rules(self, request, target):
        return self.rule_by_name

    def unknown(self, name, request, target):
        return name in self.unknown_names

    def flow(self, request, target):
        base = target.base_url or f"https://{self.provider}.test"
        body = json.dumps(dict(request.params), default=dict).encode()
        response = yield from exchange(
            HttpRequest(method="POST", url=f"{base}/v1/images", body=body, auth=BEARER)
        )
        return read(response)


def read(response: HttpResponse):
    """Read an answer as the toys give it."""
    if response.status == 200:
        return parse_answer(response.body)
    error = json.loads(response.body)["error"]
    after = response.headers.get("retry-after")
    return Failure(
        kind=kind_of(response.status, error["code"]),
        status=response.status,
        message=error["message"],
        billed=None if response.status >= 500 else False,
        code=error["code"],
        retry_after=None if after is None else float(after),
    )


def kind_of(status, code=None):
    if code == "moderation_blocked":
        return Kind.REFUSED
    return KINDS.get(status, Kind.SERVER_ERROR if status >= 500 else Kind.BAD_REQUEST)


class Providers:
    """A sender that hands each request to the sender named as the first part of its host."""

    def __init__(self, **senders):
        self.senders = senders
        self.asked = []

    async def send(self, request):
        name = request.url.split("//")[1].split(".")[0].split(":")[0]
        self.asked.append(name)
        return await self.senders[name].send(request)

    async def aclose(self):
        for sender in self.senders.values():
            await sender.aclose()


class Keys:
    """A vault that holds what it is given."""

    def __init__(self, **credentials):
        self._credentials = credentials

    async def credentials(self, name):
        if name not in self._credentials:
            raise LookupError(f"virtual key {name!r} is not known")
        return self._credentials[name]


VAULT = Keys(key=Credentials(key=Secret(SECRET)))


def context(sender, **changes) -> Context:
    """Make a context for one request; to be called while a loop runs."""
    loop = asyncio.get_running_loop()
    fields = {
        "sender": sender,
        "store": MemoryStore(),
        "vault": VAULT,
        "trace": Trace("trace"),
        "dice": Dice("seed"),
        "now": lambda: EPOCH + loop.time(),
        "shared": Shared(),
        "began": loop.time(),
        "cache": CacheWish(),
    }
    return Context(**(fields | changes))


def again(ctx: Context, **changes) -> Context:
    """Make the context of a later request to the same router."""
    fields = {"sender": ctx.sender, "store": ctx.store, "vault": ctx.vault, "shared": ctx.shared}
    return context(**(fields | changes))


@dataclass(frozen=True)
class Run:
    """What one request came to."""

    outcome: Outcome
    trace: Trace
    sender: object
    took: float

    @property
    def status(self) -> int:
        return status(self.outcome)

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        return self.trace.attempts

    @property
    def statuses(self) -> list[int]:
        return [attempt.status for attempt in self.attempts]

    @property
    def asked(self) -> list[str]:
        return [attempt.provider for attempt in self.attempts]


def status(outcome: Outcome) -> int:
    return outcome.status if isinstance(outcome, Failure) else 200


async def ask(node, sender, request=CAT, **changes) -> Run:
    """Execute one request in the running loop."""
    ctx = context(sender, **changes)
    began = ctx.time()
    outcome = await node.execute(request, ctx)
    return Run(outcome, ctx.trace, sender, ctx.time() - began)


def run(node, *steps, request=CAT, sender=None, **changes) -> Run:
    """Execute one request in virtual time against a script."""

    async def main():
        return await ask(node, sender or Scripted(*steps), request, **changes)

    return simulate(main)


def error(status, **fields) -> HttpResponse:
    """Return an error in the shape that `read` understands."""
    headers = {}
    if "retry_after" in fields:
        headers["retry-after"] = str(fields.pop("retry_after"))
    said = {"message": f"toy {status}", "code": None, **fields}
    return HttpResponse(status=status, headers=headers, body=json.dumps({"error": said}).encode())


REFUSAL = error(400, code="moderation_blocked", message="the prompt was refused")


# Routes. Their paths are given when they are compiled.


def target(provider="a", *, weight=1.0, name=None, budget=None, cache=None, limit=None, **more):
    """One target; what is no field of a route is one of its settings."""
    fields = {k: more.pop(k) for k in tuple(more) if k in ROUTE_FIELDS}
    return TargetRoute(
        path="",
        provider=provider,
        credential="key",
        weight=weight,
        name=name,
        budget=budget,
        cache=cache,
        limit=limit,
        settings=Settings(**more),
        **fields,
    )


ROUTE_FIELDS = {"base_url", "options", "deployments", "passthrough"}


def group(strategy, *targets, **more):
    return GroupRoute(path="", strategy=strategy, targets=targets, **more)


def single(child, **more):
    return group(Single(), child, **more)


def fallback(*targets, codes=None, refusals=False, top_up=False, **more):
    settings = FallbackSettings(codes=codes, refusals=refusals, top_up=top_up)
    return group(settings, *targets, **more)


def balance(
    *targets, sticky=None, failover=False, codes=None, refusals=False, top_up=False, **more
):
    settings = LoadBalanceSettings(
        sticky=sticky, failover=failover, codes=codes, refusals=refusals, top_up=top_up
    )
    return group(settings, *targets, **more)


def conditional(*targets, queries, default, **more):
    """Query number k chooses target number k."""
    conditions = tuple(
        ConditionSettings(query=query, then=then) for then, query in enumerate(queries)
    )
    return group(ConditionalSettings(conditions=conditions, default=default), *targets, **more)


def retry(retries, **more):
    return RetrySettings(retries=retries, **more)


def breaker(threshold=3, **more):
    return BreakerSettings(threshold=threshold, **more)


def budget(attempts=None, deadline=None, **more):
    return BudgetSettings(attempts=attempts, deadline=deadline, **more)


def placed(route, path="config"):
    """Write every route's place in the config into it."""
    if isinstance(route, TargetRoute):
        return replace(route, path=path)
    children = (placed(t, f"{path}.targets[{i}]") for i, t in enumerate(route.targets))
    return replace(route, path=path, targets=tuple(children))


def compiled(route, *, adapters=None, keys=None, providers=(), scope="tests", hides_keys=False):
    """Compile a route; a provider that is not in `adapters` is a plain toy."""
    known = adapters or {}
    return compile_document(
        Document(route=placed(route), keys=keys or {}, source="toys"),
        providers=[ProviderInfo(name=name, key_variable=name.upper()) for name in providers],
        adapter_of=lambda name: known.get(name, Toy(name)),
        scope=scope,
        hides_keys=hides_keys,
    )


FOREVER = math.inf
