"""Pages: what the documentation says of each code; they come along with the package."""

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def page_path(code: str) -> Path:
    """Return where a code's page is: beside the package in a checkout, inside it in a wheel."""
    inside = PACKAGE / "lint" / "pages" / f"{code}.md"
    beside = PACKAGE.parent / "docs" / "lint" / f"{code}.md"
    return inside if inside.is_file() else beside


def page(code: str) -> str:
    """Return the page of a code, as Markdown."""
    return page_path(code).read_text(encoding="utf-8")
