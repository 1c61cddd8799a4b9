"""Azure OpenAI: OpenAI's dialect at an endpoint of one's own, with deployments for models."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from router.core.adapter import Ability, Flow
from router.core.catalog import Catalog, ModelFacts
from router.core.http import Auth, HttpRequest, origin
from router.core.images import ImageRequest
from router.core.jsontypes import JSON
from router.core.target import RESOURCE_NAME, Deployment, Target, resource_url
from router.providers.abilities import Limits, why_not
from router.providers.catalog import catalog_of
from router.providers.failures import unfit
from router.providers.openai import OpenAI
from router.providers.openai_edits import path_of, write
from router.providers.openai_streams import answered
from router.providers.wire import JSON_HEADERS

# The scheme for a key. The driver writes a bearer token instead where the credential has one.
API_KEY = Auth("api-key")

# The v1 form has no dated versions. `preview` is sent on, as it opens preview features there; `v1`
# is the default and `latest` is litellm's word for it.
# azure-rest-api-specs specification/ai/data-plane/OpenAI.v1/azure-v1-preview-generated.yaml
V1_VERSIONS = frozenset({"", "v1", "preview", "latest"})

# Edits came with the gpt-image models; v1 has them by what others send, not by its specification.
# azure-rest-api-specs .../inference/preview/2025-04-01-preview/inference.yaml
FIRST_EDITS = "2025-04-01-preview"

# The how-to page says 50 MB, the specification 25.
# learn.microsoft.com/azure/foundry/openai/how-to/dall-e
LIMITS = Limits(formats=("png", "jpeg"), largest=50 * 1024 * 1024)

NO_HOST = (
    "azure-openai needs the name of a resource: letters, digits and hyphens, as in "
    "https://NAME.openai.azure.com; or a custom_host"
)
NO_DEPLOYMENT = (
    "azure-openai needs a deployment: a deployment_id, deployments with an alias, or a model"
)
SWALLOWED = frozenset({".", ".."})
"""Names that would vanish from a URL's path, and take others along. RFC 3986 section 5.2.4"""


@dataclass(frozen=True, slots=True)
class AzureOpenAI(OpenAI):
    """Models are as at OpenAI, but for where they are asked, and that edits take files alone.

    A dated `api_version` asks in the classic form, any other in the v1 form.

    A `custom_host` stands in for `https://RESOURCE.openai.azure.com`; an `/openai` or `/openai/v1`
    at its end may be there or not.
    """

    provider: str = "azure-openai"
    catalog: Catalog = field(default_factory=lambda: catalog_of("azure-openai"))

    def origins(self, target: Target) -> frozenset[str]:
        host = _host(target)
        return frozenset({origin(host)} if host else ())

    def model(self, request: ImageRequest, target: Target) -> str | None:
        return _deployment(request, target).deployment_id or None

    def facts(self, request: ImageRequest, target: Target) -> ModelFacts | None:
        """Return what is known of the model behind the deployment, by its best informed name."""
        found = map(self.catalog.find, _names(request, target))
        return next((facts for facts in found if facts is not None), None)

    def ability(self, request: ImageRequest, target: Target) -> Ability:
        if request.operation == "variation":
            return Ability(why_not="Azure has no variations")
        version = _deployment(request, target).api_version or ""
        if request.operation == "edit" and version not in V1_VERSIONS and version < FIRST_EDITS:
            return Ability(
                why_not=f"api_version {version} has no edits; {FIRST_EDITS} is the first"
            )
        facts = self.facts(request, target)
        return Ability(why_not=why_not(request, facts, self.provider, LIMITS))

    def takes_references(self, request: ImageRequest, target: Target) -> bool:  # noqa: ARG002
        return False

    def flow(self, request: ImageRequest, target: Target) -> Flow:
        host = _host(target)
        deployment = _deployment(request, target)
        if not host or not deployment.deployment_id:
            return unfit(NO_DEPLOYMENT if host else NO_HOST)
        if deployment.deployment_id in SWALLOWED:
            return unfit(f"{deployment.deployment_id!r} is no name of an Azure deployment")
        asked = _request(request, host, deployment)
        return (yield from answered(request, asked))


def _request(request: ImageRequest, host: str, deployment: Deployment) -> HttpRequest:
    """Name the deployment in the path, or in v1 in the body."""
    version = deployment.api_version or ""
    name, operation = deployment.deployment_id, path_of(request)
    params: Mapping[str, JSON] = {**request.params, "model": name}
    if version in V1_VERSIONS:
        path = f"v1/{operation}" + ("?api-version=preview" if version == "preview" else "")
    else:
        query = f"?api-version={quote(version, safe='')}"
        path = f"deployments/{quote(name, safe='')}/{operation}{query}"
        # A deployment's name as the model breaks some models, and the path names it already.
        params = {key: value for key, value in request.params.items() if key != "model"}
    return write(request, f"{host}/openai/{path}", API_KEY, JSON_HEADERS, params)


def _host(target: Target) -> str:
    """Return where the resource answers; empty where that is not known or not allowed."""
    if target.base_url:
        base = target.base_url.rstrip("/").removesuffix("/v1")
        return base.removesuffix("/openai")
    name = target.options.get("resource_name", "")
    return resource_url(name) if RESOURCE_NAME.fullmatch(name) else ""


def _deployment(request: ImageRequest, target: Target) -> Deployment:
    """Return the deployment to ask, with its API version; one without a name where none is known.

    In order: the one whose alias is the model, the default, the only one, `deployment_id`, the
    model itself.
    """
    version = target.options.get("api_version")
    chosen = _listed(request, target)
    if chosen is None:
        name = target.options.get("deployment_id") or request.model or ""
        return Deployment(deployment_id=name, api_version=version)
    return Deployment(
        deployment_id=chosen.deployment_id,
        alias=chosen.alias,
        api_version=chosen.api_version or version,
    )


def _listed(request: ImageRequest, target: Target) -> Deployment | None:
    listed = target.deployments
    if request.model is not None:
        for deployment in listed:
            if deployment.alias == request.model:
                return deployment
    default = next((deployment for deployment in listed if deployment.is_default), None)
    return default or (listed[0] if len(listed) == 1 else None)


def _names(request: ImageRequest, target: Target) -> tuple[str | None, ...]:
    """Return whatever may name the model behind the deployment, the best informed first."""
    chosen = _listed(request, target)
    return (
        chosen.alias if chosen else None,
        target.options.get("model_name"),
        request.model,
        chosen.deployment_id if chosen else target.options.get("deployment_id"),
    )
