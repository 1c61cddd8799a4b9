"""What a client is made with, as Portkey's SDKs send it: whom it reaches, and with whose key."""

import pytest

from tests.gateway.clients.client_cases import generate, openai, portkey
from tests.gateway.clients.client_gateway import APP

VK = "sk-stored-vk"
WAYS = {
    "provider": ({"provider": "openai"}, "sk-operator-openai"),
    "provider and own key": ({"provider": "openai", "Authorization": "sk-real"}, "sk-real"),
    "slug": ({"provider": "@openai-prod"}, "sk-stored-prod"),
    "virtual key": ({"virtual_key": "openai-vk"}, VK),
    "config id": ({"config": "shop"}, VK),
    "alias of a config": ({"config": "pc-shop-1a2b3c"}, VK),
    "config object": ({"config": {"virtual_key": "openai-vk"}}, VK),
    "config text": ({"config": '{"virtual_key": "openai-vk"}'}, VK),
    "config with a key": ({"config": {"provider": "openai", "api_key": "sk-mine"}}, "sk-mine"),
}
"""What a client is made with, and the key that the provider is asked with."""

KEYS = {way: key for way, (_, key) in WAYS.items()}


def keys_used(upstream, results):
    """Return the key each order of this name came with; all of them were answered."""
    assert [result.get("error") for result in results] == [None] * len(WAYS)
    return {order.body["prompt"]: order.key for order in upstream.orders()}


def test_every_way_to_say_whose_account_it_is(clients, opened, upstream):
    results = clients.each(
        *(portkey(opened, generate(way), **options) for way, (options, _) in WAYS.items())
    )

    assert keys_used(upstream, results) == KEYS
    assert {result["headers"]["provider"] for result in results} == {"openai"}
    assert {type(result["created"]) for result in results} == {int}


def test_every_way_to_say_whose_account_it_is_beside_a_key_of_the_gateway(clients, keyed, upstream):
    results = clients.each(
        *(
            portkey(keyed, generate(way), api_key=APP, **options)
            for way, (options, _) in WAYS.items()
        )
    )

    assert keys_used(upstream, results) == KEYS
    assert not any("pxr-" in order.everything for order in upstream.orders())


def test_headers_that_createheaders_makes_do_as_well_for_openais_clients(clients, keyed, upstream):
    results = clients.each(
        *(
            openai(keyed, generate(way), headers={"api_key": APP, **options}, api_key="sk-x")
            for way, (options, _) in WAYS.items()
        )
    )

    # A key that came as openai's own is for a provider that nobody else has a key for.
    assert keys_used(upstream, results) == {**KEYS, "provider": "sk-x"}


def test_a_call_may_say_it_differently(clients, opened, upstream):
    ways = {way: options for way, (options, _) in WAYS.items() if way != "provider"}

    results = clients.each(
        *(portkey(opened, generate(way, using=options)) for way, options in ways.items())
    )

    assert [result.get("error") for result in results] == [None] * len(ways)
    used = {order.body["prompt"]: order.key for order in upstream.orders()}
    assert used == {way: KEYS[way] for way in ways}


def test_what_a_call_says_sticks_only_where_the_client_makes_it(
    clients, opened, upstream, language
):
    clients.calls(
        portkey(
            opened,
            generate("before"),
            generate("differently", using={"config": "shop"}),
            generate("after"),
            provider="openai",
        )
    )

    used = {order.body["prompt"]: order.key for order in upstream.orders()}
    after = VK if language == "node" else "sk-operator-openai"
    assert used == {"before": "sk-operator-openai", "differently": VK, "after": after}


def test_a_client_that_is_given_nothing_sends_placeholders_which_no_provider_sees(
    clients, opened, upstream
):
    results = clients.each(
        portkey(opened, generate("no key"), provider="openai"),
        portkey(opened, generate("a key"), api_key="pk-whatever", provider="openai"),
        openai(opened, generate("dummy"), api_key="DUMMY-KEY", headers={"provider": "openai"}),
        openai(opened, generate("name"), api_key="OPENAI_API_KEY", headers={"provider": "openai"}),
    )

    assert [result.get("error") for result in results] == [None] * 4
    assert {order.key for order in upstream.orders()} == {"sk-operator-openai"}


def test_organization_and_project_go_to_openai(clients, opened, upstream):
    clients.one(
        portkey(opened, provider="openai", openai_organization="org-1", openai_project="proj-1")
    )

    [order] = upstream.orders()
    assert order.headers["openai-organization"] == "org-1"
    assert order.headers["openai-project"] == "proj-1"
    assert order.key == "sk-operator-openai"


def test_azures_options_make_azures_address(clients, opened, upstream):
    azure = {
        "provider": "azure-openai",
        "azure_resource_name": "pictures",
        "azure_deployment_id": "gpt-image-1",
        "azure_api_version": "2025-04-01-preview",
    }

    clients.each(
        portkey(opened, generate("by key"), **azure),
        portkey(opened, generate("by token"), azure_ad_token="token-1", **azure),
        portkey(
            opened,
            generate("with all of it"),
            azure_auth_mode="default",
            azure_endpoint_name="endpoint",
            azure_model_name="gpt-image-1",
            **azure,
        ),
    )

    by_key, by_token, with_all = upstream.orders()
    assert by_key.url == (
        "http://pictures.openai.azure.com/openai/deployments/gpt-image-1/images/generations"
        "?api-version=2025-04-01-preview"
    )
    assert by_key.headers["api-key"] == with_all.headers["api-key"] == "sk-operator-azure"
    assert by_token.key == "token-1"
    assert with_all.url == by_key.url


