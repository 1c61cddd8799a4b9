"""LiteLLM's entries: what stands in the model list, read, and what is made of it."""

from dataclasses import dataclass

from router.config.places import Place
from router.migrate.block import Block
from router.migrate.companies import COMPANIES, Company, split
from router.migrate.part import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry. `name` is its model without the prefix, which leads to the `company`."""

    whole: Part
    params: Part
    group: str
    name: str
    company: Company | None
    mode: str | None = None
    base: str = ""
    id: str | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """Names that may tell what the model makes, the model's own first."""
        return (self.name, self.base, self.group)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deployment:
    """One target of a group, and what chooses it. Times are in seconds."""

    group: str
    place: Place
    target: Block
    id: str | None = None
    weight: float | None = None
    rpm: float | None = None
    tpm: float | None = None
    order: float | None = None
    retries: int | None = None
    cooldown: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """An entry that no target was made of; `comment` says why."""

    group: str
    comment: str
    id: str | None = None


def read_entry(whole: Part) -> Entry | None:
    """Read an entry; None, reported, where it names no group or no model."""
    params, info = whole.part("litellm_params"), whole.part("model_info")
    model, group = params.text("model"), whole.text("model_name")
    if model is None or group is None:
        key = "model_name" if group is None else "litellm_params"
        whole.ledger.wrong(whole.at(key), "is missing or has no model")
        return None
    prefix, name = split(model)
    own = params.text("custom_llm_provider")
    if own is not None:
        prefix, name = own, model.removeprefix(f"{own}/")
    return Entry(
        whole=whole,
        params=params,
        group=group,
        name=name,
        company=COMPANIES.get(prefix),
        mode=info.text("mode"),
        base=info.text("base_model") or params.text("base_model") or "",
        id=_id(info),
    )


def _id(info: Part) -> str | None:
    value = info.value("id")
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else None
