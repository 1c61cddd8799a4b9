"""Annotations: findings as GitHub's runners read them from a job's output, one a line."""

from collections.abc import Iterator

from router.config.problems import Problem, Severity

LEVELS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def annotation(problem: Problem) -> str:
    """Write `::error file=..,line=..,col=..,title=..::message`."""
    fields = ",".join(f"{name}={_field(value)}" for name, value in _fields(problem))
    advice = f": {problem.advice}" if problem.advice else ""
    text = f"{problem.message} ({problem.place}{advice})"
    return f"::{LEVELS[problem.severity]} {fields}::{_text(text)}"


def _fields(problem: Problem) -> Iterator[tuple[str, str]]:
    if problem.file is not None:
        yield "file", problem.file
    if problem.line is not None and problem.column is not None:
        yield "line", str(problem.line)
        yield "col", str(problem.column)
        yield "endColumn", str(problem.column + problem.width)
    yield "title", problem.code


def _text(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _field(text: str) -> str:
    return _text(text).replace(":", "%3A").replace(",", "%2C")