def test_a_host_of_the_callers_is_sent_its_own_key_and_no_other(clients, opened, upstream):
    host = {"custom_host": f"{upstream.url}/v1"}

    own, none, slug, vk = clients.each(
        portkey(opened, generate("own"), provider="openai", Authorization="sk-real", **host),
        portkey(opened, generate("none"), provider="openai", **host),
        portkey(opened, generate("slug"), provider="@openai-prod", **host),
        portkey(opened, generate("vk"), virtual_key="openai-vk", **host),
    )

    assert "error" not in own
    assert none["error"]["class"] == "AuthenticationError"  # the host's, which was sent no key
    assert slug["error"]["class"] == vk["error"]["class"] == "BadRequestError"
    assert [order.key for order in upstream.orders()] == ["sk-real", ""]
    assert {order.url for order in upstream.orders()} == {f"{upstream.url}/v1/images/generations"}


def test_a_host_that_the_operator_has_not_listed_is_never_asked(clients, opened, upstream):
    result = clients.one(
        portkey(
            opened, provider="openai", Authorization="sk-x", custom_host="http://localhost:1/v1"
        )
    )

    assert result["error"]["status"] == 400
    assert upstream.orders() == []


def test_a_trace_id_comes_back_in_failures_too(clients, opened):
    fine, failed = clients.each(
        portkey(opened, provider="openai", trace_id="trace-of-mine"),
        portkey(opened, generate(model="nothing"), provider="openai", trace_id="of-a-failure"),
    )

    assert fine["headers"]["trace-id"] == "trace-of-mine"
    assert failed["error"]["headers"]["x-portkey-trace-id"] == "of-a-failure"


def test_strict_compliance_leaves_only_what_openai_has(clients, opened):
    picture = generate(model="stable-image-core")

    loose, strict = clients.each(
        portkey(opened, picture, provider="stability-ai"),
        portkey(opened, picture, provider="stability-ai", strict_open_ai_compliance=True),
    )

    assert {"finish_reason", "seed"} <= set(loose["names"])
    assert not {"finish_reason", "seed"} & set(strict["names"])
    assert "b64_json" in strict["names"]


def test_options_that_change_nothing_here_do_no_harm(clients, opened):
    result = clients.one(
        portkey(opened, provider="openai", mode="x", sensitive_headers=["X-Internal-Token"])
    )

    assert "error" not in result


def test_a_retry_count_is_one_of_retries(clients, opened, upstream):
    upstream.play("openai: 429 x1")

    result = clients.one(portkey(opened, provider="openai", retry_count=3))

    assert result["headers"]["retry-attempt-count"] == "1"
    assert len(upstream.orders()) == 2


def test_parameters_that_a_client_does_not_know_are_sent_where_it_lets_them_pass(
    clients, opened, language
):
    unknown = {"seed": 7} if language == "node" else {"extra_body": {"seed": 7}}

    result = clients.one(portkey(opened, generate(**unknown), provider="openai"))

    assert result["headers"]["adaptations"] == "seed 7 dropped (gpt-image-1 has none)"


@pytest.mark.parametrize(
    "options",
    [
        {"metadata": {"_user": "Zoë", "n": 1}},
        {"metadata": '{"_user": "Zo\\u00eb"}'},
        {"metadata": "{'_user': 'Zo\\u00eb'}"},
    ],
    ids=["object", "text", "as it is printed"],
)
def test_metadata_routes_however_it_is_written(clients, opened, upstream, options):
    clients.one(portkey(opened, config="by-user", **options))

    assert [order.key for order in upstream.orders()] == [VK]


def test_a_user_is_metadata_unless_that_says_who_it_is(clients, opened, upstream):
    clients.each(
        portkey(opened, generate("user", user="Zoë"), config="by-user"),
        portkey(opened, generate("both", user="Zoë"), config="by-user", metadata={"_user": "Yves"}),
    )

    assert [order.key for order in upstream.orders()] == [VK, "sk-stored-prod"]


def test_a_config_may_have_any_characters_that_its_client_can_send(
    clients, opened, upstream, language
):
    user = "Zoë" if language == "node" else "Zoë 猫"

    clients.one(
        portkey(opened, config={"virtual_key": "openai-vk", "override_params": {"user": user}})
    )

    assert [order.body["user"] for order in upstream.orders()] == [user]


def test_what_a_client_says_of_the_cache(clients, opened, upstream, request):
    same = generate(request.node.name)

    results = clients.each(
        portkey(opened, same, config="cached"),
        portkey(opened, same, config="cached"),
        portkey(opened, same, config="cached", cache_force_refresh=True),
        portkey(opened, same, config="cached", cache_force_refresh=False),
        portkey(opened, same, config="cached", cache_namespace="another"),
        portkey(opened, same, config="cached", debug=False),
    )

    statuses = [result["headers"]["cache-status"] for result in results]
    assert statuses == ["MISS", "HIT", "REFRESH", "HIT", "MISS", "DISABLED"]
    assert len(upstream.orders()) == 4
