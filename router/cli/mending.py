"""Mending: puts right in the files what needs no thought, one thing after the other."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

from router.cli.rewriting import revise
from router.cli.terminal import Failed
from router.config.editing import fixed
from router.config.fixes import Change
from router.config.problems import Problem

Look: TypeAlias = Callable[[], Iterable[Problem]]

MOST = 500  # fixes of one run; a config has a few


@dataclass(slots=True)
class Mender:
    """`done` are the problems that are no more; `refused` were not as plain as they seemed."""

    done: list[Problem] = field(default_factory=list)
    refused: set[tuple[str, Change]] = field(default_factory=set)

    def mend(self, look: Look) -> None:
        """Mend what is found, looking anew after each fix. Raises Failed."""
        while len(self.done) < MOST:
            problem = next(filter(self._can_be_tried, look()), None)
            if problem is None:
                return
            self._try(problem)

    def _can_be_tried(self, problem: Problem) -> bool:
        fix = problem.fix
        return fix is not None and (problem.file or "", fix.change) not in self.refused

    def _try(self, problem: Problem) -> None:
        if problem.fix is None or problem.file is None:
            return
        path = Path(problem.file)
        try:
            was = path.read_bytes()
            text = was.decode("utf-8")
        except UnicodeDecodeError:
            raise Failed(f"{path} is not a UTF-8 text") from None
        except OSError as error:
            raise Failed(f"{path} cannot be read: {error.strerror}") from None
        new = fixed(text, problem.fix, is_json=path.suffix.lower() == ".json")
        if new is None:
            self.refused.add((problem.file, problem.fix.change))
            return
        revise(path, was, new.encode())
        self.done.append(problem)
