"""Whose keys a stranger's config may use, and what one of the operator's needs."""

import pytest
from config_tools import ENVIRONMENT, PROVIDERS, document
from sent_tools import NOBODY, refused, sent, told

from router.config.foreign import Stranger, out_of_scope, uses
from router.core.secret import Secret
from router.workspace import Loader

KEYS = {
    "openai-prod": {"provider": "openai", "api_key": "sk-operator"},
    "stability-prod": {"provider": "stability-ai", "api_key": "sk-operator"},
    "azure-prod": {"provider": "azure", "api_key": "k", "resource_name": "theirs"},
    "azure-loose": {"provider": "azure", "api_key": "k"},
    "inside": {"provider": "openai", "api_key": "k", "custom_host": "http://10.0.0.5"},
}
OPENAI = Stranger(providers=frozenset({"openai"}))
PROD = Stranger(providers=frozenset(), virtual_keys=frozenset({"openai-prod"}))
HOST = Stranger(allowed_hosts=frozenset({"localhost"}))


@pytest.mark.parametrize(
    "config",
    [
        {"provider": "stability-ai"},
        {"provider": "stability"},
        {"provider": "@stability-ai"},
        {"provider": "@stability-ai/core"},
        {"override_params": {"model": "@stability/core"}},
        {"default_params": {"model": "@stability/core"}},
        {"provider": "stability-ai", "api_key": "sk-mine"},
        {"strategy": {"mode": "single"}, "targets": [{"provider": "stability-ai"}]},
        {
            "virtual_key": "mine",
            "virtual_keys": {"mine": {"provider": "stability-ai", "api_key": "k"}},
        },
    ],
    ids=range(9),
)
def test_a_provider_out_of_scope_is_refused_in_every_spelling(config):
    (error,) = refused(config, OPENAI)

    assert error.endswith("stability-ai is not in this caller's scope")
    assert not refused(config)


@pytest.mark.parametrize("scope", ["azure", "azure-openai"])
@pytest.mark.parametrize("written", ["azure", "azure-openai", "@azure"])
def test_a_provider_is_in_scope_by_any_of_its_names(scope, written):
    stranger = Stranger(providers=frozenset({scope}))

    assert sent({"provider": written, "resource_name": "mine", "api_key": "k"}, stranger)


def test_a_bare_provider_takes_the_operators_variable_when_it_is_called_and_not_before():
    loaded = Loader(environment=ENVIRONMENT).load({"provider": "openai"}, stranger=OPENAI)

    assert sent({"provider": "openai"}).route.credential == "env:openai"
    with pytest.raises(StopIteration) as ended:
        loaded.vault.credentials("env:openai").send(None)
    assert ended.value.value.key == Secret(ENVIRONMENT["OPENAI_API_KEY"])


def test_a_request_that_names_the_provider_finds_no_key_out_of_scope():
    loaded = Loader(environment=ENVIRONMENT, virtual_keys=KEYS).load(
        {"retry": {"attempts": 1}}, stranger=OPENAI
    )

    assert set(loaded.vault.keys) == {"env:openai", "openai-prod", "inside"}
    with pytest.raises(LookupError):
        loaded.vault.credentials("env:stability-ai").send(None)


def test_a_listed_virtual_key_may_be_used_whoever_its_provider():
    assert sent({"virtual_key": "openai-prod"}, PROD, virtual_keys=KEYS)
    assert sent({"provider": "@openai-prod/gpt-image-1"}, PROD, virtual_keys=KEYS)


@pytest.mark.parametrize(
    "config",
    [
        {"virtual_key": "stability-prod"},
        {"provider": "@stability-prod"},
        {"provider": "@stability-prod/core"},
        {"override_params": {"model": "@stability-prod/core"}},
    ],
    ids=range(4),
)
@pytest.mark.parametrize("stranger", [PROD, OPENAI, NOBODY], ids=["prod", "openai", "nobody"])
def test_a_virtual_key_out_of_scope_is_as_if_it_were_not_there(config, stranger):
    with_it = told(config, stranger, virtual_keys=KEYS)
    rest = {name: key for name, key in KEYS.items() if name != "stability-prod"}

    assert with_it
    assert with_it == told(config, stranger, virtual_keys=rest)


def test_a_provider_key_of_ones_own_stays_a_secret():
    found = sent({"provider": "openai", "api_key": "sk-mine-0123456789"}, OPENAI)

    assert "sk-mine" not in repr(found)
    assert found.keys["config"].api_key.template == Secret("sk-mine-0123456789")


@pytest.mark.parametrize(
    ("config", "key"),
    [
        ({"provider": "openai", "api_key": "k"}, "'api_key'"),
        ({"provider": "azure", "resource_name": "a", "azure_ad_token": "k"}, "'azure_ad_token'"),
        ({"provider": "azure", "resource_name": "a", "ad_token": "k"}, "'ad_token'"),
        (
            {"virtual_key": "a", "virtual_keys": {"a": {"provider": "openai", "api_key": "k"}}},
            "'api_key'",
        ),
    ],
    ids=range(4),
)
def test_provider_keys_of_ones_own_are_refused_where_they_are_not_taken(config, key):
    (error,) = refused(config, Stranger(own_keys=False))

    assert f"{key} is not taken from this caller" in error
    assert not refused(config, Stranger(own_keys=True))


