"""The two SDKs for Python, unmodified: they make the calls that a case tells."""

from contextlib import ExitStack
from pathlib import Path

import openai
import portkey_ai
from portkey_ai._vendor import openai as vendored

ERRORS = (openai.OpenAIError, vendored.OpenAIError)


def run(cases):
    return [_case(case) for case in cases]


def _case(case):
    with ExitStack() as opened:
        client = _kept(_client(case), opened)
        return [_call(client, call, opened) for call in case["calls"]]


def _kept(client, opened):
    """Have the client closed in the end; nothing in Portkey's own does that."""
    if isinstance(client, portkey_ai.Portkey):
        opened.callback(client._client.close)
        client_inside = client.openai_client
    else:
        client_inside = client
    opened.callback(client_inside.close)
    return client


def _client(case):
    options = dict(case["options"])
    match case["sdk"]:
        case "portkey":
            return portkey_ai.Portkey(base_url=case["url"], **options)
        case "azure":
            return openai.AzureOpenAI(azure_endpoint=case["root"], **options)
    if "headers" in case:
        options["default_headers"] = portkey_ai.createHeaders(**case["headers"])
    return openai.OpenAI(base_url=case["url"], **options)


def _call(client, call, opened):
    if "with" in call:
        client = _kept(client.with_options(**call["with"]), opened)
    files = {key: _file(each, opened) for key, each in call["files"].items()}
    try:
        return _asked(client, call["do"], {**call["body"], **files})
    except ERRORS as error:
        return {"error": _error(error)}


def _file(given, files):
    if isinstance(given, list):
        return [_file(each, files) for each in given]
    return files.enter_context(Path(given).open("rb"))


def _asked(client, do, body):
    if do == "models":
        return {"models": [model.id for model in client.models.list().data]}
    if do == "where":
        return {"where": str(client.base_url)}
    images = client.images
    method = {"generate": "generate", "edit": "edit", "variation": "create_variation"}[do]
    if body.get("stream"):
        return {"events": [_event(event) for event in getattr(images, method)(**body)]}
    if isinstance(client, portkey_ai.Portkey):
        answer = getattr(images, method)(**body)
        return {**_answer(answer), "headers": dict(answer.get_headers())}
    raw = getattr(images.with_raw_response, method)(**body)
    return {**_answer(raw.parse()), "headers": _portkeys(raw.headers)}


def _answer(answer):
    data = [{"url": each.url, "b64_json": _beginning(each.b64_json)} for each in answer.data]
    said = answer.to_dict() if hasattr(answer, "to_dict") else answer.model_dump()
    names = [name for each in (said, *said["data"]) for name in each if each[name] is not None]
    return {"created": answer.created, "data": data, "names": names}


def _portkeys(headers):
    prefix = "x-portkey-"
    found = {name.lower(): value for name, value in headers.items()}
    return {name.removeprefix(prefix): found[name] for name in found if name.startswith(prefix)}


def _event(event):
    return {"type": event.type, "b64_json": _beginning(event.b64_json)}


def _beginning(text):
    """Tell what a picture is, and not all of it."""
    return text and text[:8]


def _error(error):
    told = {"class": type(error).__name__, "message": str(error)}
    if isinstance(error, (openai.APIStatusError, vendored.APIStatusError)):
        told |= {
            "status": error.status_code,
            "code": error.code,
            "headers": dict(error.response.headers),
        }
    return told
