"""Settings file: `gateway.yaml` of a folder becomes Settings, or an error that tells all of it."""

import re
from collections.abc import Collection
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from router.config.hosts import why_not
from router.config.listing import listed
from router.config.load import load
from router.config.masking import shown
from router.config.problems import Problem
from router.config.report import Report
from router.config.schema import validate
from router.config.section import Section
from router.config.source import Source
from router.core.jsontypes import EMPTY
from router.gateway.config_names import read_names
from router.gateway.key_entries import KeyEntries, flag_digests
from router.gateway.settings import NO_SETTINGS, ArtefactSettings, Keeping, LogSettings, Settings
from router.workspace import GATEWAY_FILES as SETTINGS_FILES

__all__ = ["ROOT", "SETTINGS_FILES", "problems_of", "read_settings", "settings_files"]

ROOT = "gateway"
SIZE = re.compile(r"([0-9]{1,12}(?:\.[0-9]{1,3})?) ?(?:([KMG])(i?))?B")
STEPS = {"K": 1, "M": 2, "G": 3}


def read_settings(folder: Path, configs: Collection[str] | None = None) -> Settings:
    """Return what a folder says of its gateway; without a file, that is nothing.

    `configs` are the ids of its configs: what names another is an error. Without them any may be
    named. Raises ConfigError with everything that is wrong.
    """
    report = Report()
    settings = _read(folder, report, configs)
    report.raise_errors()
    return settings


def problems_of(text: str, configs: Collection[str]) -> tuple[Problem, ...]:
    """Return what would be wrong with a file of this text."""
    report = Report()
    source = load(f"{text}\n", report, root=ROOT)
    if source is not None:
        _settings(source, report, configs)
    return report.problems


def settings_files(folder: Path) -> list[Path]:
    """Return the files that settings stand in: none or one, unless somebody has to choose."""
    return [path for name in SETTINGS_FILES if _is_there(path := folder / name)]


def _is_there(path: Path) -> bool:
    """Tell whether something is there, readable or not: it must not be taken for nothing."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def _read(folder: Path, report: Report, configs: Collection[str] | None) -> Settings:
    paths = settings_files(folder)
    for other in paths[1:]:
        spare = Source(root=ROOT, file=str(other))
        report.error(spare, (), f"{paths[0].name} has settings, too", "keep one of the two")
    source = load(paths[0], report, root=ROOT) if paths else None
    return NO_SETTINGS if source is None else _settings(source, report, configs)


def _settings(source: Source, report: Report, configs: Collection[str] | None) -> Settings:
    section = Section(source, source.value)
    keys = section.section("keys")
    if keys is not None:
        flag_digests(keys, report)
    validate(source, report, "gateway")
    names = read_names(section, report, None if configs is None else frozenset(configs))
    config = names.one(section, "config")
    entries = KeyEntries(report=report, names=names, default=config)
    return Settings(
        keys=() if keys is None else entries.read(keys),
        is_closed="keys" in section,
        config=config,
        aliases=MappingProxyType(dict(names.aliases)),
        allowed_hosts=_hosts(section, report),
        public_url=_public_url(section, report),
        cors_origins=section.texts("cors_origins") or (),
        own_provider_keys=section.flag("own_provider_keys") is not False,
        max_in_flight=section.integer("max_in_flight") or NO_SETTINGS.max_in_flight,
        max_body=_bytes(section, "max_body", report) or NO_SETTINGS.max_body,
        deadline=section.number("deadline") or NO_SETTINGS.deadline,
        grace=_or(section.number("grace"), NO_SETTINGS.grace),
        log=_log(_below(section, "log"), report),
        artefacts=_artefacts(_below(section, "artefacts")),
    )


def _below(section: Section, key: str) -> Section:
    return section.section(key) or Section(section.source, EMPTY, section.at(key))


def _log(section: Section, report: Report) -> LogSettings:
    default = LogSettings()
    return LogSettings(
        path=section.text("path"),
        keep=_keeping(section.text("keep")) or default.keep,
        days=section.number("days") or default.days,
        max_bytes=_bytes(section, "max_bytes", report) or default.max_bytes,
    )


def _keeping(text: str | None) -> Keeping | None:
    match text:
        case "full" | "no_prompt" | "metadata":
            return text
    return None


def _artefacts(section: Section) -> ArtefactSettings:
    seconds = section.number("seconds") or ArtefactSettings().seconds
    return ArtefactSettings(directory=section.text("directory"), seconds=seconds)


def _hosts(section: Section, report: Report) -> frozenset[str]:
    """Return the hosts in their one spelling."""
    hosts: set[str] = set()
    for i, text in enumerate(section.texts("allowed_hosts") or ()):
        try:
            hosts.add(str(listed(text)))
        except ValueError as reason:
            place = (*section.at("allowed_hosts"), i)
            hint = "expected a host, or host:port, without scheme and path"
            report.wrong(section.source, place, f"{shown(text)} {reason}", hint)
    return frozenset(hosts)


def _public_url(section: Section, report: Report) -> str | None:
    url = section.text("public_url")
    reason = None if url is None else why_not(url)
    if reason is not None:
        report.wrong(section.source, section.at("public_url"), f"{shown(url)} {reason}")
    return None if url is None else url.rstrip("/")


def _bytes(section: Section, key: str, report: Report) -> int | None:
    """Return a number of bytes, written as one or with a unit; None where it is not said."""
    match = SIZE.fullmatch(section.text(key) or "")
    if match is None:
        return section.integer(key)
    step = 1024 if match[3] else 1000
    count = int(Decimal(match[1]) * step ** STEPS.get(match[2], 0))
    if count < 1:
        report.wrong(section.source, section.at(key), f"is {shown(match[0])}", "expected more")
    return count


def _or(value: float | None, default: float) -> float:
    return default if value is None else value
