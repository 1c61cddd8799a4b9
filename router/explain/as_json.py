"""As JSON: an explanation for programs; `docs/explain.md` describes its shape."""

from router.config.masking import masked, without_secrets
from router.core.jsontypes import JSON
from router.core.outcome import Failure
from router.explain.explanation import Best, Explanation, Late, Outlook
from router.explain.figures import Figure, attempts_at, figures
from router.explain.settings import Setting
from router.explain.sketch import Sketch
from router.explain.standing import Judgement, unasked
from router.strategies.lookup import Missing


def as_json(told: Explanation) -> JSON:
    """Return one object; `request` is null where none was asked about."""
    outlook = told.outlook
    return {
        "config": told.source,
        "tree": _node(told.tree, outlook),
        "request": None if outlook is None else _request(outlook),
    }


def _node(node: Sketch, outlook: Outlook | None) -> JSON:
    common: dict[str, JSON] = {
        "path": node.path,
        "kind": node.kind,
        "share": node.share,
        "condition": node.condition or None,
        "settings": [_setting(one) for one in node.settings],
    }
    if node.kind != "target":
        children = [_node(child, outlook) for child in node.children]
        return {**common, "rule": node.rule, "children": children}
    target: dict[str, JSON] = {
        "provider": node.provider,
        "model": node.model,
        "virtual_key": node.virtual_key,
        "host": node.host,
    }
    return {**common, **target, "asked": None if outlook is None else _asked(node.path, outlook)}


def _setting(setting: Setting) -> JSON:
    origin = setting.origin
    return {
        "name": setting.name,
        "text": setting.text,
        "value": setting.value,
        "set_at": None if origin is None else origin.path,
        "line": None if origin is None else origin.line,
        "inherited": setting.is_inherited,
    }


def _asked(path: str, outlook: Outlook) -> JSON:
    """Return what becomes of the request at one target."""
    probe, standings = outlook.probes[path], outlook.standings
    chance = standings.chances.get(path, 0.0)
    refusal = probe.refusal
    return {
        "chance_first": chance,
        "why_not_first": None if chance else standings.why_not.get(path),
        "refused": _failure(refusal),
        "fails_with": _failure(outlook.rebuffs.get(path)),
        "calls": len(probe.parts),
        "model": probe.parts[0].model if probe.parts else None,
        "adapted": list(probe.notes),
        "typical_seconds": probe.seconds,
        "usual_dollars": probe.usual if probe.parts else None,
        "most_dollars": None if probe.is_open_ended or not probe.parts else probe.most,
    }


def _failure(failure: Failure | None) -> JSON:
    if failure is None:
        return None
    message = masked(failure.message)
    return {"status": failure.status, "kind": failure.kind, "message": message}


def _request(outlook: Outlook) -> JSON:
    request = outlook.request
    return {
        "operation": request.operation,
        "params": without_secrets(request.params),
        "metadata": without_secrets(request.metadata),
        "conditions": [_condition(one) for one in outlook.standings.judgements],
        "unasked": [
            {"status": status, "chance": chance}
            for status, chance in unasked(outlook.standings).items()
        ],
        "best": None if outlook.best is None else _best(outlook.best),
        "late": None if outlook.late is None else _late(outlook.late),
        "worst": {one.measure: _figure(one) for one in figures(outlook)},
        "seconds_alone": outlook.bound.alone,
        "attempts_at": {**attempts_at(outlook)},
    }


def _condition(judgement: Judgement) -> JSON:
    return {
        "path": judgement.path,
        "text": judgement.text,
        "holds": judgement.holds,
        "asked": judgement.is_asked,
        "chooses": judgement.chooses,
        "values": {
            path: None if isinstance(found, Missing) else found
            for path, found in judgement.values.items()
        },
        "missing": [path for path, found in judgement.values.items() if isinstance(found, Missing)],
    }


def _best(best: Best) -> JSON:
    return {
        "path": best.path,
        "attempts": best.attempts,
        "seconds": best.seconds,
        "dollars": best.dollars,
        "dollars_are_most": best.is_most,
    }


def _late(late: Late) -> JSON:
    return {"path": late.path, "seconds": late.seconds, "allowed": late.allowed}


def _figure(figure: Figure) -> JSON:
    return {
        "bound": figure.most,
        "known": figure.known,
        "played": figure.met,
        "met": figure.is_met,
        "unbounded": list(figure.reasons) if figure.most is None else [],
    }
