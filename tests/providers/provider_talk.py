"""Talking: hold an adapter's conversation by hand, as the driver would."""

import json

from router.core.adapter import Becomes
from router.core.http import HttpResponse
from router.core.images import ImageRequest
from router.core.target import Target
from router.providers.registry import adapter

LONG = "QUJD" * 100  # base64 text long enough to be cut out of an answer
JSON_TYPE = {"content-type": "application/json"}


def ask(model=None, **params):
    named = {} if model is None else {"model": model}
    return ImageRequest(params={"prompt": "a red kite", **named, **params})


def target(provider, **fields):
    return Target(path="config", provider=provider, **fields)


def answer(body, status=200, **headers):
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpResponse(status=status, headers={**JSON_TYPE, **named}, body=raw)


def sent(provider, request, **fields):
    """Return the one HTTP request that is made of it."""
    return next(adapter(provider).flow(request, target(provider, **fields))).request


def told(provider, request, response=None, **fields):
    """Return the outcome; without a response nothing may be sent."""
    flow = adapter(provider).flow(request, target(provider, **fields))
    outcome = _end(flow, None)
    if response is None:
        return outcome
    assert outcome is None, "nothing was sent"
    return _end(flow, response)


def talk(provider, request, *responses, **fields):
    """Hold a conversation; return what was sent, and the outcome if there is one."""
    flow = adapter(provider).flow(request, target(provider, **fields))
    sends = []
    for response in (None, *responses):
        try:
            sends.append(flow.send(response))
        except StopIteration as end:
            return sends, end.value
    return sends, None


def _end(flow, response):
    """Take the conversation one step on; return its outcome if that was the last."""
    try:
        flow.send(response)
    except StopIteration as end:
        return end.value
    return None


def adapted(provider, request, **fields):
    """Return the parameters and the notes that the engine makes of a request."""
    speaker, to = adapter(provider), target(provider, **fields)
    rules = speaker.rules(request, to)
    params, notes = dict(request.params), []
    for name, value in request.params.items():
        rule = rules.get(name)
        if rule is not None:
            becomes = rule(value, request.params)
        elif speaker.unknown(name, request, to):
            becomes = Becomes({}, f"{name} dropped ({provider} does not know it)")
        else:
            becomes = None
        if becomes is None:
            continue
        del params[name]
        params |= becomes.params
        assert becomes.exact or becomes.note, f"{name} is changed and nobody is told"
        if not becomes.exact:
            notes.append(becomes.note)
    return params, notes


def form(request):
    """Return a multipart request's fields as text."""
    return {part.name: part.content.decode() for part in request.parts}
