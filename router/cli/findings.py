"""Findings: a config's problems on a terminal."""

import re
import textwrap
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, replace

from router.cli.terminal import faint, red, strong, yellow
from router.config.problems import Problem, Severity, render
from router.core.jsontypes import JSON

GUTTER = 8  # columns before the text of an excerpt: `  123 │ `
PAINTS: Mapping[Severity, Callable[[str], str]] = {"error": red, "warning": yellow, "note": strong}
MARK = re.compile(r"(      │ \s*)(\^+)( .*)")


def show(problem: Problem, width: int | None, *, coded: bool = False) -> str:
    """Show a finding with its lines, and its code if asked; None is as wide as it needs."""
    fitting = problem if width is None else _cropped(problem, width - GUTTER)
    head, *lines = render(fitting).split("\n")
    head += f"  [{problem.code}]" if coded else ""
    shown = [part for line in lines for part in _folded(line, width)]
    if width is not None:
        head = textwrap.fill(head, width, subsequent_indent="    ", break_on_hyphens=False)
    return "\n".join([_coloured_head(head, problem), *map(_coloured, shown)])


def as_json(problem: Problem) -> JSON:
    """Return a finding as an object with the fields of `Problem`."""
    fix = problem.fix
    edits = [asdict(edit) for edit in fix.edits] if fix is not None else []
    return {
        **asdict(replace(problem, fix=None)),
        "excerpt": list(problem.excerpt),
        "fix": None if fix is None else {"says": fix.says, "edits": edits},
    }


def unique(problems: Iterable[Problem]) -> list[Problem]:
    """Leave out what was found twice; an error stands for a warning of the same words."""
    found: dict[tuple[str, str, str], Problem] = {}
    for problem in problems:
        key = (problem.location, problem.place, problem.message)
        if key not in found or problem.severity == "error":
            found[key] = problem
    return list(found.values())


def _cropped(problem: Problem, room: int) -> Problem:
    """Cut the excerpt to `room` columns around the spot."""
    if problem.column is None or not problem.excerpt:
        return problem
    room = max(room, 8)
    spot = problem.column - 1
    width = min(problem.width, room)
    cut = 0 if spot + width <= room else min(spot, spot + width - room + room // 4)
    lines = tuple(line[cut : cut + room] for line in problem.excerpt)
    width = min(width, room - (spot - cut))
    return replace(problem, excerpt=lines, column=spot - cut + 1, width=width)


def _folded(line: str, width: int | None) -> list[str]:
    """Fold the remark of a line that is too long under it."""
    if width is None or len(line) <= width or "│" not in line:
        return [line]
    match = MARK.fullmatch(line)
    gutter = "      │ "
    above = [match[1] + match[2]] if match else []
    remark = match[3].strip() if match else line.removeprefix(gutter)
    room = max(width - GUTTER, 16)
    return [
        *above,
        *(gutter + part for part in textwrap.wrap(remark, room, break_on_hyphens=False)),
    ]


def _coloured_head(head: str, problem: Problem) -> str:
    """Paint its parts; where the head is folded, a line may end behind any of them."""
    found = re.search(rf"(?<!\S){problem.severity}(?=\s|$)", head)
    if found is None:
        return head
    code = f"[{problem.code}]"
    location, message = head[: found.start()], head[found.end() :]
    if message.endswith(code):
        message = message.removesuffix(code) + faint(code)
    return strong(location) + PAINTS[problem.severity](problem.severity) + message


def _coloured(line: str) -> str:
    gutter, bar, text = line.partition("│")
    if not bar:
        return line
    mark = re.match(r"(\s*)(\^+)(.*)", text)
    coloured = mark[1] + red(mark[2]) + mark[3] if mark else text
    return faint(gutter + bar) + coloured
