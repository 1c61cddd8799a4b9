"""LiteLLM's deployments: each entry of the model list becomes a target, or is left out."""

from collections.abc import Iterator
from dataclasses import dataclass

from router.config.masking import masked
from router.migrate.companies import PICTURE_MODES, Company, draws
from router.migrate.ledger import Ledger
from router.migrate.litellm_entries import Deployment, Entry, LeftOut, read_entry
from router.migrate.litellm_targets import Targets
from router.migrate.part import Part

UNSURE = "write `model_info: {mode: image_generation}` beside it if it makes pictures"


@dataclass(frozen=True, slots=True)
class Deployments:
    """Reads the list."""

    targets: Targets
    ledger: Ledger

    def read(self, entries: Iterator[Part]) -> Iterator[Deployment | LeftOut]:
        for part in entries:
            entry = read_entry(part)
            if entry is not None:
                yield self._made(entry)

    def _made(self, entry: Entry) -> Deployment | LeftOut:
        company = entry.company
        why = self._why_not(entry, company)
        if why is None and company is not None and company.provider is not None:
            return self.targets.write(entry, company)
        reason = company.reason if company else "its provider is not known here"
        comment = why or self._out(entry, reason, is_change=True)
        return LeftOut(group=entry.group, comment=comment, id=entry.id)

    def _why_not(self, entry: Entry, company: Company | None) -> str | None:
        """Say why nothing is made of it, whoever its provider is; None where something is."""
        if "*" in entry.name:
            return self._out(entry, "it is a pattern, and a condition names models one by one")
        if _makes_pictures(entry):
            return None
        if entry.mode is None and company is not None and _may_draw(company, entry.params):
            return self._out(entry, "nothing says that it makes pictures", UNSURE)
        return self._out(entry, "it makes no pictures", is_change=False)

    def _out(self, entry: Entry, reason: str, hint: str = "", *, is_change: bool = True) -> str:
        message = f"{masked(str(entry.params.value('model'))[:100])} is left out: {reason}"
        tell = self.ledger.changed if is_change else self.ledger.note
        return tell(entry.params.at("model"), message, hint)


def _makes_pictures(entry: Entry) -> bool:
    if entry.mode is not None:
        return entry.mode in PICTURE_MODES
    return draws(*entry.names) or (entry.company is not None and entry.company.draws)


def _may_draw(company: Company, params: Part) -> bool:
    """Tell whether a name that says nothing might still be a model for pictures."""
    is_azure = company.provider == "azure-openai"
    return is_azure or company.needs_host or "api_base" in params or "base_url" in params
