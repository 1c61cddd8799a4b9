"""The tables of `docs/config.md`, from the JSON Schemas and the table of Portkey's keys.

What stands above the mark in the page is written by hand and kept.
"""

# ruff: noqa: INP001  a script, not part of a package

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from router.config.portkey import KEYS
from router.config.schema import schema_text
from router.core.jsontypes import JSON

PAGE = Path(__file__).resolve().parent / "config.md"
MARK = "<!-- Everything below is written by docs/generate.py from schemas/; edit those. -->"

SECTIONS = {
    "route": ("Targets and groups", ""),
    "strategy": ("strategy", "strategy."),
    "condition": ("strategy.conditions", "strategy.conditions[]."),
    "sticky": ("strategy.sticky", "strategy.sticky."),
    "retry": ("retry", "retry."),
    "breaker": ("cb_config", "cb_config."),
    "cache": ("cache", "cache."),
    "budget": ("budget", "budget."),
    "limit": ("limit", "limit."),
    "deployment": ("deployments", "deployments[]."),
    "virtual_key": ("Virtual keys", "virtual_keys.NAME."),
}

KEYS_INTRODUCTION = """\
Named accounts: under `virtual_keys` in the config, in `virtual-keys.yaml` beside it (names at the
top), or in a file or mapping handed over in Python. A key without an `api_key` reads the provider's
own variable. A missing variable is an error for a key that the config uses, else a warning.
"""

PORTKEY = """\
## Portkey's keys

Every key of Portkey's published config is implemented, accepted without effect (with a warning), or
refused with the reason.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """One key, as the table shows it."""

    path: str
    kind: str
    unit: str
    default: str
    meaning: str
    example: str


def page() -> str:
    """Return the whole page."""
    written_by_hand = PAGE.read_text(encoding="utf-8").partition(MARK)[0]
    schema: Mapping[str, JSON] = json.loads(schema_text("config"))
    parts = [f"{written_by_hand}{MARK}\n", "## Every key\n"]
    for name, (title, prefix) in SECTIONS.items():
        parts.append(f"### {title}\n")
        if name == "virtual_key":
            parts.append(KEYS_INTRODUCTION)
        parts.append(_table(_rows(schema, name, prefix)))
    return "\n".join([*parts, PORTKEY, _portkey_table()])


def _rows(schema: Mapping[str, JSON], name: str, prefix: str) -> Iterator[Row]:
    properties = _at(_at(schema, "$defs", name), "properties")
    for key, value in properties.items():
        part = value if isinstance(value, Mapping) else {}
        target = _at(schema, "$defs", str(part.get("$ref", "")).rpartition("/")[2])
        yield Row(
            path=f"`{prefix}{key}`",
            kind=_kind({**target, **part}),
            unit=str(part.get("x-unit", "")),
            default=_code(part["default"]) if "default" in part else "",
            meaning=str(part.get("description", "")),
            example=_example(part, target),
        )


def _at(value: Mapping[str, JSON], *keys: str) -> Mapping[str, JSON]:
    for key in keys:
        inner = value.get(key)
        value = inner if isinstance(inner, Mapping) else {}
    return value


def _kind(part: Mapping[str, JSON]) -> str:
    names = {"object": "mapping", "array": "list", "boolean": "true or false"}
    options = part.get("enum")
    if isinstance(options, list):
        return " or ".join(f"`{option}`" for option in options)
    kind = part.get("type", "")
    if isinstance(kind, list):
        return " or ".join(names.get(str(one), str(one)) for one in kind)
    kind = str(kind)
    return names.get(kind, {"integer": "whole number", "": "refused"}.get(kind, kind))


def _example(part: Mapping[str, JSON], target: Mapping[str, JSON]) -> str:
    examples = part.get("examples") or target.get("examples")
    return _code(examples[0]) if isinstance(examples, list) else ""


def _code(value: JSON) -> str:
    return f"`{json.dumps(value, ensure_ascii=False)}`"


def _table(rows: Iterator[Row]) -> str:
    lines = ["| key | type | unit | default | meaning | example |", "|---|---|---|---|---|---|"]
    for row in rows:
        cells = (row.path, row.kind, row.unit, row.default, row.meaning, row.example)
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _portkey_table() -> str:
    lines = ["| key | | why |", "|---|---|---|"]
    lines += [f"| `{key.name}` | {key.fate} | {key.reason} |" for key in KEYS]
    return "\n".join(lines) + "\n"
