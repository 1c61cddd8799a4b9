"""Errands: taken to a scripted provider in virtual time."""

import anyio

from router import AsyncRouter
from router.cli.carrier import Carrier
from router.cli.errand import Errand, Output
from router.cli.progress import Silent
from router.testing import Scripted, simulate

OPENAI = {"provider": "openai", "api_key": "sk-x", "override_params": {"model": "gpt-image-2"}}


class Watch(Silent):
    """Notes when each partial picture came, and which files there were then."""

    def __init__(self):
        self.seen = []

    def pictured(self, partial):
        files = sorted(path.name for path in partial.path.parent.iterdir())
        self.seen.append((anyio.current_time(), files))


def errand(folder, *, output=Output.TEXT, **params):
    """Return an errand for a red kite, streamed with two partial pictures unless told otherwise."""
    return Errand(
        operation="generate",
        params={"prompt": "a red kite", "stream": True, "partial_images": 2, **params},
        given={},
        name="red-kite",
        config=OPENAI,
        metadata={},
        provider=None,
        folder=folder,
        sandbox=False,
        faults=None,
        environment={},
        timeout=None,
        output=output,
    )


def carried(folder, *steps, config=OPENAI, times=1, **wishes):
    """Take an errand to a provider that answers so; return what was seen and the exit code.

    With `times` it is taken there as often, and the last exit code counts.
    """
    watch = Watch()

    async def main():
        async with AsyncRouter(config, sender=Scripted(*steps), environment={}) as router:
            codes = [
                await Carrier(errand(folder, **wishes), watch).take_to(router) for _ in range(times)
            ]
        return codes[-1]

    return watch.seen, simulate(main)
