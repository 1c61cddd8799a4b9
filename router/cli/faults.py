"""Faults: what goes wrong in the sandbox, from the command line."""

from pathlib import Path

import click
import yaml

from router.cli.sources import file_text
from router.cli.terminal import Failed
from router.core.jsontypes import JSON
from router.sandbox.fault_script import FaultScriptError, parse_faults

YAML = frozenset({".yaml", ".yml", ".json"})


def read_faults(written: str) -> JSON:
    """Return a fault script: the text itself, or what is in a file of that name.

    Raises BadParameter where it cannot be understood, Failed where it cannot be read.
    """
    path = Path(written)
    is_file = len(written) < 256 and "\n" not in written and path.is_file()
    script: JSON = _content(path) if is_file else written
    try:
        parse_faults(script)
    except FaultScriptError as error:
        raise click.BadParameter(str(error), param_hint="'--faults'") from None
    return script


def _content(path: Path) -> JSON:
    text = file_text(path)
    try:
        content: JSON = yaml.safe_load(text) if path.suffix.lower() in YAML else text
    except yaml.YAMLError as error:
        reason = " ".join(str(error).split())
        raise Failed(f"{path} is not valid YAML: {reason}") from None
    return content
