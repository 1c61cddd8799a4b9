"""Schema: checks the shape of a config against its JSON Schema."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from router.config.complaints import Complaint, complain
from router.config.report import Report
from router.config.source import Source
from router.core.jsontypes import JSON

SchemaName = Literal["config", "virtual-keys", "catalog", "gateway", "tests", "scenario"]

PACKAGE = Path(__file__).resolve().parent.parent


@cache
def schema_text(name: SchemaName) -> str:
    """Return a schema's text: from beside the package in a checkout, from inside it in a wheel."""
    inside = PACKAGE / "schemas" / f"{name}.schema.json"
    beside = PACKAGE.parent / "schemas" / f"{name}.schema.json"
    return (inside if inside.is_file() else beside).read_text(encoding="utf-8")


@cache
def _schema(name: SchemaName) -> Mapping[str, JSON]:
    parsed: Mapping[str, JSON] = json.loads(schema_text(name))
    return parsed


def validate(source: Source, report: Report, name: SchemaName) -> None:
    """Report everything in which the source differs from the schema."""
    # jsonschema takes a tenth of a second to import; nobody waits for it without a config.
    from jsonschema import Draft202012Validator

    complaints = [
        Complaint(
            place=tuple(error.absolute_path),
            keyword=str(error.validator),
            expected=error.validator_value,
            found=error.instance,
            schema=error.schema if isinstance(error.schema, Mapping) else {},
        )
        for error in Draft202012Validator(_schema(name)).iter_errors(source.value)
    ]
    for complaint in sorted(complaints, key=lambda complaint: complaint.is_about_absence):
        complain(complaint, source, report)
