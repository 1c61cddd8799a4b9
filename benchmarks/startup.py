"""Startup: how long a process takes until it can work, and what it has loaded by then.

python benchmarks/startup.py
"""

import os
import subprocess
import sys
import time
from collections.abc import Mapping

from measuring import PEERS, interleaved, medians

IMPORT = "from router import AsyncRouter"

FIRST_ANSWER = """
import asyncio
from router import AsyncRouter

async def main():
    async with AsyncRouter({"provider": "openai"}, sandbox=True) as router:
        await router.images.generate(prompt="a cat", model="gpt-image-1")

asyncio.run(main())
"""

QUIET = {**os.environ, "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
"""LiteLLM would download its price list while the clock runs."""

HEAVY = (
    "PIL", "aiohttp", "click", "h11", "httpcore", "httpcore2", "httpx", "httpx2", "jsonschema",
    "numpy", "openai", "pydantic", "rich", "tenacity", "yaml",
)  # fmt: skip

CODE = {"pass": "pass", "import": IMPORT, "first_answer": FIRST_ANSWER, "openai": "import openai"}


class StartTime:
    """Seconds from the start of a process to its end."""

    def __init__(self, name: str, code: str, python: str = sys.executable) -> None:
        self._name = f"startup.{name}"
        self._command = [python, "-c", code]

    def measure(self) -> Mapping[str, float]:
        began = time.perf_counter()
        subprocess.run(self._command, check=True, env=QUIET)
        return {self._name: time.perf_counter() - began}


def start_times() -> list[StartTime]:
    subjects = [StartTime(name, code) for name, code in CODE.items()]
    if PEERS.exists():
        subjects.append(StartTime("litellm", "from litellm import Router", str(PEERS)))
    for subject in subjects:
        subject.measure()  # once unmeasured, so that everything is compiled and cached
    return subjects


def loaded_modules(code: str) -> list[str]:
    """Name the heavy packages, and the providers, that a process has loaded at its end."""
    tell = (
        f"\nimport sys; print([m for m in sorted(sys.modules) if m in {HEAVY!r}"
        " or m.startswith('router.providers.')])"
    )
    said = subprocess.run(
        [sys.executable, "-c", code + tell], check=True, capture_output=True, text=True
    )
    names: list[str] = [name.strip("' ") for name in said.stdout.strip()[1:-1].split(",")]
    return [name for name in names if name]


if __name__ == "__main__":
    for name, seconds in medians(interleaved(start_times())).items():
        print(f"{name:22} {seconds * 1e3:7.1f} ms")
    print("after the import:", ", ".join(loaded_modules(IMPORT)) or "nothing heavy")
    print("after an answer: ", ", ".join(loaded_modules(FIRST_ANSWER)))
