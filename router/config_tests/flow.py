"""Flow: values written in a line of YAML, so that they are read as what they are."""

import json
import re
from collections.abc import Mapping

from router.core.jsontypes import JSON, is_list

PLAIN = re.compile(r"[A-Za-z][\w./-]*( x[0-9]+)?")
"""What YAML reads as the text that it is, but for a few words."""

NO_TEXTS = frozenset({"true", "false", "null"})


def flow(value: JSON) -> str:
    match value:
        case str():
            return flow_text(value)
        case Mapping():
            return (
                f"{{{', '.join(f'{flow_text(key)}: {flow(one)}' for key, one in value.items())}}}"
            )
    if is_list(value):
        return f"[{', '.join(map(flow, value))}]"
    return json.dumps(value)


def flow_text(text: str) -> str:
    """Write a text so that it may stand within brackets, too."""
    words = text.split()
    is_plain = bool(words) and text == " ".join(words) and text.lower() not in NO_TEXTS
    if is_plain and all(map(PLAIN.fullmatch, words)):
        return text
    return json.dumps(text, ensure_ascii=False)
