"""Portkey: its open-source gateway on Node, asked with the config in a header."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

from payloads import QUESTION
from worker import three_levels

from gateway.contender import Launch, Place, Question

HERE = Path(__file__).parent
PACKAGE = "@portkey-ai/gateway"
VERSION = "1.15.2"
FOLDER = HERE / "node_modules" / PACKAGE
INSTALL = ("install", "--no-save", "--no-package-lock", "--no-audit", "--no-fund", "--silent")


class Portkey:
    name = "portkey"
    title = "Portkey gateway"

    def obstacle(self) -> str:
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            return "node and npm are not installed"
        if FOLDER.exists():
            return ""
        print(f"installing {PACKAGE}@{VERSION} into node_modules", file=sys.stderr)
        command = [npm, *INSTALL, "--prefix", str(HERE), f"{PACKAGE}@{VERSION}"]
        if subprocess.run(command, check=False).returncode:
            return f"npm could not install {PACKAGE}@{VERSION}"
        return ""

    def version(self) -> str:
        told: dict[str, str] = json.loads((FOLDER / "package.json").read_text())
        node = subprocess.run(["node", "--version"], check=True, capture_output=True, text=True)
        return f"{told['version']}, node {node.stdout.strip().removeprefix('v')}"

    def launch(self, place: Place) -> Launch:
        script = FOLDER / "build" / "start-server.js"
        return Launch(
            ["node", str(script), f"--port={place.port}", "--headless"],
            {"NODE_ENV": "production"},
        )

    def question(self, place: Place, size: str) -> Question:
        config = json.dumps(three_levels(place.upstream_url(size)))
        headers = {"content-type": "application/json", "x-portkey-config": config}
        return Question("/v1/images/generations", headers, QUESTION.decode())
