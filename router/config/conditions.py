"""Conditions: checks the queries of conditional routing before a request meets them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from router.config.masking import is_secret_name, shown
from router.config.places import Place
from router.config.problems import did_you_mean, hints, one_of
from router.config.report import Report
from router.config.source import Source
from router.core.jsontypes import JSON, is_list
from router.core.pattern import RunawayError, compile_linear, compile_pattern

COMPARISONS = ("$eq", "$ne", "$gt", "$gte", "$lt", "$lte")
LISTS = ("$in", "$nin")
OPERATORS = (*COMPARISONS, *LISTS, "$regex", "$exists", "$not")
JOINTS = ("$and", "$or", "$not")
PATH = re.compile(r"url\.pathname|(?:metadata|params)(?:\.[^.\[\]]+|\[\d+\])+")
AMBIGUOUS = "what it repeats can match the same text in several ways"
REMEDY = r"write (\w+\s?)+ as \w+(\s\w+)*, or install google-re2, which minds no such pattern"
LINEAR = "google-re2 runs the patterns that are sent: no lookaround, no backreferences"
ROOTS = ("metadata", "params", "url.pathname")


@dataclass(frozen=True, slots=True)
class QueryCheck:
    """Reports what is wrong with a query. Sibling keys are joined by AND.

    `is_sent` means that a stranger wrote it.
    """

    source: Source
    report: Report
    is_sent: bool = False

    def query(self, value: JSON, place: Place) -> None:
        if not isinstance(value, Mapping) or not value:
            self._error(
                place, "a query is missing here", "for example {params.model: {$eq: gpt-image-2}}"
            )
            return
        for key, inner in value.items():
            self._key(key, inner, (*place, key))

    def _key(self, key: str, inner: JSON, place: Place) -> None:
        match key:
            case "$and" | "$or":
                self._queries(key, inner, place)
            case "$not":
                self.query(inner, place)
            case _ if key.startswith("$"):
                hint = hints(one_of(JOINTS), "or a path")
                self._error(place, f"{shown(key)} does not join conditions", hint, at_key=True)
            case _:
                self._path(key, place)
                self._test(inner, place)

    def _queries(self, key: str, inner: JSON, place: Place) -> None:
        if not isinstance(inner, Sequence) or isinstance(inner, str) or not inner:
            self._error(place, f"{key!r} needs a list of queries")
            return
        for i, one in enumerate(inner):
            self.query(one, (*place, i))

    def _path(self, path: str, place: Place) -> None:
        if PATH.fullmatch(path) is None:
            root = path.partition(".")[0]
            hint = hints("expected metadata.<name>, params.<name> or url.pathname", _likely(root))
            self._error(place, f"{shown(path)} is not a path into a request", hint, at_key=True)

    def _test(self, test: JSON, place: Place) -> None:
        """Check what a path is compared with: operators, or a value that it must equal."""
        if isinstance(test, Mapping):
            if not test:
                self._error(place, "the path is compared with nothing", one_of(OPERATORS))
            for name, operand in test.items():
                self._operator(name, operand, (*place, name))
        elif isinstance(test, list):
            self._error(place, "the path is compared with a list", "write {$in: [...]}")

    def _operator(self, name: str, operand: JSON, place: Place) -> None:
        if name not in OPERATORS:
            hint = hints(one_of(OPERATORS), did_you_mean(name, OPERATORS))
            self._error(place, f"unknown operator {shown(name)}", hint, at_key=True)
        elif name in LISTS and not is_list(operand):
            self._error(place, f"{name!r} needs a list, and is {_shown(operand, place)}")
        elif name == "$exists" and not isinstance(operand, bool):
            self._error(place, f"'$exists' needs true or false, and is {_shown(operand, place)}")
        elif name == "$not":
            self._test(operand, place)
        elif name == "$regex":
            self._pattern(operand, place)
        elif name in COMPARISONS:
            self._operand(name, operand, place)

    def _operand(self, name: str, operand: JSON, place: Place) -> None:
        if isinstance(operand, Mapping | list):
            self._error(place, f"{name!r} needs a single value, and is {_shown(operand, place)}")
        elif name in COMPARISONS[2:] and (isinstance(operand, bool) or operand is None):
            found = _shown(operand, place)
            self._error(place, f"{name!r} needs a number or a text, and is {found}")

    def _pattern(self, operand: JSON, place: Place) -> None:
        if not isinstance(operand, str):
            self._error(place, f"'$regex' needs a pattern, and is {_shown(operand, place)}")
            return
        try:
            (compile_linear if self.is_sent else compile_pattern)(operand)
        except ModuleNotFoundError:
            message = "'$regex' in a config that is sent needs google-re2, which is not installed"
            self._error(place, message, "pip install 'pixroute[gateway]'", at_key=True)
        except RunawayError:
            found = _shown(operand, place)
            message = f"{found} could take for ever on an unlucky text: {AMBIGUOUS}"
            self._error(place, message, REMEDY)
        except ValueError as error:
            hint = LINEAR if self.is_sent else ""
            reason = "" if is_secret_name(_name(place)) else f": {error}"
            self._error(place, f"{_shown(operand, place)} is not a pattern{reason}", hint)

    def _error(self, place: Place, message: str, hint: str = "", *, at_key: bool = False) -> None:
        self.report.error(self.source, place, message, hint, code="bad-query", at_key=at_key)


def _shown(operand: JSON, place: Place) -> str:
    """Write an operand, unless what it is compared with is a secret."""
    return shown(operand, _name(place))


def _name(place: Place) -> str:
    return ".".join(map(str, place))


def _likely(root: str) -> str:
    return did_you_mean(root, ROOTS)
