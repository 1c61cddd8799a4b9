"""The gateways that real clients talk to: their folders, and the process that serves them."""

import os
import re
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from router.gateway.keys import digest_of

LOCAL = re.compile(r"http://127\.0\.0\.1:[0-9]+")
SCRIPT = Path(__file__).with_name("serve_for_clients.py")

APP = "pxr-app-0123456789"
PLAIN = "pxr-plain-0123456789"  # may bring no provider keys
BOUND = "pxr-bound-0123456789"  # routes by its own config
PROD = "pxr-prod-0123456789"  # has a config where a request names none

OPERATOR = {
    "OPENAI_API_KEY": "sk-operator-openai",
    "STABILITY_API_KEY": "sk-operator-stability",
    "RECRAFT_API_KEY": "sk-operator-recraft",
    "AZURE_OPENAI_API_KEY": "sk-operator-azure",
}
"""What plain providers are asked with, where a caller brings nothing."""

KEYS = """
openai-prod: {provider: openai, api_key: sk-stored-prod}
openai-vk: {provider: openai, api_key: sk-stored-vk}
stability-prod: {provider: stability-ai, api_key: sk-stored-stability}
"""

CONFIGS = {
    "default": "{virtual_key: openai-prod}",
    "shop": "{virtual_key: openai-vk, override_params: {model: gpt-image-1.5}}",
    "cached": "{virtual_key: openai-prod, cache: {mode: simple}}",
    "forwarding": "{virtual_key: openai-prod, forward_headers: [X-My-Header]}",
    "own-host": "{provider: openai-compatible, custom_host: UPSTREAM/v1, api_key: sk-stored-own}",
    "by-user": """
strategy:
  mode: conditional
  conditions: [{query: {metadata._user: {$eq: Zoë}}, then: hers}]
  default: everyone
targets:
  - {name: hers, virtual_key: openai-vk}
  - {name: everyone, virtual_key: openai-prod}
""",
    "sd-to-dalle": """
strategy: {mode: fallback}
targets:
  - {virtual_key: stability-prod, override_params: {model: stable-diffusion-v1-6}}
  - {virtual_key: openai-vk, override_params: {model: dall-e-3}}
""",
}

SETTINGS = """

aliases: {pc-shop-1a2b3c: shop}
allowed_hosts: [127.0.0.1, pictures.openai.azure.com]
"""


@dataclass(frozen=True)
class Served:
    """Where a gateway is."""

    root: str

    @property
    def url(self):
        return f"{self.root}/v1"


def furnish(folder, upstream, settings):
    """Write a workspace."""
    folder.mkdir()
    (folder / "virtual-keys.yaml").write_text(KEYS, "utf-8")
    (folder / "gateway.yaml").write_text(settings, "utf-8")
    for name, config in CONFIGS.items():
        (folder / f"{name}.yaml").write_text(config.replace("UPSTREAM", upstream), "utf-8")
    return folder


def with_keys():
    """Return the settings of a gateway that knows its callers."""

    def digest(key):
        return f"sha256:{digest_of(key)}"

    return f"""{SETTINGS}
keys:
  app: {{digest: "{digest(APP)}", own_provider_keys: true}}
  plain: {{digest: "{digest(PLAIN)}"}}
  prod: {{digest: "{digest(PROD)}", config: default}}
  bound: {{digest: "{digest(BOUND)}", config: shop, config_override: false}}
"""


@contextmanager
def serving(upstream, *folders):
    """Serve workspaces in one process; yield where they are."""
    process = subprocess.Popen(
        [sys.executable, SCRIPT, upstream, *folders],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env={**os.environ, **OPERATOR},
        text=True,
    )
    with process:
        ports = process.stdout.readline().split()
        assert len(ports) == len(folders), "the gateways did not begin to serve"
        yield [Served(f"http://127.0.0.1:{port}") for port in ports]
        process.communicate(timeout=20)


@contextmanager
def commanded(folder):
    """Serve a workspace by `pixroute serve`; yield where it is."""
    process = subprocess.Popen(
        [sys.executable, "-m", "router", "serve", "--configs", folder, "--port", "0", "--quiet"],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    with process:
        told = ""
        while (found := LOCAL.search(told)) is None:
            line = process.stderr.readline()
            assert line, told
            told += line
        yield Served(found[0])
        process.terminate()
