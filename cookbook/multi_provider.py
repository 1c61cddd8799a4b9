"""Several providers, one call: what `make demo` runs.

Four requests, with what served each picture and why. The built-in sandbox answers them, so neither
an account nor the internet is needed; `--live` asks OpenAI and Stability themselves.
"""

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path

import yaml

from router import AsyncImage, AsyncRouter, Attempt, Decision, ImagesResponse, RoutingError
from router.core.jsontypes import JSON
from router.sandbox.in_process import SandboxSender

CONFIGS = Path(__file__).resolve().parents[1] / "configs"
KEYS = ("OPENAI_API_KEY", "STABILITY_API_KEY")
INTERRUPTED = 130  # 128 and the number of SIGINT, as shells have it

PROMPT = "Lucy in the sky with diamonds"
SIZE = "1536x1024"
OPENAI: Mapping[str, JSON] = {"provider": "openai", "override_params": {"model": "gpt-image-2"}}
STABILITY: Mapping[str, JSON] = {
    "provider": "stability-ai",
    "override_params": {"model": "stable-image-core"},
}

OUTAGE = "openai/gpt-image-2: 503; stability-ai: 503"
GATEWAY = "http://localhost:8787/v1/images/generations"
NOBODY = "http://127.0.0.1:9/v1"  # the discard port: nobody listens there, so a call fails at once


class Aborted(Exception):
    """The demo cannot go on; the message says why, in one line."""


async def run(folder: Path, *, live: bool) -> None:
    """Send the four requests, and show each answer as it comes."""
    say(introduction(live=live))
    async with open_router(OPENAI, live=live) as router:
        await show("1", "A picture from OpenAI", router, folder)
    async with open_router(STABILITY, live=live) as router:
        await show("2", "The same request, to Stability", router, folder)
    title = "Both share the load and both are down; dall-e-2 is the net below"
    if live:
        title = "Both share the load and neither answers; OpenAI is the net below"
    async with open_router(mission(live=live), live=live, faults=OUTAGE) as router:
        await show("3", title, router, folder)
        await show("4", "The same request once more: the answer is kept", router, folder)
    say(f"\n{bold('Look at the pictures, then go on')}\n")
    for step in next_steps():
        say(step)
    say(f"\n{bold('Or serve them, and ask from another terminal, in any language')}\n")
    for step in gateway_steps():
        say(step)


def open_router(
    config: Mapping[str, JSON], *, live: bool, faults: str | None = None
) -> AsyncRouter:
    """Open a router on the providers themselves, or on the sandbox with a script of faults."""
    if live:
        return AsyncRouter(config, observers=[Telling()])
    return AsyncRouter(config, sandbox=True, environment={}, sender=SandboxSender(faults=faults))


def mission(*, live: bool) -> Mapping[str, JSON]:
    """Return configs/mission.yaml with a cache around it.

    Real providers do not fail when asked to, so live the first two are looked for where nobody
    listens; and as dall-e-2 is gone at OpenAI since May 2026, gpt-image-2 takes its place.
    """
    config = yaml.safe_load((CONFIGS / "mission.yaml").read_text(encoding="utf-8"))
    if live:
        for target in config["targets"][0]["targets"]:
            target["custom_host"] = NOBODY
        config["targets"][1]["override_params"]["model"] = "gpt-image-2"
    return {**config, "cache": {"mode": "simple", "max_age": 3600}}


async def show(number: str, title: str, router: AsyncRouter, folder: Path) -> None:
    """Send the request; keep its picture, and tell where it is and how it came about."""
    say(f"\n{bold(f'{number}  {title}')}\n")
    began = time.perf_counter()
    try:
        answer = await router.images.generate(prompt=PROMPT, size=SIZE)
    except RoutingError as error:
        say(str(error.trace))
        raise Aborted(f"request {number} failed: {error.status_code} {error.message}") from None
    took = time.perf_counter() - began
    path = await keep(answer, number, folder)
    say(f"{path}  {described(answer.data[0], path)}, {took:.2f} s\n")
    say(str(answer.trace))


async def keep(answer: ImagesResponse[AsyncImage], number: str, folder: Path) -> Path:
    """Write the first picture to a file, named after who made it."""
    served = answer.trace.served
    maker = served.provider if served else "cache"
    content = await answer.data[0].read()
    media = answer.data[0].media
    path = folder / f"{number}-{maker}.{media.format if media else 'png'}"
    try:
        path.write_bytes(content)
    except OSError as error:
        raise Aborted(f"cannot write {path}: {error.strerror}") from None
    return path


