"""Worker: one client library in a process of its own, timed by command.

    python benchmarks/worker.py KIND PORT

KIND is httpx, httpx2 or aiohttp (each bare, as our sender, and under the router), openai or
litellm. Commands and figures are lines of JSON. Nothing is imported that the kind does not need,
as LiteLLM has an environment without us.
"""

import asyncio
import gc
import json
import resource
import statistics
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from payloads import MODEL, PROMPT, QUESTION

Ask: TypeAlias = Callable[[str], Awaitable[object]]
"""Asks for a picture, "small" or "big", and returns whatever keeps it in memory."""

Config: TypeAlias = "dict[str, int | float | str | list[Config] | Config]"

KEY = "sk-benchmark"
HEADERS = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
WARM_UP = 5  # requests before the clock runs


def base_url(port: int, size: str) -> str:
    return f"http://127.0.0.1:{port}/{size}/v1"


def three_levels(host: str) -> Config:
    """Write a config: fallback over load balance over targets with retry, timeout and breaker."""
    target: Config = {"provider": "openai", "api_key": KEY, "custom_host": host}
    return {
        "strategy": {"mode": "fallback"},
        "retry": {"attempts": 2},
        "request_timeout": 60_000,
        "targets": [
            {
                "strategy": {"mode": "loadbalance", "cb_config": {"failure_threshold": 5}},
                "targets": [{**target, "weight": 0.7}, {**target, "weight": 0.3}],
            },
            target,
        ],
    }


def bare_httpx(library: str, port: int, closing: AsyncExitStack) -> Ask:
    client = import_module(library).AsyncClient(timeout=None)
    closing.push_async_callback(client.aclose)

    async def ask(size: str) -> object:
        url = f"{base_url(port, size)}/images/generations"
        response = await client.post(url, content=QUESTION, headers=HEADERS)
        return response.content

    return ask


def bare_aiohttp(port: int, closing: AsyncExitStack) -> Ask:
    import aiohttp

    session = aiohttp.ClientSession()
    closing.push_async_callback(session.close)

    async def ask(size: str) -> object:
        url = f"{base_url(port, size)}/images/generations"
        async with session.post(url, data=QUESTION, headers=HEADERS) as response:
            return await response.read()

    return ask


def ours(kind: str, port: int, closing: AsyncExitStack) -> dict[str, Ask]:
    """Return our sender alone, and the router above it."""
    from router import AsyncRouter
    from router.core.http import HttpRequest
    from router.core.ports import Sender
    from router.senders.httpx_sender import HttpxSender

    sender: Sender
    if kind == "aiohttp":
        from router.senders.aiohttp_sender import AiohttpSender

        sender = AiohttpSender()
    else:
        sender = HttpxSender(library="httpx2" if kind == "httpx2" else "httpx")
    closing.push_async_callback(sender.aclose)
    requests = {
        size: HttpRequest(
            method="POST",
            url=f"{base_url(port, size)}/images/generations",
            headers=HEADERS,
            body=QUESTION,
        )
        for size in ("small", "big")
    }
    routers = {
        size: AsyncRouter(three_levels(base_url(port, size)), sender=sender)
        for size in ("small", "big")
    }

    async def send(size: str) -> object:
        return await sender.send(requests[size])

    async def route(size: str) -> object:
        return await routers[size].images.generate(prompt=PROMPT, model=MODEL)

    return {"sender": send, "router": route}


def openai(port: int, closing: AsyncExitStack) -> Ask:
    from openai import AsyncOpenAI

    clients = {
        size: AsyncOpenAI(api_key=KEY, base_url=base_url(port, size), max_retries=0)
        for size in ("small", "big")
    }
    for client in clients.values():
        closing.push_async_callback(client.close)

    async def ask(size: str) -> object:
        return await clients[size].images.generate(prompt=PROMPT, model=MODEL)

    return ask


def litellm(port: int) -> Ask:
    from litellm import Router  # type: ignore[import-not-found]

    models = [
        {
            "model_name": size,
            "litellm_params": {
                "model": f"openai/{MODEL}",
                "api_key": KEY,
                "api_base": base_url(port, size),
            },
        }
        for size in ("small", "big")
    ]
    router = Router(model_list=models, num_retries=0)

    async def ask(size: str) -> object:
        answer: object = await router.aimage_generation(prompt=PROMPT, model=size)
        return answer

    return ask


def subjects(kind: str, port: int, closing: AsyncExitStack) -> dict[str, Ask]:
    match kind:
        case "openai":
            return {"client": openai(port, closing)}
        case "litellm":
            return {"client": litellm(port)}
        case "aiohttp":
            return {"client": bare_aiohttp(port, closing), **ours(kind, port, closing)}
        case _:
            return {"client": bare_httpx(kind, port, closing), **ours(kind, port, closing)}


async def timed(asks: Mapping[str, Ask], size: str, requests: int) -> dict[str, float]:
    """Return each subject's median seconds a request; they take turns request by request."""
    for ask in asks.values():
        for _ in range(WARM_UP):
            await ask(size)
    seconds: dict[str, list[float]] = {name: [] for name in asks}
    for _ in range(requests):
        for name, ask in asks.items():
            began = time.perf_counter()
            await ask(size)
            seconds[name].append(time.perf_counter() - began)
    return {name: statistics.median(taken) for name, taken in seconds.items()}


async def burst(ask: Ask, at_once: int) -> dict[str, float]:
    """Return the memory before, and the most there was, in bytes, with all answers kept."""
    for _ in range(WARM_UP):
        await ask("small")
    gc.collect()
    forget_peak()
    idle = memory("VmRSS")
    answers = await asyncio.gather(*(ask("big") for _ in range(at_once)))
    return {"idle": idle, "peak": memory("VmHWM"), "answers": len(answers)}


def memory(field: str) -> float:
    """Read a line of Linux's account of this process; elsewhere only the peak is known."""
    status = Path("/proc/self/status")
    if not status.exists():
        return float(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
    line = next(line for line in status.read_text().splitlines() if line.startswith(field))
    return float(line.split()[1]) * 1024


def forget_peak() -> None:
    """Let Linux count the peak anew."""
    switch = Path("/proc/self/clear_refs")
    if switch.exists():
        switch.write_text("5")


async def main() -> None:
    async with AsyncExitStack() as closing:
        asks = subjects(sys.argv[1], int(sys.argv[2]), closing)
        for line in iter(sys.stdin.readline, ""):
            command = json.loads(line)
            if "burst" in command:
                figures = await burst(asks[command["burst"]], command["at_once"])
            else:
                figures = await timed(asks, command["size"], command["requests"])
            print(json.dumps(figures), flush=True)


if __name__ == "__main__":
    asyncio.run(main())
