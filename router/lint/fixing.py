"""Fixing: a text with a fix in it, and a look whether that is all that has changed."""

from router.config.editing import apply
from router.config.fixes import Fix, changed
from router.config.report import Report
from router.config.source import Source
from router.config.text import from_text
from router.core.jsontypes import JSON

BOM = "\ufeff"


def fixed(text: str, fix: Fix, *, is_json: bool) -> str | None:
    """Return the text with a fix in it; None where it would say anything else than was meant.

    The text is read again: it has to say what it said before, but for the change.
    """
    mark, bare = (BOM, text[1:]) if text.startswith(BOM) else ("", text)
    try:
        before = _read(bare, is_json=is_json)
        wanted = changed(before, fix.change)
        after = apply(bare, fix.edits)
    except (LookupError, ValueError):
        return None
    is_right = before is not None and _read(after, is_json=is_json) == wanted
    return mark + after if is_right else None


def _read(text: str, *, is_json: bool) -> JSON:
    """Return what a text says; None where it says nothing that can be used."""
    report = Report()
    source = from_text(text, report, Source(root="config"), is_json=is_json)
    return None if source is None or report.has_errors else source.value
