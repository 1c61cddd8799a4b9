"""Page: blocks as YAML text that reads as it was meant, whatever its words are."""

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from router.config.scalars import plain
from router.core.jsontypes import JSON, is_list, sequence
from router.migrate.block import Block, Written, as_json, has_blocks

WIDTH = 100  # columns
STEP = "  "
WORD = re.compile(r"[A-Za-z0-9_$./-][A-Za-z0-9_$./:{}-]*")
"""What may stand without quotes, if it is no number, truth value or the like."""

SMALLEST, LARGEST = 1e-9, 1e15
"""Between them numbers are written out."""

SHORT = {"\n": "\\n", "\t": "\\t", "\r": "\\r", '"': '\\"', "\\": "\\\\"}


def page(block: Block, heading: Sequence[str]) -> str:
    """Write a config below the comments it begins with."""
    lines = [*_comments(heading, ""), *([""] if heading else []), *_block(block, "")]
    return "\n".join(lines) + "\n"


def once(block: Block, seen: set[str]) -> None:
    """Leave a comment at the first of all the places that it is about."""
    block.loose = [comment for comment in block.loose if _is_new(comment, seen)]
    for key, value, comments in list(block):
        block.recomment(key, [comment for comment in comments if _is_new(comment, seen)])
        for below in value if isinstance(value, list) else [value]:
            if isinstance(below, Block):
                once(below, seen)


def _is_new(comment: str, seen: set[str]) -> bool:
    if comment in seen:
        return False
    seen.add(comment)
    return True


def _block(block: Block, indent: str) -> Iterator[str]:
    yield from _comments(block.loose, indent)
    for key, value, comments in block:
        yield from _comments(comments, indent)
        yield from _pair(key, value, indent)


def _pair(key: str, value: Written, indent: str) -> Iterator[str]:
    head = f"{indent}{word(key, is_flow=False)}:"
    inline = _inline(value)
    if inline is not None and len(head) + 1 + len(inline) <= WIDTH:
        yield f"{head} {inline}"
    elif isinstance(value, Block) and not value:
        yield from _comments(value.loose, indent)
        yield f"{head} {{}}"
    elif isinstance(value, Block):
        yield head
        yield from _block(value, indent + STEP)
    elif isinstance(value, Mapping) and value:
        yield head
        for name, below in value.items():
            yield from _pair(name, below, indent + STEP)
    elif isinstance(value, list | tuple) and value:
        yield head
        for one in value:
            yield from _item(one, indent + STEP)
    else:
        yield f"{head} {flow(as_json(value))}"


def _item(value: Written, indent: str) -> Iterator[str]:
    inline = _inline(value)
    if inline is not None and len(indent) + 2 + len(inline) <= WIDTH:
        yield f"{indent}- {inline}"
        return
    if isinstance(value, Block):
        lines = list(_block(value, indent + STEP))
        # A comment in front of the first key goes above the dash.
        while lines and lines[0].lstrip().startswith("#"):
            yield lines.pop(0)[len(STEP) :]
    elif isinstance(value, Mapping):
        lines = [line for name, one in value.items() for line in _pair(name, one, indent + STEP)]
    else:
        lines = [f"{indent}{STEP}{flow(as_json(value))}"]
    yield f"{indent}- {lines[0][len(indent) + 2 :]}" if lines else f"{indent}- {{}}"
    yield from lines[1:]


def _inline(value: Written) -> str | None:
    """Write on one line what is small enough to be read so; None for what is not."""
    if isinstance(value, Block) and not value.is_bare:
        return None
    if has_blocks(value):
        return None
    plain_value = as_json(value)
    if isinstance(plain_value, Mapping):
        return flow(plain_value) if _is_small(plain_value) else None
    return word(plain_value, is_flow=False) if isinstance(plain_value, str) else flow(plain_value)


def _is_small(value: Mapping[str, JSON]) -> bool:
    return "api_key" not in value and not any(map(_nests, value.values()))


def _nests(value: JSON) -> bool:
    """Tell whether something is nested so deep that one line is hard to read."""
    below = value.values() if isinstance(value, Mapping) else sequence(value)
    return any(isinstance(one, Mapping) for one in below)


def flow(value: JSON) -> str:
    """Write a value on one line."""
    if isinstance(value, Mapping):
        pairs = (f"{word(key, is_flow=True)}: {flow(one)}" for key, one in value.items())
        return "{" + ", ".join(pairs) + "}"
    if is_list(value):
        return "[" + ", ".join(map(flow, value)) + "]"
    if isinstance(value, str):
        return word(value, is_flow=True)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return _number(value) if isinstance(value, int | float) else ""


def _number(value: float) -> str:
    """Write a number without an exponent, where that is readable."""
    text = repr(value)
    return format(Decimal(text), "f") if "e" in text and SMALLEST < abs(value) < LARGEST else text


def word(text: str, *, is_flow: bool) -> str:
    """Write a text, in quotes where it needs them."""
    if WORD.fullmatch(text) and not _is_taken(text) and not (is_flow and re.search("[{}:]", text)):
        return text
    return '"' + "".join(_letter(letter) for letter in text) + '"'


def _is_taken(text: str) -> bool:
    """Tell whether YAML would read something else than this text."""
    if text.endswith(":") or text.startswith("-"):
        return True
    try:
        return plain(text) != text
    except ValueError:
        return True


def _letter(letter: str) -> str:
    if letter in SHORT:
        return SHORT[letter]
    if letter.isprintable():
        return letter
    code = ord(letter)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _comments(comments: Sequence[str], indent: str) -> Iterator[str]:
    for comment in comments:
        if not comment:
            yield f"{indent}#"
            continue
        # Whatever breaks a line would end the comment and begin a config of its own.
        text = "".join(letter if letter.isprintable() else " " for letter in comment)
        yield from textwrap.wrap(
            text,
            WIDTH,
            initial_indent=f"{indent}# ",
            subsequent_indent=f"{indent}#   ",
            break_on_hyphens=False,
        )
