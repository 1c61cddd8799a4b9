"""Settings: what an operator says of a gateway, in `gateway.yaml`."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Literal

MEBIBYTE = 1024 * 1024

Keeping = Literal["full", "no_prompt", "metadata"]
"""What the request log keeps: all, all but the prompt, or neither prompt nor pictures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """One caller. `digest` is the SHA-256 of the whole key, in hex: the key itself is nowhere.

    `configs`, `providers` and `virtual_keys` are what it may use; None is all there are. Beside
    `configs` it may use no provider and no virtual key unless they are listed: its requests are
    routed by those configs, or with keys that they bring themselves (`own_provider_keys`).
    `requests` is how many it may make in a minute, `concurrency` how many at once; None is any
    number. `config` is the one that is used where a request names none.
    """

    name: str
    digest: str
    config: str | None = None
    config_override: bool = True
    inline_configs: bool = True
    own_provider_keys: bool = False
    configs: AbstractSet[str] | None = None
    providers: AbstractSet[str] | None = None
    virtual_keys: AbstractSet[str] | None = None
    requests: int | None = None
    concurrency: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """`path` is a SQLite file, beside the settings unless absolute; None keeps no log.

    Records older than `days`, and the oldest beyond `max_bytes`, are deleted.
    """

    path: str | None = None
    keep: Keeping = "metadata"
    days: float = 30.0
    max_bytes: int = 1024 * MEBIBYTE


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactSettings:
    """`directory` is where pictures are kept that clients fetch by a link, for `seconds`."""

    directory: str | None = None
    seconds: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything has a default, so a folder needs no `gateway.yaml`.

    `is_closed` means that `keys` stands in the file, maybe with none in it: where the last one is
    revoked, nobody is let in.
    `config` is used where neither a request nor its key names one. `aliases` are further ids of
    configs (`pc-...`). `allowed_hosts` are those that callers may name as their `custom_host`; an
    Azure resource among them may be asked with the operator's key. `deadline`, and `grace` for a
    caller who has gone, are in seconds. `max_body` is in bytes, `max_in_flight` in requests.
    `own_provider_keys` lets callers bring provider keys where no API keys are configured.
    """

    keys: tuple[ApiKey, ...] = ()
    is_closed: bool = False
    config: str | None = None
    aliases: Mapping[str, str] = field(default_factory=dict)
    allowed_hosts: AbstractSet[str] = frozenset()
    public_url: str | None = None
    cors_origins: tuple[str, ...] = ()
    own_provider_keys: bool = True
    max_in_flight: int = 256
    max_body: int = 64 * MEBIBYTE
    deadline: float = 570.0
    grace: float = 10.0
    log: LogSettings = LogSettings()
    artefacts: ArtefactSettings = ArtefactSettings()

    @property
    def needs_key(self) -> bool:
        """Tell whether only callers with one of the `keys` are served."""
        return self.is_closed or bool(self.keys)


NO_SETTINGS = Settings()
