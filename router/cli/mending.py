"""Mending: puts right in the files what needs no thought, as much at once as fits together."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeAlias

from router.cli.rewriting import revise
from router.cli.terminal import Failed
from router.config.editing import INTRICATE, make
from router.config.fixes import Change
from router.config.problems import Problem

Look: TypeAlias = Callable[[], Iterable[Problem]]

NOT_WRITTEN = "the file could not be written"

MOST = 100  # rounds; most configs need two, the second one to see that all is done


@dataclass(slots=True)
class Mender:
    """`done` are the problems that are no more; `refused` were not as plain as they seemed.

    What is `failed` says, by file, why that could not be rewritten.
    """

    done: list[Problem] = field(default_factory=list)
    refused: set[tuple[str, Change]] = field(default_factory=set)
    failed: dict[str, str] = field(default_factory=dict)

    def mend(self, look: Look) -> None:
        """Mend what is found, looking anew after each round."""
        for _ in range(MOST):
            found = [problem for problem in look() if self._can_be_tried(problem)]
            if not found:
                return
            # One file a round: what is right there may change what is found in another.
            self._try([problem for problem in found if problem.file == found[0].file])

    def without_refused(self, problem: Problem) -> Problem:
        """Promise no fix that was tried in vain."""
        if problem.fix is None or self._can_be_tried(problem):
            return problem
        why = NOT_WRITTEN if problem.file in self.failed else INTRICATE.why
        return replace(problem, fix=None, unfixed=why)

    def _can_be_tried(self, problem: Problem) -> bool:
        fix, file = problem.fix, problem.file
        if fix is None or file is None or file in self.failed:
            return False
        return (file, fix.change) not in self.refused

    def _try(self, problems: Sequence[Problem]) -> None:
        """Rewrite the file that problems are in; one that cannot be written keeps no other back."""
        file = problems[0].file or ""
        try:
            self._rewrite(Path(file), problems)
        except Failed as failure:
            self.failed[file] = failure.message

    def _rewrite(self, path: Path, problems: Sequence[Problem]) -> None:
        was, text = _read(path)
        fixes = [problem.fix for problem in problems if problem.fix is not None]
        result = make(text, fixes, is_json=path.suffix.lower() == ".json")
        self.refused |= {(problems[0].file or "", fix.change) for fix in result.refused}
        if result.made:
            revise(path, was, result.text.encode())
        made = frozenset(result.made)
        self.done += [problem for problem in problems if problem.fix in made]


def _read(path: Path) -> tuple[bytes, str]:
    """Raise Failed where there is no text to mend."""
    try:
        content = path.read_bytes()
        return content, content.decode("utf-8")
    except UnicodeDecodeError:
        raise Failed(f"{path} is not a UTF-8 text") from None
    except OSError as error:
        raise Failed(f"{path} cannot be read: {error.strerror}") from None
