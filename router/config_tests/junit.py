"""JUnit: results in the XML that CI servers show."""

from collections.abc import Iterable
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, tostring

from router.config.problems import Problem
from router.config_tests.round import FileRun
from router.config_tests.running import Result
from router.config_tests.telling import headline, tell

NAME = "pixroute test"
MARK = f'<testsuites name="{NAME}"'
"""By this a report is known for one of ours."""


def as_junit(runs: Iterable[FileRun]) -> str:
    """Write a suite for each file; what cannot be run is an error of its own."""
    root = Element("testsuites", name=NAME)
    for run in runs:
        failed = sum(not result.passed for result in run.results)
        suite = SubElement(
            root,
            "testsuite",
            name=str(run.file),
            tests=str(len(run.results) + len(run.problems)),
            failures=str(failed),
            errors=str(len(run.problems)),
            time=f"{run.seconds:.3f}",
        )
        for result in run.results:
            _case(suite, run.file, result)
        for problem in run.problems:
            _error(suite, run.file, problem)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _case(suite: Element, file: Path, result: Result) -> None:
    case = _named(suite, file, result.case.name, result.seconds)
    if result.case.line is not None:
        case.set("line", str(result.case.line))
    if not result.passed:
        failure = SubElement(case, "failure", message=_fit(headline(result)))
        failure.text = _fit(tell(result))


def _error(suite: Element, file: Path, problem: Problem) -> None:
    case = _named(suite, file, problem.place, 0.0)
    error = SubElement(case, "error", message=_fit(problem.message))
    error.text = _fit(str(problem))


def _named(suite: Element, file: Path, name: str, seconds: float) -> Element:
    classname = str(file.with_suffix("")).replace("/", ".")
    return SubElement(
        suite,
        "testcase",
        classname=_fit(classname),
        name=_fit(name),
        file=str(file),
        time=f"{seconds:.3f}",
    )


def _fit(text: str) -> str:
    """Replace what XML cannot say."""
    return "".join(char if char.isprintable() or char == "\n" else "?" for char in text)
