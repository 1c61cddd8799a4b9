"""LiteLLM's accounts: key, host and version of a deployment become those of a target."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from router.config.hosts import why_not
from router.config.places import Place
from router.core.target import RESOURCE_NAME
from router.migrate.block import Block
from router.migrate.companies import OWN_SERVER, Company
from router.migrate.ledger import Ledger
from router.migrate.part import VARIABLE, Part
from router.migrate.secrets import NAME, Variables, is_telling, variable_name

AZURE = ".openai.azure.com"
OPENAI = "api.openai.com"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Writes an account. `own_variables` are where a provider's key is looked for here."""

    company: Company
    group: str
    params: Part
    credential: Part | None
    variables: Variables
    own_variables: Mapping[str, str]
    ledger: Ledger

    def write(self, target: Block) -> None:
        """Put provider, key and host into a target."""
        host, comment = self._host()
        provider = self.company.provider or ""
        if provider == "openai" and host is not None:
            provider = OWN_SERVER
        target.put("provider", provider)
        self._write_key(target, provider, has_host=host is not None)
        self._write_host(target, provider, host, comment)
        self._write_rest(target, provider)

    def _found(self, *keys: str) -> tuple[str | None, Place]:
        """Return the first of the keys that is said, by the deployment or its credential."""
        for part in (self.params, self.credential):
            for key in keys:
                text = None if part is None else part.text(key)
                if part is not None and text is not None:
                    return text, part.at(key)
        return None, self.params.at(keys[0])

    def _host(self) -> tuple[str | None, tuple[str, ...]]:
        """Return the host to be asked, if it is not the provider's own, and what to say of it."""
        text, place = self._found("api_base", "base_url")
        if text is None:
            name = self.company.host
            return (f"${{{name}}}", ()) if name else self._missing_host(place)
        if text.startswith(VARIABLE):
            return self._variable(text, place), ()
        if is_telling(text):
            name = self.variables.name_for(text, variable_name(self.group, "host"))
            comment = self.ledger.note(
                place,
                "the host has credentials or a query in it, which is not written out",
                f"put the base URL into {name}, and credentials into a key",
            )
            return f"${{{name}}}", (comment,)
        if why_not(text) is not None:
            name = self.variables.name_for(text, variable_name(self.group, "host"))
            comment = self.ledger.changed(
                place, f"the host {why_not(text)}", f"put the base URL into {name}"
            )
            return f"${{{name}}}", (comment,)
        if self.company.provider == "openai" and urlsplit(text).hostname == OPENAI:
            return None, ()
        return text.rstrip("/"), ()

    def _missing_host(self, place: Place) -> tuple[str | None, tuple[str, ...]]:
        if not self.company.needs_host:
            return None, ()
        name = variable_name(self.group, "host")
        comment = self.ledger.changed(
            place, "the source does not say at which host it is", f"put it into {name}"
        )
        return f"${{{name}}}", (comment,)

    def _write_host(
        self, target: Block, provider: str, host: str | None, comments: tuple[str, ...]
    ) -> None:
        if host is None:
            return
        name = (urlsplit(host).hostname or "") if "${" not in host else ""
        resource = name.removesuffix(AZURE)
        if (
            provider == "azure-openai"
            and name.endswith(AZURE)
            and RESOURCE_NAME.fullmatch(resource)
        ):
            target.put("resource_name", resource, *comments)
        elif provider == "azure-openai" and "${" not in host:
            split = urlsplit(host)
            target.put("custom_host", f"{split.scheme}://{split.netloc}", *comments)
        else:
            target.put("custom_host", host, *comments)

    def _write_key(self, target: Block, provider: str, *, has_host: bool) -> None:
        token, place = self._found("azure_ad_token")
        if token is not None and provider == "azure-openai":
            wish = variable_name(self.group, "ad_token")
            reference, comments = self._secret(token, place, wish)
            target.put("azure_ad_token", reference, *comments)
            target.put("azure_auth_mode", "entra")
            return
        key, place = self._found("api_key")
        wish = variable_name(self.group, "api_key")
        if key is not None:
            reference, comments = self._secret(key, place, wish)
            target.put("api_key", reference, *comments)
        elif has_host and provider == OWN_SERVER:
            if self.company.key:
                comment = self.ledger.changed(
                    place,
                    "no key is sent to a host of one's own unless it is written beside it",
                    f"LiteLLM sends {self.company.key}: write an api_key if the host wants it",
                )
                target.say(comment)
        elif self.company.key and (
            has_host or self.own_variables.get(provider) != self.company.key
        ):
            target.put("api_key", f"${{{self.company.key}}}")

    def _secret(self, text: str, place: Place, wish: str) -> tuple[str, tuple[str, ...]]:
        if text.startswith(VARIABLE):
            return self._variable(text, place), ()
        name = self.variables.name_for(text, wish)
        comment = self.ledger.note(
            place, "the source has the key itself, which is not written out", f"put it into {name}"
        )
        return f"${{{name}}}", (comment,)

    def _variable(self, text: str, place: Place) -> str:
        name = text.removeprefix(VARIABLE).strip()
        if not NAME.fullmatch(name):
            self.ledger.wrong(place, "names no variable", f"expected {VARIABLE}NAME")
            return "${UNKNOWN}"
        return f"${{{name}}}"

    def _write_rest(self, target: Block, provider: str) -> None:
        organization, place = self._found("organization")
        if organization is not None and provider == "openai":
            target.put("openai_organization", self._plain(organization, place))
        elif organization is not None:
            comment = self.ledger.changed(place, f"{provider} knows no organization here")
            target.say(comment)
        version, place = self._found("api_version")
        if provider == "azure-openai":
            if version is None:
                target.put("api_version", "${AZURE_API_VERSION:-}")
            else:
                target.put("api_version", self._plain(version, place))

    def _plain(self, text: str, place: Place) -> str:
        if text.startswith(VARIABLE):
            return self._variable(text, place)
        return re.sub(r"\$\{", "$${", text)
