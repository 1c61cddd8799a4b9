"""LiteLLM's targets: account, model, parameters and limits of one entry."""

from collections.abc import Mapping
from dataclasses import dataclass

from router.core.jsontypes import JSON
from router.migrate.block import Block
from router.migrate.companies import Company, draws
from router.migrate.ledger import Ledger
from router.migrate.litellm_account import Account
from router.migrate.litellm_common import on_unsupported, timeout_of
from router.migrate.litellm_entries import Deployment, Entry
from router.migrate.litellm_settings import Settings, leftovers
from router.migrate.part import VARIABLE, Part
from router.migrate.secrets import Variables, secretive

PICTURE_PARAMS = (
    "size",
    "quality",
    "n",
    "style",
    "response_format",
    "background",
    "output_format",
    "output_compression",
    "moderation",
    "seed",
    "negative_prompt",
    "aspect_ratio",
    "user",
)
"""Parameters of requests for pictures, which a deployment may give as defaults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """Writes targets. `own_variables` are where providers' keys are looked for here."""

    settings: Settings
    credentials: Mapping[str, Part]
    variables: Variables
    own_variables: Mapping[str, str]
    ledger: Ledger

    def write(self, entry: Entry, company: Company) -> Deployment:
        target, params = Block(), entry.params
        account = Account(
            company=company,
            group=entry.group,
            params=params,
            credential=self._credential(params),
            variables=self.variables,
            own_variables=self.own_variables,
            ledger=self.ledger,
        )
        account.write(target)
        self._write_model(target, entry)
        timeout_of(params, target, self.ledger)
        self._write_parameters(target, params)
        rpm, tpm = (params.number(key) or entry.whole.number(key) for key in ("rpm", "tpm"))
        self._write_limit(target, params, rpm)
        deployment = Deployment(
            group=entry.group,
            place=entry.whole.place,
            target=target,
            id=entry.id,
            weight=params.number("weight"),
            rpm=rpm,
            tpm=tpm,
            order=params.number("order"),
            retries=params.whole("num_retries"),
            cooldown=params.number("cooldown_time"),
        )
        target.say(*leftovers(params, "litellm_params"), *leftovers(entry.whole, "model_list[]"))
        return deployment

    def _credential(self, params: Part) -> Part | None:
        name = params.text("litellm_credential_name")
        if name is None:
            return None
        if name not in self.credentials:
            self.ledger.wrong(
                params.at("litellm_credential_name"), "names no entry of credential_list"
            )
            return None
        return self.credentials[name]

    def _write_model(self, target: Block, entry: Entry) -> None:
        name = entry.name
        if target.get("provider") != "azure-openai":
            target.put("override_params", {"model": name})
            return
        target.put("deployment_id", name.replace("${", "$${"))
        known = [entry.base.rpartition("/")[2], name, entry.group]
        found = next((one for one in known if draws(one)), None)
        if found is None:
            comment = self.ledger.note(
                entry.params.at("model"),
                "the source does not tell which model is behind the deployment",
                "write model_name: sizes and prices follow from it",
            )
            target.say(comment)
        elif found != name:
            target.put("model_name", found.replace("${", "$${"))

    def _write_parameters(self, target: Block, params: Part) -> None:
        defaults: dict[str, JSON] = {}
        for key in PICTURE_PARAMS:
            if key not in params:
                continue
            value = params.value(key)
            if secretive(key, value) or (isinstance(value, str) and value.startswith(VARIABLE)):
                message = f"the default of {key} is not written out"
                target.say(self.ledger.changed(params.at(key), message))
            else:
                defaults[key] = value
        if defaults:
            target.put("default_params", defaults)
        on_unsupported(params, target)
        dropped = params.texts("additional_drop_params")
        if dropped:
            target.put("drop_params", dropped)

    def _write_limit(self, target: Block, params: Part, rpm: float | None) -> None:
        limit: dict[str, JSON] = {}
        comments: list[str] = []
        parallel = params.whole("max_parallel_requests")
        if parallel is None:
            parallel = self.settings.router.whole("default_max_parallel_requests")
        if parallel:
            limit["concurrency"] = parallel
        if rpm and rpm >= 1 and self.settings.enforces_rpm:
            limit["per_minute"] = int(rpm)
            comments.append(
                self.ledger.note(
                    params.at("rpm"),
                    "what is above rpm waits here until the deadline; LiteLLM asks another",
                )
            )
        elif rpm and rpm >= 1:
            comment = self.ledger.note(
                params.at("rpm"),
                "rpm is a weight to LiteLLM here, and no limit",
                f"write limit: {{per_minute: {int(rpm)}}} to have it kept",
            )
            target.say(comment)
        if limit:
            target.put("limit", limit, *comments)
