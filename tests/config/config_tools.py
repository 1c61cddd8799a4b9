"""What the tests of `router.config` share."""

from router.config.problems import ConfigError
from router.config.read import read
from router.core.provider import ProviderInfo

PROVIDERS = (
    ProviderInfo(name="openai", key_variable="OPENAI_API_KEY", options=("organization", "project")),
    ProviderInfo(
        name="azure-openai",
        aliases=("azure",),
        key_variable="AZURE_OPENAI_API_KEY",
        options=("resource_name", "deployment_id", "api_version", "model_name", "auth_mode"),
        required=("resource_name",),
    ),
    ProviderInfo(
        name="stability-ai",
        aliases=("stabilityai", "stability"),
        key_variable="STABILITY_API_KEY",
    ),
)
ENVIRONMENT = {
    "OPENAI_API_KEY": "hidden-openai",
    "AZURE_OPENAI_API_KEY": "hidden-azure",
    "STABILITY_API_KEY": "hidden-stability",
}


def document(source, **options):
    """Read a config that is right."""
    options.setdefault("environment", ENVIRONMENT)
    return read(source, providers=PROVIDERS, **options)


def route(source, **options):
    return document(source, **options).route


def problems(source, **options):
    """Return what is wrong with a config; nothing if it is right."""
    try:
        return document(source, **options).problems
    except ConfigError as error:
        return error.problems


def errors(source, **options):
    """Return the errors in one line each, without their place in the file."""
    return [f"{p.place}: {p.message}" for p in problems(source, **options) if p.severity == "error"]


def spots(source, **options):
    """Return line and column of each error."""
    return [(p.line, p.column) for p in problems(source, **options) if p.severity == "error"]


def loaded(text):
    """Return what is read of a YAML text under `x-`, where anything may stand."""
    from router.config.load import load
    from router.config.report import Report

    report = Report()
    source = load(text, report, root="config")
    return (None if source is None else source.value), report.problems
