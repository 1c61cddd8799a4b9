"""Told: explanations of configs, as text and as JSON."""

from router.explain.as_json import as_json
from router.explain.as_text import as_text
from router.explain.explanation import explain
from router.explain.rehearsal import Question
from router.lab.stage import loader_for

LOADER = loader_for()


def explanation(config, options=None, operation="generate", files=None, **params):
    """Explain a config; with any parameter or option also a request to it."""
    if not params and options is None:
        return explain(config, LOADER)
    asked = {"prompt": "a red kite", **params}
    question = Question(params=asked, operation=operation, options=options or {}, files=files or {})
    return explain(config, LOADER, question)


def text(config, width=None, **request):
    return as_text(explanation(config, **request), width)


def told(config, **request):
    return as_json(explanation(config, **request))


def targets(node):
    """Return the targets of a tree in JSON, by path."""
    if node["kind"] == "target":
        return {node["path"]: node}
    return {path: one for child in node["children"] for path, one in targets(child).items()}


def asked(config, **request):
    """Return what becomes of a request at each target."""
    tree = told(config, **request)["tree"]
    return {path: one["asked"] for path, one in targets(tree).items()}


def openai(model="gpt-image-2", **settings):
    return {"provider": "openai", "override_params": {"model": model}, **settings}


def stability(**settings):
    model = {"model": "stable-image-core"}
    return {"provider": "stability-ai", "override_params": model, **settings}


def group(mode, *targets, strategy=None, **settings):
    return {"strategy": {"mode": mode, **(strategy or {})}, "targets": list(targets), **settings}
