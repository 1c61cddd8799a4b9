"""LiteLLM: its proxy in an environment of its own, as it shares one with nobody."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from payloads import MODEL, PROMPT
from worker import KEY

from gateway.contender import HOST, Launch, Place, Question

VERSION = "1.106.2"
REQUIREMENT = f"litellm[proxy]=={VERSION}"
FOLDER = Path(__file__).with_name(".venv-litellm")
BINARY = FOLDER / "bin" / "litellm"
CALLER = "sk-caller"

# No download of a price list while it starts, no messages home.
QUIET = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR", "NO_DOCS": "True"}


class LiteLLM:
    name = "litellm"
    title = "LiteLLM proxy"

    def obstacle(self) -> str:
        if BINARY.exists():
            return ""
        print(f"installing {REQUIREMENT} into {FOLDER.name}", file=sys.stderr)
        pip = [str(FOLDER / "bin" / "python"), "-m", "pip", "install", "--quiet", REQUIREMENT]
        try:
            subprocess.run([sys.executable, "-m", "venv", str(FOLDER)], check=True)
            subprocess.run(pip, check=True)
        except (subprocess.CalledProcessError, OSError):
            shutil.rmtree(FOLDER, ignore_errors=True)
            return f"{REQUIREMENT} could not be installed"
        return ""

    def version(self) -> str:
        return VERSION

    def launch(self, place: Place) -> Launch:
        path = place.folder / "config.yaml"
        path.write_text(json.dumps(config(place)))  # JSON is YAML
        address = (f"--host={HOST}", f"--port={place.port}")
        return Launch([str(BINARY), f"--config={path}", *address, "--num_workers=1"], QUIET)

    def question(self, place: Place, size: str) -> Question:
        del place
        headers = {"content-type": "application/json", "authorization": f"Bearer {CALLER}"}
        return Question(
            "/v1/images/generations", headers, json.dumps({"model": size, "prompt": PROMPT})
        )


def config(place: Place) -> dict[str, object]:
    """Write the same three levels in its words: a fallback, two deployments by weight, retries."""
    sizes = ("small", "big")
    return {
        "model_list": [
            *(_deployment(size, place.upstream_url(size), 7) for size in sizes),
            *(_deployment(size, place.upstream_url(size), 3) for size in sizes),
            *(_deployment(f"{size}-again", place.upstream_url(size), 1) for size in sizes),
        ],
        "router_settings": {
            "num_retries": 2,
            "timeout": 60,
            "fallbacks": [{size: [f"{size}-again"]} for size in sizes],
        },
        "general_settings": {"master_key": CALLER},
        "litellm_settings": {"telemetry": False},
    }


def _deployment(name: str, url: str, weight: int) -> dict[str, object]:
    params = {"model": f"openai/{MODEL}", "api_key": KEY, "api_base": url, "weight": weight}
    return {
        "model_name": name,
        "litellm_params": params,
        "model_info": {"mode": "image_generation"},
    }
