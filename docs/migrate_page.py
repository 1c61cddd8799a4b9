"""The tables of `docs/migrate.md`, from what the import knows of LiteLLM.

What stands above the mark in the page is written by hand and kept.
"""

# ruff: noqa: INP001  part of a script, not of a package

from collections.abc import Iterator, Mapping
from pathlib import Path

from router.migrate.companies import COMPANIES
from router.migrate.litellm_keys import CARRIED, CHANGED, NOTED

PAGE = Path(__file__).resolve().parent / "migrate.md"
MARK = "<!-- Everything below is written by docs/generate.py from router/migrate/; edit that. -->"

TITLES = {
    "": "At the top",
    "model_list[]": "model_list",
    "litellm_params": "litellm_params",
    "model_info": "model_info",
    "router_settings": "router_settings",
    "litellm_settings": "litellm_settings",
    "general_settings": "general_settings",
}

PROVIDERS = """\
## LiteLLM's prefixes

| prefix | provider here | key, where the source names none |
|---|---|---|
"""

KEYS = """\

## LiteLLM's keys

*carried*: to where. *note*: left out, and routing is the same. *differs*: left out or bent, which
is told with its line, and the exit code is 1. So is every key that is in none of these tables.
"""


def page() -> str:
    """Return the page, its tables made anew."""
    above, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    if not mark:
        raise ValueError(f"{PAGE} has no line {MARK!r}")
    return above + MARK + "\n\n" + PROVIDERS + "".join(_providers()) + KEYS + "".join(_sections())


def _providers() -> Iterator[str]:
    for prefix, company in COMPANIES.items():
        if company.provider is None:
            yield f"| `{prefix}/` | none: {company.reason} | |\n"
            continue
        key = f"`{company.key}`" if company.key else "none"
        host = "; with an `api_base`, `openai-compatible`" if prefix == "openai" else ""
        yield f"| `{prefix}/` | `{company.provider}`{host} | {key} |\n"


def _sections() -> Iterator[str]:
    for section, title in TITLES.items():
        yield f"\n### {title}\n\n| key | | |\n|---|---|---|\n"
        yield from _rows(CARRIED.get(section, {}), "carried")
        yield from _rows(NOTED.get(section, {}), "note")
        yield from _rows(CHANGED.get(section, {}), "differs")


def _rows(keys: Mapping[str, str], fate: str) -> Iterator[str]:
    for key, reason in keys.items():
        yield f"| `{key}` | {fate} | {reason} |\n"
