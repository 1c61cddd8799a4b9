"""Build: a folder becomes a gateway, in each worker anew."""

import logging
import os
import time
from collections.abc import Callable, Mapping

from router.core.ports import Sender
from router.engine import Engine
from router.gateway.admission import Admission
from router.gateway.app import Gateway
from router.gateway.call import Desk
from router.gateway.choosing import Chooser
from router.gateway.exchange import Recorder
from router.gateway.folder import Folder
from router.gateway.links import Links, open_links
from router.gateway.reader import Reader
from router.gateway.recorders import Opening, no_recorders
from router.gateway.serving import Serving
from router.gateway.settings import Settings
from router.view import Stage
from router.workspace import Loader

__all__ = ["Serving", "build_gateway"]

log = logging.getLogger("router")


def build_gateway(
    serving: Serving,
    recorders: tuple[Recorder, ...] = (),
    *,
    opening: Opening = no_recorders,
    tell: Callable[[str], None] = log.error,
) -> Gateway:
    """Make a gateway, with the recorders given and those that are opened for its settings.

    `tell` is called with what is wrong with files. Raises OSError where the folder for pictures
    cannot be written.
    """
    stage = _stage(serving)
    reader = Reader(folder=serving.path, loader=_loader(serving), stage=stage)
    folder = Folder(reader, tell, guarded=serving.guarded, keyed=serving.keyed)
    opened = opening(folder.state.settings, serving.path)
    sender = _sender() if stage is None else stage
    links = _links(serving, folder.state.settings)
    desk = Desk(
        engine=Engine(sender=sender, artefacts=links),
        chooser=Chooser(reader),
        admission=Admission(serving.workers),
        links=links,
        recorders=(*recorders, *opened.told),
    )
    return Gateway(
        folder=folder,
        desk=desk,
        workers=serving.workers,
        metrics=opened.metrics,
        sender=sender,
        closing=opened.closing,
    )


def _loader(serving: Serving) -> Loader:
    environment: Mapping[str, str] = os.environ
    if serving.sandbox:
        from router.sandbox.environment import SandboxEnvironment

        environment = SandboxEnvironment(environment)
    return Loader(environment=environment)


def _stage(serving: Serving) -> Stage | None:
    if not serving.sandbox:
        return None
    from router.sandbox.in_process import SandboxSender

    return SandboxSender()


def _sender() -> Sender:
    from router.senders.aiohttp_sender import AiohttpSender

    return AiohttpSender()


def _links(serving: Serving, settings: Settings) -> Links | None:
    directory = settings.artefacts.directory
    if directory is None:
        return None
    return open_links(
        serving.path / directory,
        seconds=settings.artefacts.seconds,
        public_url=settings.public_url,
        now=time.time,
    )
