"""Control: the sandbox's own pages: what it is, its files, its faults, its log."""

from collections.abc import Callable
from dataclasses import dataclass

from router.core.http import HttpRequest, HttpResponse
from router.core.jsontypes import JSON
from router.emulators import shape
from router.emulators.registry import names
from router.sandbox.fault_script import FaultScriptError, parse_faults
from router.sandbox.reception import Reception
from router.sandbox.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Control:
    """Answers what no provider would."""

    reception: Reception
    shelf: Shelf
    base_url: Callable[[str], str]
    elapsed: Callable[[], float]

    def handle(self, request: HttpRequest) -> HttpResponse:
        path = shape.path(request)
        match request.method, path:
            case "GET", "/":
                return self._welcome()
            case "GET", "/_requests":
                return self._requests()
            case "GET", "/_faults":
                return self._faults()
            case "POST", "/_faults":
                return self._play(request)
            case "GET", _ if path.startswith("/files/"):
                return self._file(path.removeprefix("/files/"))
        return _answer(
            404,
            {"error": f"there is nothing at {request.method} {path[:200]}; see GET /"},
        )

    def _welcome(self) -> HttpResponse:
        bases = {name: self.base_url(name) for name in names()}
        return _answer(
            200,
            {
                "sandbox": "stand-ins for image providers: no account, no cost, no internet",
                "keys": "any key opens it that does not contain 'invalid'",
                "base_urls": bases,
                "files": "GET /files/NAME",
                "faults": "POST /_faults with a script such as 'openai: 503 x2'",
                "log": "GET /_requests",
            },
        )

    def _requests(self) -> HttpResponse:
        log = self.reception.requests
        entries = [entry.as_json() for entry in log]
        return _answer(200, {"counts": dict(log.counts), "requests": entries})

    def _faults(self) -> HttpResponse:
        return _answer(200, {"faults": [str(fault) for fault in self.reception.faults.script]})

    def _play(self, request: HttpRequest) -> HttpResponse:
        """Take a script as text, or as JSON: an object, a list, or `{"faults": ...}`."""
        try:
            self.reception.play(parse_faults(_script(request)), self.elapsed())
        except FaultScriptError as error:
            return _answer(400, {"error": str(error)})
        return self._faults()

    def _file(self, name: str) -> HttpResponse:
        file = self.shelf.get(name)
        if file is None:
            return _answer(404, {"error": "there is no such file, or no longer"})
        return HttpResponse(status=200, headers={"content-type": file.mime}, body=file.content)


def _script(request: HttpRequest) -> JSON:
    text = request.body.decode("utf-8", "replace")
    if not text.lstrip().startswith(("{", "[")):
        return text
    value = shape.json_value(request.body)
    if value is None:
        raise FaultScriptError("the body begins like JSON and is none")
    return value["faults"] if isinstance(value, dict) and "faults" in value else value


def _answer(status: int, value: JSON) -> HttpResponse:
    return shape.json_response(status, value, {})
