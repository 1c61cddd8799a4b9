"""Report as JSON: one object for programs, whatever became of a request."""

import json
from collections.abc import Mapping
from dataclasses import asdict

import click

from router.answer import Usage
from router.cli.findings import as_json
from router.cli.gallery import Gallery, Saved
from router.config.problems import ConfigError
from router.core.jsontypes import JSON
from router.core.trace import Trace
from router.errors import RoutingError


def show_config(error: ConfigError) -> None:
    """Print one object."""
    problems = [as_json(problem) for problem in error.problems]
    told = {"kind": "config", "problems": problems}
    _dump({"ok": False, "error": told, "pictures": [], "partial_pictures": []})


def show_answer(trace: Trace, usage: Usage | None, gallery: Gallery, seconds: float) -> None:
    """Print one object."""
    served = trace.served
    _dump(
        {
            "ok": True,
            **_files(gallery),
            "served_by": None if served is None else asdict(served),
            "seconds": round(seconds, 3),
            "cost": trace.cost,
            "usage": None if usage is None else dict(usage.details),
            "trace": _trace(trace),
        }
    )


def show_failure(error: RoutingError, gallery: Gallery, seconds: float) -> None:
    """Print one object."""
    told = {
        "kind": error.kind,
        "status": error.status_code,
        "message": error.message,
        "code": error.code,
        "request_id": error.request_id,
        "retry_after": error.retry_after,
    }
    _dump(
        {
            "ok": False,
            "error": told,
            **_files(gallery),
            "seconds": round(seconds, 3),
            "cost": error.trace.cost,
            "trace": _trace(error.trace),
        }
    )


def _files(gallery: Gallery) -> dict[str, JSON]:
    return {
        "pictures": [_as_json(one) for one in gallery.pictures],
        "partial_pictures": [
            {**_as_json(one), "image_index": one.place, "partial_image_index": one.partial}
            for one in gallery.partials
        ],
    }


def _as_json(saved: Saved) -> dict[str, JSON]:
    media, picture = saved.media, saved.picture
    url = picture.url
    return {
        "path": str(saved.path),
        "format": media.format if media else None,
        "width": media.width if media else None,
        "height": media.height if media else None,
        "bytes": saved.size,
        "url": None if url is None or url.startswith("data:") else url,
        "revised_prompt": picture.revised_prompt,
    }


def _trace(trace: Trace) -> Mapping[str, object]:
    return {
        "id": trace.id,
        "attempts": [asdict(attempt) for attempt in trace.attempts],
        "decisions": [asdict(decision) for decision in trace.decisions],
    }


def _dump(report: Mapping[str, object]) -> None:
    click.echo(json.dumps(report, indent=2, ensure_ascii=False, default=str))
