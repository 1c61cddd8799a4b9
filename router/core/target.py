"""Target: where a request goes, resolved: provider, credential, host, settings."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

RESOURCE_NAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")
"""What may become the first label of a host name; `evil.org#` would become another host."""


def resource_url(name: str) -> str:
    """Return where an Azure resource answers; `name` is a RESOURCE_NAME."""
    return f"https://{name}.openai.azure.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One Azure deployment; `alias` is the model name that picks it."""

    deployment_id: str
    alias: str | None = None
    api_version: str | None = None
    is_default: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """One provider account that can be asked.

    `path` is the target's place in the config. `credential` is a name in the vault, never a
    secret. `base_url` is set when the config names a host of its own (`custom_host`). `options`
    are the provider's own settings by their canonical name, such as `resource_name`,
    `api_version`, `auth_mode`, `organization`, `project`.
    """

    path: str
    provider: str
    credential: str | None = None
    base_url: str | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    deployments: tuple[Deployment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    forward_headers: frozenset[str] = frozenset()
    passthrough: bool = False

    @property
    def identity(self) -> str:
        """Name the account rather than the place: two targets of one account share state by it."""
        deployment = ",".join(d.deployment_id for d in self.deployments)
        resource = self.options.get("resource_name", "")
        return "|".join(
            (self.provider, self.base_url or resource, self.credential or "", deployment)
        )