def test_a_virtual_key_of_ones_own_borrows_no_variable():
    config = {"virtual_key": "mine", "virtual_keys": {"mine": {"provider": "openai"}}}

    assert refused(config) == ["config.virtual_keys.mine: there is no key in it"]


def test_a_virtual_key_of_ones_own_comes_before_the_operators():
    mine = {"openai-prod": {"provider": "openai", "api_key": "sk-mine"}}

    found = sent({"virtual_key": "openai-prod", "virtual_keys": mine}, virtual_keys=KEYS)

    assert found.keys["openai-prod"].api_key.template == Secret("sk-mine")


@pytest.mark.parametrize(
    "config",
    [
        {"virtual_key": "openai-prod"},
        {"provider": "@openai-prod"},
        {"override_params": {"model": "@openai-prod/m"}},
        {"virtual_key": "mine", "virtual_keys": {"mine": KEYS["openai-prod"]}},
    ],
    ids=range(4),
)
def test_no_virtual_key_is_led_to_another_host_not_even_to_a_listed_one(config):
    found = refused(config | {"custom_host": "http://localhost"}, HOST, virtual_keys=KEYS)

    assert any("may not lead a virtual key to another host" in error for error in found)


@pytest.mark.parametrize("key", ["resource_name", "azure_resource_name"])
@pytest.mark.parametrize("who", [{"virtual_key": "azure-prod"}, {}], ids=["placed", "untold"])
def test_no_virtual_key_is_led_to_another_resource(key, who):
    found = refused(who | {key: "mine"}, virtual_keys=KEYS)

    assert f"config.{key}: {key!r} may not lead a virtual key to another host" in found


RESOURCE = Stranger(allowed_hosts=frozenset({"Mine.openai.azure.com"}))
NOTHING = Stranger(virtual_keys=frozenset())


@pytest.mark.parametrize("key", ["resource_name", "azure_resource_name"])
@pytest.mark.parametrize(
    "who",
    [
        {"provider": "azure"},
        {"provider": "@azure/m"},
        {"virtual_key": "azure-loose"},
        {"provider": "@azure-loose"},
        {"override_params": {"model": "@azure-loose/m"}},
        {"override_params": {"model": "@azure/m"}},
        {"default_params": {"model": "@azure/m"}},
    ],
    ids=str,
)
def test_a_key_of_the_operators_goes_to_no_resource_that_is_not_listed(key, who):
    (error,) = refused(who | {key: "mine"}, virtual_keys=KEYS)

    assert error.startswith(f"config.{key}: {key!r} may not lead ")
    assert refused(who | {key: "other"}, RESOURCE, virtual_keys=KEYS) == [error]
    found = sent(who | {key: "mine"}, RESOURCE, virtual_keys=KEYS)
    assert found.route.options["resource_name"] == "mine"


@pytest.mark.parametrize(
    "config",
    [
        {"provider": "azure", "api_key": "k"},
        {"provider": "azure", "ad_token": "k"},
        {
            "virtual_key": "azure-loose",
            "virtual_keys": {"azure-loose": {"provider": "azure", "api_key": "mine"}},
        },
    ],
    ids=["key", "token", "virtual key"],
)
def test_a_key_of_ones_own_goes_to_any_resource(config):
    found = sent(config | {"resource_name": "mine"}, virtual_keys=KEYS)

    assert found.route.options["resource_name"] == "mine"
    assert not refused(config | {"resource_name": "mine"}, NOTHING, virtual_keys=KEYS)


def test_a_host_of_ones_own_is_sent_no_key_of_the_operators():
    config = {"provider": "openai", "custom_host": "http://localhost"}

    assert sent(config, HOST).route.credential is None


def test_the_operators_own_hosts_need_no_list():
    assert sent({"virtual_key": "inside"}, virtual_keys=KEYS).route.base_url == "http://10.0.0.5"


def test_a_key_without_a_key_of_ones_own_never_gets_the_operators_token():
    mine = {"provider": "azure", "custom_host": "http://localhost"}
    config = {"virtual_key": "mine", "virtual_keys": {"mine": mine}}

    assert not sent(config, HOST, has_token_provider=True).keys["mine"].takes_token


