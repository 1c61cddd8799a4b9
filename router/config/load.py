"""Load: a file, a text or a mapping becomes a Source."""

from collections.abc import Mapping
from pathlib import Path

from router.config.given import UNREADABLE, copied
from router.config.problems import hints, nearest
from router.config.report import Report
from router.config.source import Source

ENDINGS = frozenset({".yaml", ".yml", ".json"})
MAX_BYTES = 1024 * 1024  # of a file; a config of 1,000 targets has 200 KiB


def load(given: Mapping[str, object] | str | Path, report: Report, *, root: str) -> Source | None:
    """Read what was given; None, with the reason in the report, where nothing can be read.

    A string is a path, unless it has a line break or begins with `{`: then it is the text itself.
    """
    if isinstance(given, Mapping):
        return _from_mapping(given, report, root)
    if isinstance(given, str) and _is_text(given):
        return load_text(given, report, root=root)
    if isinstance(given, str | Path):
        return _from_file(Path(given), report, root)
    what = f"is a {type(given).__name__}; expected a mapping, a path or a text"
    report.wrong(Source(root=root), (), what, code=UNREADABLE)
    return None


def load_text(text: str, report: Report, *, root: str) -> Source | None:
    """Read a YAML or JSON text; None, with the reason in the report, where that cannot be done."""
    return _from_text(text, report, Source(root=root, file=f"<{root}>"))


def _is_text(given: str) -> bool:
    """Tell a YAML or JSON text from a path."""
    return "\n" in given or given.lstrip().startswith("{")


def _from_mapping(given: Mapping[str, object], report: Report, root: str) -> Source | None:
    source = Source(root=root)
    value = copied(given, report, source)
    return Source(root=root, value=value) if isinstance(value, Mapping) else None


def _from_file(path: Path, report: Report, root: str) -> Source | None:
    source = Source(root=root, file=str(path), folder=path.parent)
    try:
        text = _read(path)
    except FileNotFoundError:
        what = f"is {str(path)!r}; there is no such file"
        report.wrong(source, (), what, _instead(path, root), code=UNREADABLE)
        return None
    except (OSError, ValueError) as error:
        report.wrong(source, (), _why_unreadable(error), code=UNREADABLE)
        return None
    return _from_text(text, report, source, is_json=path.suffix.lower() == ".json")


def _instead(path: Path, root: str) -> str:
    """Say what to do about a file that is not there."""
    try:
        files = [one for one in path.parent.iterdir() if one.suffix in ENDINGS and one != path]
    except OSError:
        files = []
    beside = {file.stem: file for file in files}
    near = nearest(path.stem, beside)
    if near is not None:
        return f"did you mean {str(beside[near])!r}?"
    return hints("expected a YAML or JSON file", "'pixroute init' writes some" * (root == "config"))


def _read(path: Path) -> str:
    """Read a file's text. Raises OSError, and ValueError where there is no usable text in it."""
    with path.open("rb") as file:
        content = file.read(MAX_BYTES + 1)
    if len(content) > MAX_BYTES:
        raise ValueError(f"has more than {MAX_BYTES // 1024} KiB; a config has a few")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise ValueError("is not a UTF-8 text") from None


def _why_unreadable(error: OSError | ValueError) -> str:
    match error:
        case IsADirectoryError():
            return "is a folder; expected a file"
        case OSError():
            return f"cannot be read: {error.strerror or type(error).__name__}"
    return "is not a path" if "null" in str(error) else str(error)


def _from_text(
    text: str, report: Report, source: Source, *, is_json: bool = False
) -> Source | None:
    # PyYAML is imported late: `import router` must not wait for it.
    from router.config.text import from_text

    return from_text(text, report, source, is_json=is_json)
