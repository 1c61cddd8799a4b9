"""Bearing: what a scenario says of providers, models and times that a run never meets."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from router.config.model import TargetRoute, targets_of
from router.config.places import Place
from router.config.problems import Problem, counted, did_you_mean, hints, one_of
from router.config.report import Report
from router.core.guard import AdapterError, guard
from router.core.images import ImageRequest
from router.core.target import Target
from router.policies.aim import split_slug
from router.policies.parameters import Parameters, parse_drop
from router.providers.catalog import catalog_of
from router.providers.registry import adapter
from router.simulator.model_names import is_same
from router.simulator.scenario import ANY, FOREVER, Asked, Conducts, Scenario
from router.simulator.traffic import phases_after, recorded_after
from router.workspace import Loaded

CODE = "no-bearing"


def bearing(scenario: Scenario, configs: Sequence[Loaded]) -> tuple[Problem, ...]:
    """Return what none of the configs meets that are played through the same scenario.

    Errors are what nobody can mean: a model that is unknown as well, or a scenario of whose
    providers none is asked. All else is a warning: a scenario may serve several configs.
    """
    look = _Look(scenario, configs)
    look.at_providers()
    return (*look.report.problems, *_left_out(scenario), *_too_late(scenario))


@dataclass(frozen=True, slots=True)
class _Look:
    scenario: Scenario
    configs: Sequence[Loaded]
    report: Report = field(default_factory=Report)

    def at_providers(self) -> None:
        routes = [one for loaded in self.configs for one in targets_of(loaded.document.route)]
        asked = {route.provider for route in routes if route.provider is not None}
        if any(route.provider is None for route in routes):
            return  # the config does not say who is asked
        said = self.scenario.providers
        is_vain = bool(said) and not asked & said.keys() and ANY not in said
        for provider, conducts in said.items():
            if provider in asked:
                own = [route for route in routes if route.provider == provider]
                self._at_models(provider, conducts, own)
            elif provider != ANY:
                self._tell_absent(conducts.written, asked, is_vain=is_vain)

    def _tell_absent(self, name: str, asked: AbstractSet[str], *, is_vain: bool) -> None:
        vain = "nothing that the scenario says of providers would be seen" if is_vain else ""
        hint = hints(vain, one_of(sorted(asked), "asked are"))
        message = f"no target of {self._them} is {name}"
        self._tell(("providers", name), message, hint, is_error=is_vain)

    def _at_models(self, provider: str, conducts: Conducts, routes: Sequence[TargetRoute]) -> None:
        asked = {name for route in routes for name in self._models_of(provider, route)}
        for model in conducts.by_model:
            if any(is_same(provider, one, model) for one in asked):
                continue
            known = one_of(sorted(asked), "asked for are") or "no model is named there"
            is_error = not self._is_known(provider, model)
            hint = (is_error and did_you_mean(model, asked)) or known
            message = f"no target of {self._them} asks {provider} for {model}"
            place = ("providers", conducts.written, "models", model)
            self._tell(place, message, hint, is_error=is_error)

    def _models_of(self, provider: str, route: TargetRoute) -> Iterator[str]:
        """Yield the names that a target asks by: models, or Azure's deployments."""
        for kind in self.scenario.requests:
            try:
                name = guard(_name_of, kind, provider, route)
            except AdapterError:
                continue
            if name is not None:
                yield name

    def _is_known(self, provider: str, model: str) -> bool:
        own = (loaded.document.catalogs.get(provider) for loaded in self.configs)
        catalogs = (catalog_of(provider), *(one for one in own if one is not None))
        return any(catalog.find(model) is not None for catalog in catalogs)

    def _tell(self, place: Place, message: str, hint: str, *, is_error: bool) -> None:
        tell = self.report.error if is_error else self.report.warn
        tell(self.scenario.source, place, message, hint, code=CODE, at_key=True)

    @property
    def _them(self) -> str:
        return "this config" if len(self.configs) == 1 else "either config"


def _name_of(kind: Asked, provider: str, route: TargetRoute) -> str | None:
    """Return what a target makes of a request's model, by the very adapter that would send it."""
    settings = route.settings
    parameters = Parameters(
        defaults=settings.default_params,
        overrides=settings.override_params,
        drops=tuple(parse_drop(path) for path in settings.drop_params),
    )
    request = ImageRequest(params={**kind.params, **kind.extra_body})
    slug, model = split_slug(request.model)
    named = {} if slug is None else {"model": model}
    target = Target(
        path=route.path,
        provider=provider,
        base_url=route.base_url,
        options=route.options,
        deployments=route.deployments,
    )
    asked = request.with_params(parameters.apply({**request.params, **named}))
    return adapter(provider).model(asked, target)


def _left_out(scenario: Scenario) -> Iterator[Problem]:
    """Tell what a duration leaves out that is shorter than the scenario's own."""
    end = scenario.duration
    found = {
        "outage": sum(_late_outages(one, end) for one in scenario.providers.values()),
        "retirement": sum(_late_retirements(one, end) for one in scenario.providers.values()),
        "phase": sum(1 for _ in phases_after(scenario, end)),
    }
    said = " and ".join(counted(number, what) for what, number in found.items() if number)
    if said:
        message = f"so short a run leaves out {said}"
        yield Problem(message=message, place="--duration", code=CODE, severity="note")


def _too_late(scenario: Scenario) -> Iterator[Problem]:
    """Tell how much of a recording is longer than the scenario."""
    number = recorded_after(scenario, scenario.duration)
    if number:
        come = "comes" if number == 1 else "come"
        message = f"{counted(number, 'recorded request')} {come} after the end, and so not at all"
        place = ("arrivals",)
        yield scenario.source.problem(place, message, code=CODE, severity="note", at_key=True)


def _late_outages(conducts: Conducts, end: float) -> int:
    each = (conducts.general, *conducts.by_model.values())
    return len({one for conduct in each for one in conduct.outages if one.begin >= end})


def _late_retirements(conducts: Conducts, end: float) -> int:
    """Count those that are written: a model without its own is switched off with the others."""
    general = conducts.general.retired
    own = [one.retired for one in conducts.by_model.values() if one.retired != general]
    return sum(end <= at < FOREVER for at in (general, *own))
