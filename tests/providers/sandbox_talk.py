"""Through the sandbox: a provider's adapter and its stand-in, in virtual time."""

import io
from dataclasses import replace

import anyio
from PIL import Image
from provider_talk import adapted, target

from router import AsyncRouter, RoutingError
from router.emulators.drawing import drawn_once, fixed
from router.emulators.emulator import World
from router.providers.registry import adapter
from router.sandbox.in_process import SandboxSender
from router.testing import simulate

DRAW = drawn_once()


def through_sandbox(
    provider,
    faults=None,
    *,
    config=None,
    operation="generate",
    cancel_at=None,
    sender=None,
    make=SandboxSender,
    **params,
):
    """One request; returns the answer or the error, the requests sent, and the seconds it took.

    `sender` has settings of the sandbox's sender, which `make` makes.
    """
    target_of = {} if "targets" in (config or {}) else {"provider": provider}
    words = {} if operation == "create_variation" else {"prompt": "a red kite"}

    async def main():
        sandbox = make(**{"draw": DRAW, "faults": faults, **(sender or {})})
        wanted, outcome = {**target_of, **(config or {})}, None
        async with AsyncRouter(wanted, sandbox=True, environment={}, sender=sandbox) as router:
            with anyio.CancelScope() as scope:
                if cancel_at is not None:
                    scope.deadline = anyio.current_time() + cancel_at
                try:
                    outcome = await getattr(router.images, operation)(**{**words, **params})
                except RoutingError as error:
                    outcome = error
        return outcome, list(sandbox.requests), anyio.current_time()

    return simulate(main)


def bought(requests):
    """Return how many requests may have cost something."""
    return sum(one.method == "POST" for one in requests)


def coloured(brief):
    """Draw a picture that shows its seed."""
    out = io.BytesIO()
    Image.new("RGB", (8, 8), (brief.seed % 256, 0, 0)).save(out, "PNG")
    return out.getvalue()


def conversed(emulator, request, authorised):
    """Adapt a request and hold its conversation with an emulator, at its pace.

    `authorised` are the headers that hold the key.
    """
    clock = [1_800_000_000.0]
    world = World(
        now=lambda: clock[0],
        publish=lambda *_: "https://files.test/1.png",
        draw=fixed(b"\x89PNG\r\n\x1a\n"),
    )
    provider = emulator.provider
    params, _ = adapted(provider, request)
    flow = adapter(provider).flow(request.with_params(params), target(provider))
    response = None
    while True:
        try:
            send = flow.send(response)
        except StopIteration as end:
            return end.value
        clock[0] += send.after
        headers = {**send.request.headers, **authorised}
        response = emulator.handle(replace(send.request, headers=headers), world)
