"""Segmind's rules: how each model says OpenAI's parameters. Of an unknown one little is sure."""

from collections.abc import Mapping
from functools import lru_cache, partial
from types import MappingProxyType

from router.core.adapter import Becomes, Rule
from router.core.jsontypes import JSON
from router.core.sizes import Size, nearest_size, ratios_of
from router.providers.diffusion_rules import graded, own_style, whole_seed
from router.providers.grades import nearest_grades
from router.providers.rules import (
    UNSAID,
    absent,
    drop,
    dropped,
    give_base64,
    give_url,
    given_instead,
    one_of,
    shown,
)
from router.providers.segmind_models import Endpoint
from router.providers.size_rules import (
    as_asked,
    size_by_edges,
    size_by_ratio,
    size_in_words,
    size_rule,
)

USUAL_SIZE = ("width", "height")
"""What most models call the edges, for those that nobody has asked yet."""

SIZE_WORDS = ("width", "height", "img_width", "img_height", "aspect_ratio")

OPTIONAL = (
    "quality",
    "style",
    "seed",
    "negative_prompt",
    "background",
    "moderation",
    "output_format",
    "output_compression",
    "input_fidelity",
)
"""OpenAI's parameters, and two that many share, that not every model has."""

FORMATS = MappingProxyType({"jpg": "jpeg"})


@lru_cache(maxsize=256)
def rules_for(endpoint: Endpoint) -> Mapping[str, Rule]:
    """Return the rules of one model behind one contract."""
    rules: dict[str, Rule] = {
        "response_format": give_base64 if endpoint.contract == "v1" else give_url,
        **absent(["user"], endpoint.slug),
        "size": given_instead("size", SIZE_WORDS, _size(endpoint)),
    }
    spoken = {
        "quality": _quality(endpoint),
        "output_format": _output_format(endpoint),
        "output_compression": _output_compression(endpoint),
        "style": own_style(endpoint.slug) if endpoint.has("style") else None,
        "seed": whole_seed if endpoint.has("seed") else None,
    }
    rules |= {name: rule for name, rule in spoken.items() if rule is not None}
    return MappingProxyType(absent(filter(endpoint.lacks, OPTIONAL), endpoint.slug) | rules)


def _size(endpoint: Endpoint) -> Rule:
    facts, names = endpoint.facts, endpoint.words("size")
    if facts is None or (not names and not endpoint.is_sure):
        return size_in_words(partial(_guessed, endpoint.slug))
    if len(names) == 2:
        fit = facts.grid.nearest if facts.grid else as_asked
        return size_by_edges(fit, names=names, beside=endpoint.mapping("beside"))
    if names == ("size",):
        fit = facts.grid.nearest if facts.grid else partial(nearest_size, offered=facts.sizes)
        return size_rule(fit, auto=facts.auto_size)
    if names and facts.ratios:
        return size_by_ratio(names[0], ratios_of(facts.ratios))
    return drop("size", f"{endpoint.slug} makes it as large as the picture given")


def _guessed(slug: str, wanted: Size, _params: Mapping[str, JSON]) -> Becomes:
    width, height = USUAL_SIZE
    said = {width: wanted.width, height: wanted.height}
    words = f"{width} {wanted.width}, {height} {wanted.height}"
    return Becomes(said, f"size {wanted} -> {words} (a guess: {slug} is not known)")


def _quality(endpoint: Endpoint) -> Rule | None:
    facts, grades = endpoint.facts, endpoint.mapping("quality")
    if facts is not None and facts.qualities:
        why = f"unknown to {endpoint.slug}"
        return one_of("quality", facts.qualities, why, nearest=nearest_grades(facts.qualities))
    return graded(endpoint.slug, grades) if grades else None


def _output_format(endpoint: Endpoint) -> Rule | None:
    field = endpoint.word("format")
    if endpoint.facts is None or not field:
        return None
    return partial(_format, field, endpoint.facts.formats, endpoint.mapping("spelled"))


def _format(
    field: str,
    formats: tuple[str, ...],
    spelled: Mapping[str, JSON],
    value: JSON,
    _params: Mapping[str, JSON],
) -> Becomes | None:
    if value is None:
        return UNSAID
    if not isinstance(value, str):
        return dropped("output_format", value, f"it has {', '.join(formats)}")
    wanted = FORMATS.get(value, value)
    found = next(name for name in (wanted, "png", *formats) if name in formats)
    note = "" if found == wanted else f"output_format {shown(value)} -> {found}"
    return Becomes({field: spelled.get(found, found)}, note, exact=found == wanted)


def _output_compression(endpoint: Endpoint) -> Rule | None:
    field = endpoint.word("compression")
    return partial(_compression, field) if field else None


def _compression(field: str, value: JSON, _params: Mapping[str, JSON]) -> Becomes | None:
    """Both count from 0, the smallest file, to 100."""
    if value is None:
        return UNSAID
    return None if field == "output_compression" else Becomes({field: value}, "", exact=True)
