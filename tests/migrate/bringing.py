"""Bringing: a source imported, and its config played on the stage."""

import textwrap

import anyio

from router.emulators.drawing import drawn_once
from router.lab.stage import Stage, loader_for
from router.migrate.importing import bring
from router.options import RequestOptions
from router.sandbox.environment import SandboxEnvironment
from router.sandbox.fault_script import parse_faults
from router.sandbox.faults import Faults
from router.testing import simulate

DRAW = drawn_once()  # one picture for each model and size is enough
ENVIRONMENT = {"AZURE_API_BASE": "https://atelier.openai.azure.com"}

LONE = """
model_list:
  - {model_name: pictures, litellm_params: {model: openai/gpt-image-1}}
"""
PICTURES = {"model": "pictures"}


def imported(source, kind=None):
    """Import a text, indented as it may be."""
    return bring(textwrap.dedent(source).strip() + "\n", kind)


def play(source, *requests, faults="", kind=None, seconds=0.0, waits=0.0, seed=0):
    """Import a source and send requests, `waits` seconds apart; return what became of each."""
    text = source if "by pixroute import" in source else imported(source, kind).text
    loader = loader_for(SandboxEnvironment(ENVIRONMENT))
    loaded = loader.load(text)

    async def main():
        stage = Stage(
            loaded=loaded,
            loader=loader,
            fate=Faults(parse_faults(faults or None)),
            latency=lambda *_: seconds,
            seed=seed,
            draw=DRAW,
        )
        tried = []
        for request in requests or ({},):
            params = {"prompt": "a red kite", **request}
            options = RequestOptions(metadata=params.pop("metadata", {}))
            tried.append(await stage.ask(params, options=options))
            await anyio.sleep(waits)
        return tried

    return simulate(main)


def told(tried):
    """Return a request's attempts as `provider status`, in the order they began."""
    return [f"{one.provider} {one.status}" for one in tried.trace.attempts]
