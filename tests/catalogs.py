"""Catalogs: the providers whose models ship with facts and prices."""

from pathlib import Path

import router.providers.catalog

CATALOGS = sorted(
    path.stem for path in Path(router.providers.catalog.__file__).parent.glob("*.yaml")
)
