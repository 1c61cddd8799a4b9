"""Gateway: this one, with everything on that an operator would have on.

Its lines on standard output are off, as those of the others are; its request log is not.
"""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

from payloads import QUESTION
from worker import three_levels

from gateway.contender import HOST, Launch, Place, Question
from router.gateway.keys import digest_of, written

ROOT = Path(__file__).parents[2]
CALLER = "pxr-benchmark-0123456789abcdef0123456789abcdef"


class Gateway:
    name = "pixroute"
    title = "this gateway"

    def obstacle(self) -> str:
        command = [sys.executable, "-m", "router", "serve", "--help"]
        if subprocess.run(command, cwd=ROOT, check=False, capture_output=True).returncode:
            return "`pixroute serve` does not start"
        return ""

    def version(self) -> str:
        return version("pixroute")

    def launch(self, place: Place) -> Launch:
        """Write a workspace: two configs, a caller's key, a request log of metadata."""
        workspace = place.folder / "workspace"
        workspace.mkdir()
        for size in ("small", "big"):
            config = three_levels(place.upstream_url(size))
            (workspace / f"{size}.yaml").write_text(json.dumps(config))  # JSON is YAML
        settings = {
            "keys": {"caller": {"digest": written(digest_of(CALLER))}},
            "log": {"path": "requests.db", "keep": "metadata"},
        }
        (workspace / "gateway.yaml").write_text(json.dumps(settings))
        command = [sys.executable, "-m", "router", "serve", f"--configs={workspace}"]
        return Launch(
            [*command, f"--host={HOST}", f"--port={place.port}", "--workers=1", "--quiet"],
            {"PYTHONPATH": os.fspath(ROOT)},
        )

    def question(self, place: Place, size: str) -> Question:
        del place
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {CALLER}",
            "x-portkey-config": size,
        }
        return Question("/v1/images/generations", headers, QUESTION.decode())
