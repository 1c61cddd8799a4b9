"""Inspection: all entries, mended where that is asked for, and checked, and seen together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from router.cli.checking import Checked, Checker
from router.cli.entries import Entry
from router.cli.mending import Mender
from router.config.load import load
from router.config.problems import Problem
from router.config.read import KEYS_FILES
from router.config.report import Report
from router.lint.accounts import SharedKeys, names_used
from router.lint.linter import lint_keys
from router.lint.settings import LintSettings
from router.workspace import GATEWAY_FILES, config_files, namesakes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What was found, what was `mended` before, and why files `failed` to be rewritten."""

    checked: Sequence[Checked]
    mended: Sequence[Problem] = ()
    failed: Sequence[str] = ()


def inspect(checker: Checker, entries: Sequence[Entry], *, fix: bool) -> Inspection:
    """Check all entries, after mending what needs no thought if asked to `fix` it."""
    mender = Mender()
    for entry in entries if fix else ():
        mender.mend(partial(_problems, checker, entry))
    checked = _told_apart([checker.check(entry) for entry in entries], entries)
    shared = [one for one in _shared_keys(checked, checker.wishes) if one.problems]
    return Inspection(
        checked=[_left(one, mender) for one in (*checked, *shared)],
        mended=mender.done,
        failed=tuple(mender.failed.values()),
    )


def _told_apart(checked: Sequence[Checked], entries: Sequence[Entry]) -> list[Checked]:
    """Add what is wrong where two configs of a folder have one name."""
    configs = [one.path for one in entries if one.kind == "config" and one.text is None]
    wrong = {problem.file: (problem,) for problem in namesakes(configs)}
    return [replace(one, problems=(*one.problems, *wrong.get(one.name, ()))) for one in checked]


def _problems(checker: Checker, entry: Entry) -> Sequence[Problem]:
    return checker.check(entry).problems


def _left(checked: Checked, mender: Mender) -> Checked:
    return replace(checked, problems=tuple(map(mender.without_refused, checked.problems)))


def _shared_keys(checked: Sequence[Checked], wishes: LintSettings) -> Iterator[Checked]:
    """Look through the virtual keys of every folder whose configs are all checked."""
    documents = {Path(one.name): one.document for one in checked}
    for folder in dict.fromkeys(path.parent for path in documents if path.is_file()):
        used = [documents.get(path) for path in config_files(folder)]
        keys = next((folder / n for n in KEYS_FILES if (folder / n).is_file()), None)
        usable = [document for document in used if document is not None]
        # Callers of a gateway may send configs that name keys, too.
        has_gateway = any((folder / name).is_file() for name in GATEWAY_FILES)
        if keys is None or has_gateway or not used or len(usable) < len(used):
            continue
        source = load(keys, Report(), root="virtual_keys")
        if source is not None:
            problems = lint_keys(SharedKeys(source, tuple(map(names_used, usable))), wishes)
            yield Checked(name=str(keys), problems=problems)
