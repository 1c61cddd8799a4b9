"""As mermaid: a tree as a flowchart, as Markdown pages and wikis draw it."""

from collections.abc import Iterator

from router.config.places import short
from router.explain import wording
from router.explain.explanation import Explanation, Outlook
from router.explain.sketch import Sketch

SPECIAL = frozenset('&"<>#`;\\|')
"""What mermaid, or the HTML that it makes, would read as more than a character."""

SHAPES = {"fallback": ("[/", "\\]"), "loadbalance": ("{{", "}}"), "conditional": ("{", "}")}


def as_mermaid(told: Explanation) -> str:
    """Write a flowchart; where a request begins is drawn with a thick line."""
    lines = ["flowchart TD", *_nodes(told.tree, told.outlook)]
    return "\n".join(lines)


def _nodes(tree: Sketch, outlook: Outlook | None) -> Iterator[str]:
    names = {node.path: f"n{number}" for number, node in enumerate(tree.everything())}
    first: set[str] = set(outlook.standings.chances) if outlook else set()
    for node in tree.everything():
        begin, end = SHAPES.get(node.kind, ("[", "]"))
        yield f'    {names[node.path]}{begin}"{_label(node)}"{end}'
    for node in tree.everything():
        for number, child in enumerate(node.children):
            leads = any(below.path in first for below in child.everything())
            arrow = "==>" if leads else "-->"
            said = _said(node, child, number)
            text = f'|"{escaped(said)}"|' if said else ""
            yield f"    {names[node.path]} {arrow}{text} {names[child.path]}"


def _said(node: Sketch, child: Sketch, number: int) -> str:
    """Say when a group asks a child: its share, its condition, or its turn."""
    if child.share is not None:
        return wording.percent(child.share)
    return child.condition or (f"{number + 1}" if node.kind == "fallback" else "")


def _label(node: Sketch) -> str:
    settings = [str(one) for one in node.settings if one.origin is not None]
    lines = [node.title, short(node.path), node.rule, *settings]
    return "<br/>".join(escaped(line) for line in lines if line)


def escaped(text: str) -> str:
    """Write a text so that it is nothing but text in a quoted label."""
    printable = (char if char.isprintable() else "?" for char in text)
    return "".join(f"#{ord(char)};" if char in SPECIAL else char for char in printable)
