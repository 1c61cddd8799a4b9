"""Writes what is generated in the docs: tables of `docs/config.md`, providers, `docs/lint/`.

Run `python docs/generate.py`; tests fail where a page and its source differ.
"""

# ruff: noqa: INP001  a script, not part of a package

from collections.abc import Callable, Mapping
from pathlib import Path

import config_page
import lint_pages
import migrate_page
import provider_table

PAGES: Mapping[Path, Callable[[], str]] = {
    config_page.PAGE: config_page.page,
    migrate_page.PAGE: migrate_page.page,
    provider_table.PAGE: provider_table.page,
}

if __name__ == "__main__":
    for path, page in PAGES.items():
        path.write_text(page(), encoding="utf-8")
    for path, text in lint_pages.pages():
        path.write_text(text, encoding="utf-8")
