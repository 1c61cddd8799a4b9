"""Make the notebooks: cells from the scripts beside them, pictures from running them.

A script in cells (`# %%`) is the one source of its notebook. `multi_provider.ipynb` is its own.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from router.core.jsontypes import JSON

FOLDER = Path(__file__).resolve().parent
FROM_SCRIPTS = (
    "editing",
    "streaming",
    "every_provider",
    "write_a_provider",
    "write_a_strategy",
    "tested_policy",
)
TIMEOUT = 120  # seconds for one cell

KERNEL: Mapping[str, JSON] = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}
}
IN_NOTEBOOKS = (
    # A notebook has a running loop, and shows the last value of a cell by itself.
    (re.compile(r"^import asyncio\n", re.MULTILINE), ""),
    (re.compile(r"\basyncio\.run\((\w+\(.*?\))\)"), r"await \1"),
    (re.compile(r"^print\(((?:answer|trace|sheet)[\w.]*)\)$", re.MULTILINE), r"\1"),
    (re.compile(r"^( +)print\(event\)$", re.MULTILINE), r"\1display(event)"),
)


def sources_of(script: str) -> Iterator[tuple[str, str]]:
    """Yield kind and source of each cell of a script, said as a notebook says them."""
    for part in re.split(r"^# %%", script, flags=re.MULTILINE)[1:]:
        kind, _, text = part.partition("\n")
        if "markdown" in kind:
            yield "markdown", re.sub(r"^# ?", "", text, flags=re.MULTILINE).strip()
            continue
        for pattern, replacement in IN_NOTEBOOKS:
            text = pattern.sub(replacement, text)
        yield "code", text.strip()


def notebook_of(script: str) -> Mapping[str, JSON]:
    """Return a script as a notebook that was not run yet."""
    cells = [_cell(number, *source) for number, source in enumerate(sources_of(script))]
    return {"cells": cells, "metadata": KERNEL, "nbformat": 4, "nbformat_minor": 5}


def _cell(number: int, kind: str, source: str) -> Mapping[str, JSON]:
    lines = source.splitlines(keepends=True)
    cell: dict[str, JSON] = {
        "cell_type": kind,
        "id": f"cell-{number}",
        "metadata": {},
        "source": lines,
    }
    return cell if kind == "markdown" else {**cell, "execution_count": None, "outputs": []}


def execute(path: Path) -> None:
    """Run a notebook in its place, and leave out what differs from one machine to the next."""
    program = Path(sys.executable).with_name("jupyter-execute")
    command = [str(program), "--inplace", f"--timeout={TIMEOUT}", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"] = KERNEL
    for cell in notebook["cells"]:
        cell["metadata"] = {}
    write(path, notebook)


def write(path: Path, notebook: Mapping[str, JSON]) -> None:
    text = json.dumps(notebook, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def main() -> None:
    for name in ("multi_provider", *FROM_SCRIPTS):
        path = FOLDER / f"{name}.ipynb"
        if name in FROM_SCRIPTS:
            write(path, notebook_of(path.with_suffix(".py").read_text(encoding="utf-8")))
        execute(path)
        print(f"{path.name}  {path.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
