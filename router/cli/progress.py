"""Progress: what is seen of a request while it runs. It goes to stderr."""

import time
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

import click

from router.cli import wording
from router.cli.gallery import Saved
from router.core.trace import Attempt, Decision, Observer


class Progress(Observer, Protocol):
    def shown(self) -> AbstractContextManager[None]:
        """Show it as long as the context is open."""
        ...

    def pictured(self, partial: Saved) -> None:
        """Show that an unfinished picture has come, and is a file."""
        ...

    def erase(self) -> None:
        """Leave nothing behind: what was seen is about to be told again."""
        ...


class Silent:
    """Nothing at all."""

    def shown(self) -> AbstractContextManager[None]:
        return nullcontext()

    def pictured(self, partial: Saved) -> None:
        pass

    def erase(self) -> None:
        pass

    def decided(self, decision: Decision) -> None:
        pass

    def attempt_started(self, attempt: Attempt) -> None:
        pass

    def attempt_ended(self, attempt: Attempt) -> None:
        pass


class Plain(Silent):
    """One line an event, for logs: seconds since the request began, place, what happened."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def pictured(self, partial: Saved) -> None:
        at = time.monotonic() - self._began
        self._say(at, str(partial.path), f"partial picture, {wording.picture(partial)}")

    def decided(self, decision: Decision) -> None:
        self._say(decision.at, decision.path, f"{decision.by}: {wording.decision(decision)}")

    def attempt_started(self, attempt: Attempt) -> None:
        self._began = time.monotonic() - attempt.started
        wait = f" after a wait of {wording.seconds(attempt.waited)}" if attempt.waited else ""
        self._say(attempt.started, attempt.path, f"{wording.who(attempt)} asked{wait}")

    def attempt_ended(self, attempt: Attempt) -> None:
        verb = "answered" if attempt.ok else "failed:"
        event = f"{wording.who(attempt)} {verb} {wording.status(attempt)}"
        self._say(attempt.started + attempt.duration, attempt.path, event)

    def _say(self, at: float, path: str, event: str) -> None:
        click.echo(f"{at:6.1f} s  {path}  {event}", err=True)
