"""Greeting: where a gateway is, who may call it, and lines to copy that do."""

import json
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from router.cli.terminal import strong
from router.config.problems import counted
from router.gateway.settings import Settings

MODEL = "gpt-image-2"  # what is asked where a config leaves the model to the caller
PROMPT = "a red kite"
LONGEST = 200  # characters of an answer that are shown: a picture has millions
KEY = "PIXROUTE_API_KEY"
"""The variable in which the lines expect a key where one is needed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Greeting:
    """What is known of a gateway that has begun to serve.

    It listens at `address`, and is called from this machine at `url`.
    """

    url: str
    address: str
    configs: Sequence[str]
    settings: Settings
    workers: int = 1
    is_sandbox: bool = False
    is_local: bool = True
    is_lively: bool = True

    @property
    def config(self) -> str | None:
        """The config that an example has to name."""
        if self.settings.config is not None or not self.configs:
            return None
        return "fallback" if "fallback" in self.configs else self.configs[0]


def greeting(told: Greeting) -> Iterator[str]:
    """Yield the lines; one is enough where nobody watches."""
    if not told.is_lively:
        yield f"the gateway is at {told.address}: {_count(told)}"
        return
    yield f"the gateway is at {strong(told.address)}; Ctrl-C ends it\n"
    yield f"{strong('configs')}  {_configs(told)}"
    yield f"{strong('callers')}  {_callers(told)}"
    yield f"{strong('workers')}  {_workers(told)}\n"
    if told.settings.needs_key:
        yield f"the lines below read your key: export {KEY}=pxr-...\n"
    for name, line in (("curl", _curl), ("Python", _python), ("Node", _node)):
        yield f"{strong(name)}\n  {line(told)}"
    yield f"\nmore at {told.url}/docs"


def _count(told: Greeting) -> str:
    count = len(told.configs)
    configs = counted(count, "config")
    return f"{configs}, in the sandbox" if told.is_sandbox else configs


def _configs(told: Greeting) -> str:
    names = ", ".join(told.configs) if told.configs else "none that can be used"
    return f"{names} (in the sandbox: nothing is paid)" if told.is_sandbox else names


def _callers(told: Greeting) -> str:
    count = len(told.settings.keys)
    if told.settings.needs_key:
        return "those with the API key" if count == 1 else f"those with one of {count} API keys"
    return "anybody on this machine" if told.is_local else "anybody who reaches it (--insecure)"


def _workers(told: Greeting) -> str:
    if told.workers == 1:
        return "1 worker"
    return (
        f"{told.workers} workers: breakers, sticky draws, caches and shared calls are each one's "
        "own, limits of a key are divided among them"
    )


def _curl(told: Greeting) -> str:
    headers = ["-H 'content-type: application/json'"]
    if told.config is not None:
        headers.append(f"-H {shlex.quote(f'x-portkey-config: {told.config}')}")
    if told.settings.needs_key:
        headers.append(f'-H "authorization: Bearer ${KEY}"')
    body = json.dumps({"model": MODEL, "prompt": PROMPT})
    sent = f"{' '.join(headers)} -d '{body}'"
    return f"curl -s {told.url}/v1/images/generations {sent} | head -c {LONGEST}"


def _python(told: Greeting) -> str:
    key = f'os.environ["{KEY}"]' if told.settings.needs_key else '"any"'
    headers = f", default_headers={_headers(told)}" if told.config is not None else ""
    client = f'OpenAI(base_url="{told.url}/v1", api_key={key}{headers})'
    asked = f'{client}.images.generate(model="{MODEL}", prompt="{PROMPT}")'
    program = f"import os; from openai import OpenAI; print(str({asked})[:{LONGEST}])"
    return f"python -c {shlex.quote(program)}"


def _node(told: Greeting) -> str:
    key = f"process.env.{KEY}" if told.settings.needs_key else '"any"'
    headers = f", defaultHeaders: {_headers(told)}" if told.config is not None else ""
    client = f'new OpenAI({{baseURL: "{told.url}/v1", apiKey: {key}{headers}}})'
    asked = f'{client}.images.generate({{model: "{MODEL}", prompt: "{PROMPT}"}})'
    shown = f"then((it) => console.log(JSON.stringify(it).slice(0, {LONGEST})))"
    program = f'const {{OpenAI}} = require("openai"); {asked}.{shown}'
    return f"node -e {shlex.quote(program)}"


def _headers(told: Greeting) -> str:
    """Write the headers so that Python and JavaScript both read them."""
    return json.dumps({"x-portkey-config": told.config})
