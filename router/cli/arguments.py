"""Arguments: the parameters of a request, from options and `--param`."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace

import click

from router.core.jsontypes import JSON

ELSEWHERE: Mapping[str, str] = {
    "prompt": "it is the command's argument",
    "metadata": "--metadata",
    "provider": "--provider",
    "timeout": "--timeout",
    "trace_id": "it belongs to the library",
    "cache_namespace": "it belongs to the library",
    "cache_force_refresh": "it belongs to the library",
    "extra_headers": "it belongs to the library",
    "extra_body": "it belongs to the library",
}
"""What `images.generate` takes that is no parameter of a picture, and what to use instead."""

NUMBERS = frozenset({"n", "seed", "output_compression"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Arguments:
    """The parameters that `images.generate` names; `others` are passed on as they are."""

    model: str | None = None
    n: int | None = None
    size: str | None = None
    quality: str | None = None
    style: str | None = None
    seed: int | None = None
    negative_prompt: str | None = None
    output_format: str | None = None
    output_compression: int | None = None
    response_format: str | None = None
    background: str | None = None
    moderation: str | None = None
    user: str | None = None
    others: Mapping[str, JSON] = field(default_factory=dict)

    def adding(self, params: Mapping[str, JSON]) -> "Arguments":
        """Return these with what `--param` gave. Raises BadParameter."""
        texts: dict[str, str] = {}
        numbers: dict[str, int] = {}
        others: dict[str, JSON] = {}
        named = {one.name for one in fields(self)} - {"others"}
        for name, value in params.items():
            self._check(name)
            if name in NUMBERS:
                numbers[name] = _number(name, value)
            elif name in named:
                texts[name] = value if isinstance(value, str) else str(value)
            else:
                others[name] = value
        return replace(self, **texts, **numbers, others=others)  # type: ignore[arg-type]

    def _check(self, name: str) -> None:
        if name in ELSEWHERE:
            raise _wrong(f"{name!r} is no parameter of a picture: {ELSEWHERE[name]}")
        if name != "others" and getattr(self, name, None) is not None:
            raise _wrong(f"{name!r} is given twice: as an option, and as a parameter")


def _number(name: str, value: JSON) -> int:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise _wrong(f"{name} is {value!r}; expected a whole number")


def _wrong(message: str) -> click.BadParameter:
    return click.BadParameter(message, param_hint="'--param'")
