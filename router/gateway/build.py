"""Build: a folder becomes a gateway, in each worker anew."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from router.artefacts.stores import DataUrls
from router.core.ports import Sender
from router.engine import Engine
from router.gateway.admission import Admission
from router.gateway.app import Gateway
from router.gateway.call import Desk
from router.gateway.choosing import Chooser
from router.gateway.exchange import Recorder
from router.gateway.folder import Folder
from router.workspace import Loader

SHIPPED = ("balance.yaml", "fallback.yaml", "routes.yaml", "virtual-keys.yaml")
"""Templates that make a workspace."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """How a gateway is served. Without a `folder` the sandbox serves the shipped examples."""

    folder: str | None = None
    sandbox: bool = False
    workers: int = 1

    @property
    def path(self) -> Path:
        shipped = Path(str(files("router.cli") / "templates"))
        return shipped if self.folder is None else Path(self.folder)


def build_gateway(serving: Serving, recorders: tuple[Recorder, ...] = ()) -> Gateway:
    loader = _loader(serving)
    folder = Folder(serving.path, loader)
    engine = Engine(sender=_sender(serving), artefacts=DataUrls())
    desk = Desk(
        engine=engine,
        chooser=Chooser(loader),
        admission=Admission(serving.workers),
        recorders=recorders,
    )
    return Gateway(folder=folder, desk=desk, workers=serving.workers)


def _loader(serving: Serving) -> Loader:
    environment: Mapping[str, str] = os.environ
    if serving.sandbox:
        from router.sandbox.environment import SandboxEnvironment

        environment = SandboxEnvironment(environment)
    keys = serving.path / "virtual-keys.yaml"
    return Loader(environment=environment, virtual_keys=keys if keys.is_file() else None)


def _sender(serving: Serving) -> Sender:
    if serving.sandbox:
        from router.sandbox.in_process import SandboxSender

        return SandboxSender()
    from router.senders.aiohttp_sender import AiohttpSender

    return AiohttpSender()
