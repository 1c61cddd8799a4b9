"""Furnishing: the files that `init` writes."""

import shlex
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from router.cli.terminal import Failed
from router.config.schema import schema_text

TEMPLATES = (
    ("fallback.yaml", "configs/fallback.yaml"),
    ("balance.yaml", "configs/balance.yaml"),
    ("routes.yaml", "configs/routes.yaml"),
    ("virtual-keys.yaml", "configs/virtual-keys.yaml"),
    ("env.example", ".env.example"),
    ("gitignore", ".gitignore"),
    ("vscode.settings", ".vscode/settings.json"),
)
"""Each template and where it goes. Files with a dot before their name would not be packaged."""


def furnish(folder: Path, *, anew: bool) -> Iterator[tuple[Path, bool]]:
    """Write the files; yield each path, and whether it was written or kept. Raises Failed."""
    for name, content in _contents():
        path = folder / name
        try:
            yield path, _write(path, content, anew=anew)
        except OSError as error:
            raise Failed(f"{path} cannot be written: {error.strerror}") from None


def next_steps(folder: Path) -> str:
    """Return commands to copy."""
    enter = "" if folder.resolve() == Path.cwd() else f"  cd {shlex.quote(str(folder))}\n"
    return (
        "\nnext:\n"
        f"{enter}"
        "  pixroute check configs --sandbox\n"
        "  pixroute test --init configs/fallback.yaml    what it does when things go wrong\n"
        '  pixroute generate "a red kite" --config configs/fallback.yaml --sandbox\n'
        "  pixroute serve --sandbox    a gateway for OpenAI's and Portkey's clients\n"
        "\nwith accounts of your own:\n"
        "  cp .env.example .env        and put your keys in\n"
        "  pixroute check configs --env-file .env\n"
        '  pixroute generate "a red kite" --config configs/fallback.yaml --env-file .env\n'
        "  pixroute serve --env-file .env"
    )


def _contents() -> Iterator[tuple[str, str]]:
    templates = files("router.cli") / "templates"
    for template, name in TEMPLATES:
        yield name, (templates / template).read_text(encoding="utf-8")
    yield "schemas/config.schema.json", schema_text("config")
    yield "schemas/virtual-keys.schema.json", schema_text("virtual-keys")
    yield "schemas/gateway.schema.json", schema_text("gateway")
    yield "schemas/tests.schema.json", schema_text("tests")
    yield "schemas/scenario.schema.json", schema_text("scenario")


def _write(path: Path, content: str, *, anew: bool) -> bool:
    """Write a file, unless it is there; with `anew` in any case."""
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("w" if anew else "x", encoding="utf-8", newline="\n") as file:
            file.write(content)
    except FileExistsError:
        return False
    return True