BROKEN = {
    "unset": "{provider: openai, api_key: '${NOT_HERE}'}",
    "misspelt": "{provider: openai, api_kye: sk-operator-0123456789}",
    "unknown": "{provider: opnai, api_key: sk-operator-0123456789}",
    "text": "sk-operator-0123456789",
    "-": "{provider: openai, api_key: k}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_wrong_with_the_operators_keys_is_no_strangers_business(name, tmp_path):
    path = tmp_path / "virtual-keys.yaml"
    path.write_text(f"good: {{provider: openai, api_key: k}}\n{name}: {BROKEN[name]}\n")
    options = {"virtual_keys": path, "environment": ENVIRONMENT}

    assert sent({"virtual_key": "good"}, **options).problems == ()
    (problem,) = told({"virtual_key": name}, **options)
    assert "is not defined, or not in this caller's scope" in problem.message
    assert not {str(tmp_path), "NOT_HERE", "operator"} & set(str(problem).split())


@pytest.mark.parametrize("text", [None, "{", "- a\n", "a: {provider: openai}\nb: [\n"])
def test_an_unreadable_file_of_the_operators_breaks_no_config_that_needs_none(text, tmp_path):
    path = tmp_path / "virtual-keys.yaml"
    if text is not None:
        path.write_text(text)

    assert sent({"provider": "openai"}, virtual_keys=path).problems == ()
    assert str(tmp_path) not in str(told({"virtual_key": "a"}, virtual_keys=path))


def test_a_broken_catalog_of_the_operators_is_not_shown(tmp_path):
    path = tmp_path / "models.yaml"
    path.write_text("provider: openai\nmodels: [{nam: secret-model}]\n")

    (problem,) = told({"provider": "openai"}, catalog=path)

    assert str(problem) == "error: config: the operator's catalog cannot be used now"


def test_a_right_catalog_of_the_operators_is_laid_over():
    catalog = {"provider": "openai", "models": [{"name": "mine"}]}

    assert set(sent({"provider": "openai"}, catalog=catalog).catalogs) == {"openai"}


TREE = {
    "strategy": {"mode": "fallback"},
    "targets": [
        {"virtual_key": "openai-prod"},
        {"provider": "@mine/m"},
        {"provider": "stability"},
        {
            "strategy": {"mode": "single"},
            "targets": [{"provider": "azure", "resource_name": "a", "api_key": "k"}],
        },
        {"retry": {"attempts": 1}},
    ],
    "virtual_keys": {"mine": {"provider": "openai", "api_key": "k"}},
}


def test_a_config_uses_the_virtual_keys_and_the_bare_providers_of_all_its_targets():
    providers, virtual_keys = uses(document(TREE, virtual_keys=KEYS))

    assert providers == {"stability-ai", "azure-openai"}
    assert virtual_keys == {"openai-prod", "mine"}


@pytest.mark.parametrize(
    ("config", "used"),
    [
        ({"provider": "openai"}, ({"openai"}, set())),
        ({"provider": "openai", "api_key": "k"}, ({"openai"}, set())),
        ({"provider": "openai", "custom_host": "http://localhost"}, ({"openai"}, set())),
        ({"virtual_key": "inside"}, (set(), {"inside"})),
        ({}, (set(), set())),
    ],
    ids=range(5),
)
def test_a_target_uses_what_it_says(config, used):
    assert uses(document(config, virtual_keys=KEYS)) == used


def beyond(config, stranger, *slugs, **options):
    return out_of_scope(document(config, **options), stranger, PROVIDERS, *slugs)


LISTED = Stranger(providers=frozenset({"openai", "azure"}), virtual_keys=frozenset({"openai-prod"}))


@pytest.mark.parametrize(
    ("stranger", "expected"),
    [
        (Stranger(), set()),
        (OPENAI, {"stability-ai", "azure-openai"}),
        (LISTED, {"stability-ai", "mine"}),
        (PROD, {"stability-ai", "azure-openai", "mine"}),
        (NOBODY, {"stability-ai", "azure-openai", "openai-prod", "mine"}),
    ],
    ids=["all", "openai", "listed", "prod", "nobody"],
)
def test_what_a_config_of_the_operators_uses_has_to_be_in_scope(stranger, expected):
    assert beyond(TREE, stranger, virtual_keys=KEYS) == expected


@pytest.mark.parametrize(
    ("slug", "stranger", "is_refused"),
    [
        ("openai", OPENAI, False),
        ("azure", LISTED, False),
        ("azure-openai", LISTED, False),
        ("stability", OPENAI, True),
        ("stability-ai", NOBODY, True),
        ("openai-prod", PROD, False),
        ("openai-prod", NOBODY, True),
        ("inside", PROD, True),
        ("inside", OPENAI, False),
        ("stability-prod", OPENAI, True),
        ("nowhere", OPENAI, True),
        ("nowhere", Stranger(), False),
    ],
)
def test_what_only_the_request_names_has_to_be_in_scope(slug, stranger, is_refused):
    untold = {"retry": {"attempts": 1}}

    assert beyond(untold, stranger, slug, virtual_keys=KEYS) == ({slug} if is_refused else set())


def test_of_a_config_that_was_sent_only_providers_beside_it_can_be_out_of_scope():
    mine = {"virtual_keys": {"mine": {"provider": "openai", "api_key": "k"}}}
    found = sent({"virtual_key": "mine", **mine}, LISTED, virtual_keys=KEYS)

    assert not out_of_scope(found, LISTED, PROVIDERS, "mine", "openai-prod", "azure")
    assert out_of_scope(found, LISTED, PROVIDERS, "stability", "inside") == {"stability", "inside"}
