import json
from dataclasses import replace

import pytest

from router.config.model import KeyRef
from router.core.context import Context
from router.core.images import ImageRequest
from router.core.outcome import Kind
from router.core.secret import Credentials, Secret
from router.policies.aim import split_slug
from router.testing import Scripted, simulate
from tests.toys import CAT, Keys, compiled, context, run, target

VAULT = Keys(
    **{
        "env:openai": Credentials(key=Secret("from-env")),
        "mine": Credentials(key=Secret("my-own")),
        "key": Credentials(key=Secret("written")),
    }
)
KEYS = {
    "mine": KeyRef(provider="openai", base_url="http://localhost:1"),
    "config-like": KeyRef(provider="openai"),
    "config.targets[0]": KeyRef(provider="openai"),
    "env:openai": KeyRef(provider="openai"),
}


def anybody():
    """Compile a target that names no provider."""
    route = replace(target(), provider=None, credential=None)
    return compiled(route, keys=KEYS, providers=["openai", "stability"])


def asked(node, request):
    sender = Scripted(200)
    result = run(node, sender=sender, request=request, vault=VAULT)
    (sent,) = sender.requests
    host = sent.url.split("/v1")[0]
    model = json.loads(sent.body).get("model")
    return host, sent.headers.get("authorization"), model, result.attempts[0].provider


def request(model=None, provider=None):
    params = {"prompt": "a cat"} | ({"model": model} if model else {})
    return ImageRequest(params=params, provider=provider)


@pytest.mark.parametrize(
    ("model", "split"),
    [
        ("@openai/gpt-image-2", ("openai", "gpt-image-2")),
        ("@mine/black-forest-labs/flux", ("mine", "black-forest-labs/flux")),
        ("black-forest-labs/flux", (None, "black-forest-labs/flux")),
        ("@alone", (None, "@alone")),
        ("plain", (None, "plain")),
        (None, (None, None)),
    ],
)
def test_a_slug_stands_before_the_first_slash(model, split):
    assert split_slug(model) == split


def test_the_requests_model_names_the_provider():
    assert asked(anybody(), request("@openai/gpt-image-2")) == (
        "https://openai.test",
        "Bearer from-env",
        "gpt-image-2",
        "openai",
    )


def test_the_requests_model_names_a_virtual_key():
    assert asked(anybody(), request("@mine/gpt-image-2")) == (
        "http://localhost:1",
        "Bearer my-own",
        "gpt-image-2",
        "openai",
    )


@pytest.mark.parametrize("provider", ["openai", "@openai"])
def test_the_requests_provider_counts_where_its_model_names_none(provider):
    assert asked(anybody(), request("gpt-image-2", provider))[3] == "openai"


def test_the_slug_of_the_model_wins_over_the_requests_provider():
    assert asked(anybody(), request("@mine/m", "stability"))[0] == "http://localhost:1"


def test_the_targets_own_provider_wins_over_every_word_of_the_request():
    host, secret, model, _ = asked(compiled(target("a")), request("@openai/m", "openai"))

    assert (host, secret, model) == ("https://a.test", "Bearer written", "m")


@pytest.mark.parametrize(
    ("model", "notes"),
    [
        ("@openai/m", ("model '@openai/' left out (this target names its provider)",)),
        ("@a/m", ()),
        ("@/m", ("model '@/' left out (this target names its provider)",)),
        ("m", ()),
    ],
)
def test_a_slug_that_chooses_nobody_is_told(model, notes):
    (attempt,) = run(compiled(target("a")), 200, request=request(model)).attempts

    assert attempt.adaptations == notes


def test_nobody_to_ask_names_all_four_places():
    outcome = run(anybody(), request=request("gpt-image-2")).outcome

    assert (outcome.kind, outcome.status, outcome.local) == (Kind.BAD_REQUEST, 400, True)
    for place in (
        "config",
        "`provider` or `virtual_key`",
        "`override_params.model` or `default_params.model`",
        "the request's model",
        "the request's provider",
    ):
        assert place in outcome.message


@pytest.mark.parametrize("name", ["nobody", "env:openai", "config.targets[0]"])
def test_an_unknown_slug_names_the_known_ones(name):
    outcome = run(anybody(), request=request("m", name)).outcome

    assert outcome.kind is Kind.BAD_REQUEST
    assert outcome.message == (
        f"{name!r} is no virtual key and no provider; "
        "known here: config-like, mine, openai, stability"
    )


def test_to_whom_keys_are_hidden_an_unknown_slug_names_providers_only():
    keys = KEYS | {"openai": KeyRef(provider="openai")}
    tree = compiled(target(provider=None), keys=keys, providers=("stability",), hides_keys=True)

    outcome = run(tree, request=request("m", "nobody")).outcome

    assert outcome.message.endswith("; known here: stability")
    assert run(tree, 200, request=request("m", "mine"), vault=VAULT).attempts


def test_above_a_target_nobody_is_aimed_at():
    async def main():
        ctx: Context = context(Scripted())
        with pytest.raises(LookupError, match="no target yet"):
            _ = ctx.aim

    simulate(main)


def test_a_sibling_never_sees_another_branch():
    async def main():
        ctx = context(Scripted(200))
        await compiled(target("a")).execute(CAT, ctx)
        return ctx.aimed_at, ctx.pause, ctx.expiry, ctx.adaptations

    assert simulate(main) == (None, None, None, ())
