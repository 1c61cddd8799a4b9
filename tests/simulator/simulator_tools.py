"""What the simulator's tests share: small scenarios, and runs of them."""

from router.lab.stage import loader_for
from router.simulator.accounts import Accounts
from router.simulator.reading import read_scenario
from router.simulator.results import result_of
from router.simulator.run import play, unwatched

OPENAI = {"provider": "openai", "override_params": {"model": "gpt-image-2"}}
STABILITY = {"provider": "stability-ai", "override_params": {"model": "stable-image-core"}}
TOGETHER = {
    "provider": "together-ai",
    "override_params": {"model": "black-forest-labs/FLUX.1-schnell"},
}
FALLBACK = {"strategy": {"mode": "fallback"}, "targets": [OPENAI, STABILITY]}


def scenario(**parts):
    return read_scenario({"duration": 60, "arrivals": {"constant": 1}, **parts})


def tally_of(config, watch=unwatched, **parts):
    loader = loader_for(Accounts())
    return play(scenario(**parts), loader.load(config), loader, watch)


def simulated(config=FALLBACK, **parts):
    return result_of(tally_of(config, **parts), scenario(**parts), "config.yaml")
