"""Write a provider in twenty lines: teach pixroute an API that it does not know."""
# %% [markdown]
# # Write a provider
#
# *Doodle & Co.* draw one picture a call: `GET https://doodle.example/draw?text=...&side=512`,
# with the key in a header of its own. Twenty lines teach pixroute to speak to them; retries,
# fallbacks, budgets, breakers, the cache and the trace come with it.

# %%
import asyncio
import base64
import html
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from router import AsyncImage, AsyncRouter, ImagesResponse, Kind
from router.core.adapter import Adapter, Becomes, Flow, Rule, Send, exchange
from router.core.http import Auth, HttpRequest, HttpResponse, origin
from router.core.images import ImageRequest, Picture, Pictures
from router.core.jsontypes import JSON
from router.core.outcome import Failure
from router.core.target import Target
from router.testing import Scripted

HOST = "https://doodle.example"

# %% [markdown]
# ## The adapter
#
# An adapter does no I/O: its `flow` *yields* what to send and is handed what came back. It never
# sees the key either. It names the header, and the router fills the key in, for `origins` only.


# %%
@dataclass(frozen=True)
class Doodle(Adapter):
    """Squares only, one a call."""

    provider: str = "doodle"

    def origins(self, target: Target) -> frozenset[str]:
        return frozenset({origin(target.base_url or HOST)})

    def model(self, request: ImageRequest, target: Target) -> str | None:
        return request.model

    def pictures_per_call(self, request: ImageRequest, target: Target) -> int:
        return 1

    def rules(self, request: ImageRequest, target: Target) -> Mapping[str, Rule]:
        return {"size": squared}

    def unknown(self, name: str, request: ImageRequest, target: Target) -> bool:
        return name not in {"prompt", "model", "n", "side"}

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        query = urlencode({"text": request.prompt, "side": request.params.get("side", 512)})
        url = f"{target.base_url or HOST}/draw?{query}"
        response = yield from exchange(HttpRequest(method="GET", url=url, auth=Auth("doodle-key")))
        if response.status != 200:
            return Failure(kind=Kind.SERVER_ERROR, status=response.status, message=response.excerpt)
        return Pictures(created=0, data=(Picture(b64=memoryview(base64.b64encode(response.body))),))


# %% [markdown]
# A *rule* says what a parameter becomes. The note goes into the trace, so nothing is lost silently.


# %%
def squared(value: JSON, params: Mapping[str, JSON]) -> Becomes | None:
    """Turn `WIDTHxHEIGHT` into the side of a square."""
    side = min(int(edge) for edge in str(value).split("x"))
    return Becomes({"side": side}, f"size {value} -> side {side}")


# %% [markdown]
# ## Try it without a network
#
# A flow is a generator, so a test drives it by hand.

# %%
flow = Doodle().flow(
    ImageRequest(params={"prompt": "a sun"}), Target(path="config", provider="doodle")
)
step = next(flow)
assert isinstance(step, Send)
assert step.request.url == "https://doodle.example/draw?text=a+sun&side=512"
print(step.request)

# %% [markdown]
# Here is something that answers as Doodle & Co. would, to put behind the router.


# %%
def doodle(request: HttpRequest) -> HttpResponse:
    """Draw a sun behind a hill, as SVG."""
    query = parse_qs(urlsplit(request.url).query)
    text, side = html.escape(query["text"][0]), int(query["side"][0])
    svg = f"""<svg xmlns="http://www.w3.org/2000/svg" width="{side}" height="{side}"
      viewBox="0 0 100 100"><rect width="100" height="100" fill="#bfe3f5"/>
      <circle cx="66" cy="42" r="17" fill="#f6b93b"/>
      <path d="M0 72 Q30 45 60 70 T100 66 V100 H0Z" fill="#4a9d6f"/>
      <text x="6" y="94" font-family="sans-serif" font-size="6" fill="#fff">{text}</text></svg>"""
    return HttpResponse(status=200, headers={"content-type": "image/svg+xml"}, body=svg.encode())


# %% [markdown]
# ## Route to it
#
# `adapters=` makes it known; configs name it like any other, and its key is `DOODLE_API_KEY`.
# The script lets the first call fail: the retry is nothing that the adapter had to know about.
#
# A package can bring such a provider to everybody who installs it: see [plugin/](plugin/).

# %%
CONFIG: Mapping[str, JSON] = {"provider": "doodle", "retry": {"attempts": 1}}


async def main() -> ImagesResponse[AsyncImage]:
    router = AsyncRouter(
        CONFIG,
        adapters=[Doodle()],
        environment={"DOODLE_API_KEY": "dk-1"},
        sender=Scripted(503, doodle),
    )
    async with router:
        return await router.images.generate(prompt="a sun behind a hill", size="640x400")


answer = asyncio.run(main())

# %%
print(answer)

# %%
print(answer.trace)
