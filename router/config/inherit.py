"""Inherit: the settings that a route has by itself and from the groups above it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import get_args

from router.config.masking import shown
from router.config.model import OnUnsupported, Settings
from router.config.policies import breaker, retry, timeout
from router.config.report import Report
from router.config.section import Section
from router.core.images import MOST_PICTURES
from router.core.jsontypes import JSON

UNSUPPORTED: Mapping[str, OnUnsupported] = {name: name for name in get_args(OnUnsupported)}


def inherited(section: Section, above: Settings, report: Report) -> Settings:
    """Merge a route's own settings over those of the group above.

    `retry`, `request_timeout`, `cb_config`, `on_unsupported` and `forward_headers` are taken
    whole from the nearest that has them; parameters merge key by key; dropped ones add up.
    """
    for key in ("override_params", "default_params"):
        _check_count(section.section(key), report)
    headers = section.texts("forward_headers")
    seconds = timeout(section)
    return Settings(
        retry=retry(section, report) or above.retry,
        timeout=above.timeout if seconds is None else seconds,
        breaker=breaker(section, report) or above.breaker,
        on_unsupported=UNSUPPORTED.get(section.text("on_unsupported") or "", above.on_unsupported),
        forward_headers=above.forward_headers if headers is None else _lower(headers),
        override_params=_merged(above.override_params, section.mapping("override_params")),
        default_params=_merged(above.default_params, section.mapping("default_params")),
        drop_params=_united(above.drop_params, section.texts("drop_params") or ()),
    )


def _check_count(params: Section | None, report: Report) -> None:
    """Let `n` be what a request's may be: by it pictures are counted, planned and paid for."""
    if params is None or "n" not in params:
        return
    n = params.value["n"]
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= MOST_PICTURES:
        expected = f"expected a whole number from 1 to {MOST_PICTURES}"
        report.wrong(params.source, params.at("n"), f"is {shown(n)}", expected, code="schema")


def _lower(headers: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name.lower() for name in headers))


def _merged(above: Mapping[str, JSON], own: Mapping[str, JSON]) -> Mapping[str, JSON]:
    return MappingProxyType({**above, **own})


def _united(above: tuple[str, ...], own: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*above, *own)))
