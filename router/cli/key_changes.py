"""Key changes: make, revoke and rotate keys in the file of a folder, and tell of it."""

from collections.abc import Mapping
from pathlib import Path

import click

from router.cli.key_file import KeyFile, find_file
from router.cli.report import show_config, warn
from router.cli.terminal import Failed
from router.config.places import shown_place
from router.config.problems import ConfigError, Problem, did_you_mean, hints, one_of
from router.core.jsontypes import JSON
from router.gateway.config_names import NAME
from router.gateway.keys import digest_of, new_key, written
from router.gateway.keys_text import KeysText, Unwritable, pasted
from router.gateway.settings_file import ROOT, problems_of, read_settings
from router.workspace import config_files


def create_key(folder: Path, name: str, settings: Mapping[str, JSON]) -> None:
    """Make a key with what is set of `settings`. Raises Failed, and UsageError for these."""
    if not NAME.fullmatch(name):
        message = f"{name!r} cannot be a name: expected letters, digits, '_', '-' and '.'"
        raise click.BadParameter(message, param_hint="'NAME'")
    file = find_file(folder)
    before = _readable(file)
    if name in before.keys:
        hint = f"'pixroute keys rotate {name}' makes another in its place"
        raise Failed(f"{file.path} has a key {name!r} already; {hint}")
    key = new_key()
    said = {setting: value for setting, value in settings.items() if value is not None}
    entry: Mapping[str, JSON] = {"digest": written(digest_of(key)), **said}
    try:
        after = before.with_key(name, entry)
    except Unwritable as error:
        instead = f"put this into its 'keys': {pasted(name, entry)}"
        raise _handed_over(file, error, key, instead) from None
    problems = problems_of(after.text, [path.stem for path in config_files(folder)])
    _refuse_settings(problems, name)
    file.write(after)
    _tell(f"key {name!r} is in {file.path}, as a digest; it is shown here and nowhere again:")
    click.echo(key)
    if "keys" not in before.value:
        _tell("from now on the gateway serves only callers with a key")
    _warn_of(problems, folder)


def rotate_key(folder: Path, name: str) -> None:
    """Put another key in the place of one. Raises Failed."""
    file = find_file(folder)
    before = _readable(file)
    _need(before, file, name)
    key = new_key()
    digest = written(digest_of(key))
    try:
        after = before.with_digest(name, digest)
    except Unwritable as error:
        instead = f"put this into key {name!r}: {pasted('digest', digest)}"
        raise _handed_over(file, error, key, instead) from None
    file.write(after)
    _tell(f"key {name!r} in {file.path} is another now; it is shown here and nowhere again:")
    click.echo(key)


def revoke_key(folder: Path, name: str) -> None:
    """Take a key out. Raises Failed."""
    file = find_file(folder)
    before = _readable(file)
    _need(before, file, name)
    try:
        after = before.without_key(name)
    except Unwritable as error:
        instead = f"take {name!r} out of its 'keys' yourself"
        raise Failed(f"{file.path} stays as it is: {error}; {instead}") from None
    file.write(after)
    _tell(f"key {name!r} is no longer in {file.path}")
    if not after.keys:
        hint = "take 'keys' out of the file to serve everybody on this machine"
        _tell(f"that was the last one, and nobody is served now; {hint}")


def _readable(file: KeyFile) -> KeysText:
    """Return a file's text if it is YAML. Raises Failed."""
    text = file.text
    try:
        _ = text.value
    except Unwritable as error:
        hint = f"'pixroute check {file.path}' shows where"
        raise Failed(f"{file.path} {error}; {hint}") from None
    return text


def _need(text: KeysText, file: KeyFile, name: str) -> None:
    """Raise Failed where there is no such key, after what may be the reason."""
    if name not in text.keys:
        _tell_mistakes(file)
        hint = hints(one_of(text.keys, "it has"), did_you_mean(name, text.keys))
        message = f"{file.path} has no key {name!r}"
        raise Failed(f"{message}; {hint}" if hint else message)


def _tell_mistakes(file: KeyFile) -> None:
    """Print what is wrong with a file: a key may be there, and a mistake hide it."""
    folder = file.path.parent
    try:
        read_settings(folder, [path.stem for path in config_files(folder)])
    except ConfigError as error:
        show_config(error)


def _handed_over(file: KeyFile, error: Unwritable, key: str, instead: str) -> Failed:
    """Print a key that could not be stored, and say what makes it good."""
    click.echo(key)
    good = f"the key on standard output is good once you {instead}"
    return Failed(f"{file.path} stays as it is: {error}; {good}")


def _refuse_settings(problems: tuple[Problem, ...], name: str) -> None:
    """Raise UsageError where what was asked for a key cannot be."""
    place = shown_place(("keys", name), ROOT)
    own = [
        one
        for one in problems
        if one.place == place or one.place.startswith((f"{place}.", f"{place}["))
    ]
    if own:
        told = (f"{one.message}; {one.hint}" if one.hint else one.message for one in own)
        raise click.UsageError("\n".join(told))


def _warn_of(problems: tuple[Problem, ...], folder: Path) -> None:
    if any(problem.severity == "error" for problem in problems):
        warn(f"something else in the file is wrong: 'pixroute check {folder}' tells what")


def _tell(text: str) -> None:
    click.echo(text, err=True)