def described(image: AsyncImage, path: Path) -> str:
    """Say what a picture is: size, type and weight."""
    media, weight = image.media, f"{path.stat().st_size / 1000:.0f} kB"
    return f"{media.width}x{media.height} {media.format.upper()}, {weight}" if media else weight


class Telling:
    """Says whom the router waits for: real pictures take half a minute."""

    def decided(self, decision: Decision) -> None: ...

    def attempt_started(self, attempt: Attempt) -> None:
        say(f"asking {attempt.provider} {attempt.model or ''} ...")

    def attempt_ended(self, attempt: Attempt) -> None: ...


def introduction(*, live: bool) -> str:
    """Say in one line who answers."""
    if live:
        return "Asking OpenAI and Stability themselves; three pictures will be billed."
    if all(os.environ.get(key) for key in KEYS):
        return "Answered by the built-in sandbox; keys are set, so --live would ask the providers."
    return "Answered by the built-in sandbox: no account, no internet."


def next_steps() -> Iterator[str]:
    """Commands to copy, as they work from the current folder."""
    programs, configs = Path(sys.executable).parent, Path(os.path.relpath(CONFIGS))
    pixroute, python = shown(programs / "pixroute"), shown(Path(sys.executable))
    example = shown(configs / "mission.yaml")
    yield f"{pixroute} check --sandbox {shown(configs)}"
    yield f'{pixroute} generate "a red kite" --config {example} --sandbox'
    yield f"{pixroute} init my-pictures"
    yield f"{pixroute} sandbox --port 8080"
    yield (
        f"{python} -c '\n"
        "from router import Router\n"
        f'with Router.from_file("{example}", sandbox=True) as router:\n'
        '    answer = router.images.generate(prompt="a red kite")\n'
        "print(answer.trace)'"
    )


def gateway_steps() -> Iterator[str]:
    """Commands that serve the same configs to any client, and ask as some do."""
    programs, configs = Path(sys.executable).parent, Path(os.path.relpath(CONFIGS))
    yield f"{shown(programs / 'pixroute')} serve --configs {shown(configs)} --sandbox"
    yield (
        f"curl {GATEWAY} -o answer.json \\\n"
        "  -H 'content-type: application/json' -H 'x-portkey-config: mission' \\\n"
        """  -d '{"prompt": "a red kite"}'"""
    )
    yield (
        f"{shown(Path(sys.executable))} -c '\n"
        "import base64, httpx\n"
        f'answer = httpx.post("{GATEWAY}", timeout=600,\n'
        '    json={"prompt": "a red kite"}, headers={"x-portkey-config": "mission"})\n'
        'picture = base64.b64decode(answer.json()["data"][0]["b64_json"])\n'
        """open("kite-from-python.png", "wb").write(picture)'"""
    )
    yield (
        "node -e '\n"
        f'fetch("{GATEWAY}", {{method: "POST",\n'
        '  headers: {"content-type": "application/json", "x-portkey-config": "mission"},\n'
        '  body: JSON.stringify({prompt: "a red kite"})})\n'
        "  .then(answer => answer.json())\n"
        '  .then(({data}) => require("fs").writeFileSync("kite-from-node.png",\n'
        """    Buffer.from(data[0].b64_json, "base64")))'"""
    )


def shown(path: Path) -> str:
    """Write a path from here where it is below here, else whole."""
    if not path.is_absolute():
        return str(path)
    return str(path.relative_to(Path.cwd())) if path.is_relative_to(Path.cwd()) else str(path)


def prepare(folder: Path, *, live: bool) -> None:
    """Make sure of what is needed before anything is asked for."""
    missing = [key for key in KEYS if not os.environ.get(key)] if live else []
    if missing:
        raise Aborted(f"--live needs {' and '.join(missing)} in the environment")
    if not live and find_spec("PIL") is None:
        raise Aborted("the sandbox draws with Pillow; install it: pip install 'pixroute[demo]'")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Aborted(f"cannot make the folder {folder}: {error.strerror}") from None


def bold(text: str) -> str:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return text if plain or not sys.stdout.isatty() else f"\x1b[1m{text}\x1b[0m"


def say(text: str) -> None:
    print(text, flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Pictures from several providers by one call.")
    parser.add_argument("--live", action="store_true", help="ask the providers, not the sandbox")
    parser.add_argument(
        "--out", type=Path, default=Path("demo-pictures"), help="where pictures go (%(default)s)"
    )
    given = parser.parse_args(arguments)
    live = given.live or os.environ.get("PIXROUTE_LIVE", "0") not in {"", "0"}
    try:
        prepare(given.out, live=live)
        asyncio.run(run(given.out, live=live))
    except Aborted as reason:
        print(f"error: {reason}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:  # whoever read the output has left, as `head -1` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0


if __name__ == "__main__":
    sys.exit(main())
