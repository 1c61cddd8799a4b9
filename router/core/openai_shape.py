"""OpenAI's shape of an answer: `{"created", "data": [{"b64_json" | "url", ...}], ...}`."""

import json
import math

from router.core.images import Picture, Pictures
from router.core.jsontypes import JSON, OBJECTS, is_list
from router.core.skeleton import Skeleton, dissect

OWN_KEYS = frozenset({"b64_json", "url", "revised_prompt"})


def parse_answer(body: bytes) -> Pictures:
    """Read an answer without reading its pictures. Raises ValueError where it has another shape."""
    skeleton = dissect(body)
    rest = skeleton.rest
    if not isinstance(rest, OBJECTS):
        raise ValueError("the answer is no JSON object")
    data = rest.get("data")
    if not is_list(data):
        raise ValueError("the answer has no list `data`")
    fields = {**rest}
    del fields["data"]
    return Pictures(
        created=_date(fields.pop("created", None)),
        data=tuple([_picture(item, skeleton) for item in data]),
        fields=fields,
        raw=body,
    )


def _date(created: JSON) -> int:
    if isinstance(created, float):
        return int(created) if math.isfinite(created) else 0
    return created if isinstance(created, int) else 0


def _picture(item: JSON, skeleton: Skeleton) -> Picture:
    if not isinstance(item, OBJECTS):
        raise ValueError("an item of `data` is no JSON object")
    url, revised = item.get("url"), item.get("revised_prompt")
    return Picture(
        b64=skeleton.picture(item.get("b64_json")),
        url=url if isinstance(url, str) else None,
        revised_prompt=revised if isinstance(revised, str) else None,
        extras={key: value for key, value in item.items() if key not in OWN_KEYS},
    )


def encode_answer(pictures: Pictures) -> bytes:
    """Write an answer: the bytes that arrived where they have this shape already."""
    if pictures.raw is not None:
        return pictures.raw
    items = b",".join(_item(picture) for picture in pictures.data)
    fields = json.dumps({"created": pictures.created, **pictures.fields}, separators=(",", ":"))
    return fields.encode()[:-1] + b',"data":[' + items + b"]}"


def _item(picture: Picture) -> bytes:
    """Write one picture; its base64 text is copied, never decoded."""
    known = {"url": picture.url, "revised_prompt": picture.revised_prompt}
    said = {key: value for key, value in known.items() if value is not None}
    head = json.dumps({**picture.extras, **said}, separators=(",", ":")).encode()
    if picture.b64 is None:
        return head
    comma = b"" if head == b"{}" else b","
    return b'{"b64_json":"' + bytes(picture.b64) + b'"' + comma + head[1:]
