"""Page: the document for people, as one HTML file that loads nothing else."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape

from router.core.jsontypes import EMPTY, JSON, sequence

STYLE = """\
:root{color-scheme:light dark;--line:#d9dde3;--soft:#f4f6f8;--quiet:#5b6470;--ink:#16191d;
--paper:#fff;--post:#0b6e4f;--get:#1f5fbf}
@media(prefers-color-scheme:dark){:root{--line:#31363d;--soft:#1d2126;--quiet:#a2abb6;
--ink:#e8eaed;--paper:#14171a;--post:#5fd0a5;--get:#8ab4f8}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 4rem;background:var(--paper);
color:var(--ink);font:16px/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.8rem;margin:0}h2{margin:2.5rem 0 .75rem;font-size:1.25rem}h3{font-size:1rem}
p{margin:.4rem 0}.quiet{color:var(--quiet)}
code,pre{font-family:ui-monospace,monospace;font-size:.88em}
code{background:var(--soft);border-radius:4px;padding:.1em .3em}
pre{background:var(--soft);border:1px solid var(--line);border-radius:8px;padding:.8rem;
overflow-x:auto;overflow-wrap:normal}
details{border:1px solid var(--line);border-radius:8px;margin:.5rem 0}
summary{cursor:pointer;padding:.6rem .8rem}details>div{padding:0 .8rem .8rem}
summary b{display:inline-block;min-width:3.2rem;font-family:ui-monospace,monospace}
.post{color:var(--post)}.get{color:var(--get)}
summary span{display:block;color:var(--quiet)}
dl{margin:0}dt{padding-top:.5rem;border-top:1px solid var(--line);margin-top:.5rem}
dd{margin:.1rem 0 0;color:var(--quiet)}
a{color:var(--get)}"""

START = """\
curl http://127.0.0.1:8787/v1/images/generations \\
  -H 'content-type: application/json' \\
  -H 'x-portkey-config: fallback' \\
  -d '{"prompt": "a red kite over the sea"}'"""

HEAD = f"""\
<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>pixroute</title><style>{STYLE}</style></head><body>"""

CODE = re.compile(r"`([^`]+)`")


def page_of(document: Mapping[str, JSON]) -> str:
    """Draw the document."""
    info, parts = _object(document, "info"), _object(document, "components")
    pieces = (
        HEAD,
        f"<h1>{_text(info, 'title')} {_text(info, 'version')}</h1>",
        f"<p>{_prose(info)}</p>",
        f"<pre>{escape(START)}</pre>",
        '<p><a href="openapi.json">openapi.json</a> is this page for machines.</p>',
        *_sections(document),
        "<h2>Headers of a request</h2>",
        *_terms(_object(parts, "parameters")),
        "<h2>Headers of an answer</h2>",
        *_terms(_object(parts, "headers")),
        "<h2>Failures</h2>",
        *_terms(_object(parts, "responses")),
        "<h2>Shapes</h2>",
        *(_shape(name, one) for name, one in _objects(_object(parts, "schemas"))),
        "</body></html>",
    )
    return "\n".join(pieces)


def _sections(document: Mapping[str, JSON]) -> Iterator[str]:
    """Draw the operations under their tags."""
    for tag in _list(document, "tags"):
        name = _text(tag, "name")
        yield f"<h2>{name.capitalize()}</h2><p class='quiet'>{_prose(tag)}</p>"
        for path, methods in _objects(_object(document, "paths")):
            for method, operation in _objects(methods):
                if name in _names(operation, "tags"):
                    yield _operation(path, method, operation)


def _operation(path: str, method: str, operation: Mapping[str, JSON]) -> str:
    head = (
        f'<summary><b class="{method}">{method.upper()}</b><code>{escape(path)}</code>'
        f"<span>{_code(_text(operation, 'summary'))}</span></summary>"
    )
    own = {_text(one, "name"): one for one in _list(operation, "parameters") if "name" in one}
    body = _object(_object(operation, "requestBody"), "content")
    answers = _object(operation, "responses")
    pieces = [
        *(_terms(own) if own else ()),
        *(f"<p>Body: {_content(body)}</p>" if body else ()),
        *(
            f"<p>{_answer(status, one)}</p>"
            for status, one in _objects(answers)
            if "$ref" not in one
        ),
        _failures([status for status, one in _objects(answers) if "$ref" in one]),
    ]
    return f"<details>{head}<div>{''.join(pieces)}</div></details>"


def _answer(status: str, answer: Mapping[str, JSON]) -> str:
    content = _content(_object(answer, "content"))
    return f"<b>{escape(status)}</b> {content} <span class='quiet'>{_prose(answer)}</span>"


def _failures(statuses: Sequence[str]) -> str:
    """Lead to what failures mean: there it is said once for all."""
    links = ", ".join(f'<a href="#{status}">{status}</a>' for status in statuses)
    return f"<p>Failures: {links}</p>" if links else ""


def _content(content: Mapping[str, JSON]) -> str:
    """Name the types of a body, and lead to their shapes."""
    return ", ".join(
        f"<code>{escape(kind)}</code> {_kind(_object(one, 'schema'))}"
        for kind, one in _objects(content)
    )


def _shape(name: str, schema: Mapping[str, JSON]) -> str:
    needed = frozenset(_names(schema, "required"))
    rows = "".join(
        _row(field, one, " needed" if field in needed else "")
        for field, one in _objects(_object(schema, "properties"))
    )
    head = f"<summary><code>{escape(name)}</code><span>{_prose(schema)}</span></summary>"
    return f'<details id="{escape(name)}">{head}<div><dl>{rows}</dl></div></details>'


def _terms(entries: Mapping[str, JSON]) -> Iterator[str]:
    yield "<dl>"
    for name, entry in _objects(entries):
        yield _row(name, entry)
    yield "</dl>"


def _row(name: str, entry: Mapping[str, JSON], note: str = "") -> str:
    """Draw a name, its type, and what it means; a header's type stands in its `schema`."""
    example = entry.get("example")
    said = "" if example is None else f" Such as <code>{escape(str(example))}</code>"
    kind = _kind(_object(entry, "schema") or entry)
    place = f' id="{name}"' if name.isdecimal() else ""  # a status, which operations lead to
    return (
        f"<dt{place}><code>{escape(name)}</code> "
        f'<span class="quiet">{kind}{note}</span></dt><dd>{_prose(entry)}{said}</dd>'
    )


def _kind(schema: Mapping[str, JSON]) -> str:
    reference = _text(schema, "$ref").rpartition("/")[2]
    if reference:
        return f'<a href="#{reference}">{reference}</a>'
    items = _object(schema, "items")
    if items:
        return f"list of {_kind(items)}"
    named = schema.get("type")
    names = [named] if isinstance(named, str) else _names(schema, "type")
    return " or ".join(name for name in names if name != "null")


def _prose(entry: Mapping[str, JSON]) -> str:
    return _code(_text(entry, "description"))


def _code(text: str) -> str:
    """Write a text; what stands in backticks is code."""
    return CODE.sub(r"<code>\1</code>", escape(text, quote=False))


def _text(entry: Mapping[str, JSON], key: str) -> str:
    value = entry.get(key)
    return value if isinstance(value, str) else ""


def _object(entry: Mapping[str, JSON], key: str) -> Mapping[str, JSON]:
    value = entry.get(key)
    return value if isinstance(value, Mapping) else EMPTY


def _objects(entries: Mapping[str, JSON]) -> Iterable[tuple[str, Mapping[str, JSON]]]:
    return ((name, one) for name, one in entries.items() if isinstance(one, Mapping))


def _list(entry: Mapping[str, JSON], key: str) -> Sequence[Mapping[str, JSON]]:
    value = entry.get(key)
    found = value if isinstance(value, Sequence) else ()
    return [one for one in found if isinstance(one, Mapping)]


def _names(entry: Mapping[str, JSON], key: str) -> Sequence[str]:
    return [one for one in sequence(entry.get(key)) if isinstance(one, str)]
