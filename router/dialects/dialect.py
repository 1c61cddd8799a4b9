"""Dialect: how one server that resembles OpenAI differs from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from router.core.images import Operation
from router.core.jsontypes import EMPTY, JSON

SizeForm = Literal["x", "star", "ratio"]
ErrorForm = Literal["openai", "pair", "plain", "text", "detail", "numbered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """What only a stand-in needs to know.

    `errors` is the shape of an error: `openai` is `{"error": {message, type, param, code}}`, `pair`
    `{"code", "error": text}`, `plain` `{"error": text}`, `text` no JSON at all, `detail`
    `{"detail": text}`, `numbered` `{"error": {code: status, message, type}}`. `rejects` are
    parameters that it answers with 400. `beside` and `top` are fields beside a picture and at the
    top of an answer.
    """

    errors: ErrorForm = "openai"
    gives: str = ""
    default_size: str = "1024x1024"
    rejects: frozenset[str] = frozenset()
    beside: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    top: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Dialect:
    """One row.

    Without a `base_url` a config has to name the host; without a `key_variable` no key is needed.
    `takes` are those of OpenAI's parameters, and of `seed` and `negative_prompt`, that it
    understands as they are; None means all. Of the others `renames` have another name there,
    `joins` are appended to the prompt after a text, and the rest is dropped. With `closed` it
    understands no parameter that is not named here.

    `size` is written `1024x1024`, `1024*1024` (`star`), or as the nearest of `ratios` and
    `resolutions` (name to the edge of a square in pixels). `foreign` are values that only OpenAI
    knows. `responses` are the values of `response_format`; `asks` is said where the caller says
    nothing else; `gives` is the only picture format where none can be chosen, and the usual one.

    Edits are forms, or with `json_edits` JSON with `data:` URLs; in forms all pictures are in the
    field `image` with `one_field`, else several are in `image[]`. `withheld` names a flag beside a
    picture that is false where the safety system kept it back.
    """

    name: str
    aliases: tuple[str, ...] = ()
    base_url: str = ""
    key_variable: str = ""
    operations: frozenset[Operation] = frozenset({"generate"})
    per_call: int = 1
    most_images: int = 1
    takes_mask: bool = False
    one_field: bool = False
    json_edits: bool = False
    takes: frozenset[str] | None = frozenset()
    closed: bool = False
    renames: Mapping[str, str] = field(default_factory=dict)
    joins: Mapping[str, str] = field(default_factory=dict)
    foreign: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    size: SizeForm = "x"
    ratios: tuple[str, ...] = ()
    resolutions: Mapping[str, int] = field(default_factory=dict)
    qualities: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    responses: tuple[str, ...] = ()
    asks: Mapping[str, JSON] = field(default_factory=lambda: EMPTY)
    gives: str = ""
    withheld: str = ""
    server: Server = field(default_factory=Server)
    source: str = ""
    read: str = ""
    uncertain: tuple[str, ...] = ()
