"""The steps of Portkey's cookbooks for images, and the forms of configs on its pages."""

import pytest

from tests.gateway.clients.client_cases import generate, openai, portkey
from tests.gateway.clients.client_gateway import APP

ROUTED = {
    "strategy": {"mode": "fallback"},
    "targets": [
        {
            "strategy": {"mode": "loadbalance"},
            "targets": [
                {"provider": "openai", "api_key": "sk-mine-openai"},
                {
                    "provider": "stability-ai",
                    "api_key": "sk-mine-stability",
                    "override_params": {"model": "stable-diffusion-v1-6"},
                },
            ],
        },
        {
            "provider": "openai",
            "api_key": "sk-mine-last",
            "override_params": {"model": "dall-e-2"},
        },
    ],
}
"""Two providers share the load, and an older model stands in for both."""

IN_BASE64 = {"model": "dall-e-3", "response_format": "b64_json", "size": "1024x1024"}


def test_step_1_a_picture_of_openais(clients, keyed, upstream):
    result = clients.one(
        openai(
            keyed,
            generate(model="dall-e-3", n=1, size="1024x1024"),
            headers={"provider": "openai", "api_key": APP},
            api_key="sk-mine-openai",
        )
    )

    assert result["data"][0]["url"]
    assert [order.key for order in upstream.orders()] == ["sk-mine-openai"]


def test_step_2_a_picture_of_stabilitys(clients, keyed, upstream):
    result = clients.one(
        openai(
            keyed,
            generate(model="stable-diffusion-v1-6", n=1, size="256x256"),
            headers={"provider": "stability-ai", "api_key": APP},
            api_key="sk-mine-stability",
        )
    )

    assert result["data"][0]["b64_json"]
    assert [order.key for order in upstream.orders()] == ["sk-mine-stability"]


def test_step_3_a_config_beside_a_key_of_the_gateway(clients, keyed, upstream):
    in_a_header, as_the_key = clients.each(
        openai(
            keyed, generate(**IN_BASE64), headers={"config": ROUTED, "api_key": APP}, api_key="X"
        ),
        openai(keyed, generate(**IN_BASE64), headers={"config": ROUTED}, api_key=APP),
    )

    assert in_a_header["data"][0]["b64_json"]
    assert as_the_key["data"][0]["b64_json"]
    assert {order.key for order in upstream.orders()} <= {"sk-mine-openai", "sk-mine-stability"}


def test_step_3_where_both_providers_fail_the_older_model_answers(clients, keyed, upstream):
    upstream.play("openai/dall-e-3: 503; stability-ai: 503")

    result = clients.one(
        openai(keyed, generate(**IN_BASE64), headers={"config": ROUTED}, api_key=APP)
    )

    assert result["headers"]["last-used-option-index"] == "config.targets[1]"
    assert upstream.orders()[-1].key == "sk-mine-last"


def test_step_4_the_same_with_a_cache(clients, keyed, upstream, request):
    cached = {**ROUTED, "cache": {"mode": "simple"}}
    same = generate(request.node.name, **IN_BASE64)

    once, again = clients.calls(
        openai(keyed, same, same, headers={"config": cached, "api_key": APP}, api_key="X")
    )

    assert [each["headers"]["cache-status"] for each in (once, again)] == ["MISS", "HIT"]
    assert len(upstream.orders()) == 1


def test_from_stable_diffusion_to_dall_e(clients, keyed, upstream):
    upstream.play("stability-ai: 503 x2")
    wanted = generate(model="stable-diffusion-v1-6", response_format="b64_json", size="1024x1024")
    named = {"provider": "stabilityai", "virtual_key": "stability-prod", "api_key": APP}

    failed, fell_back, fine = clients.each(
        openai(keyed, wanted, headers=named, api_key="REDUNDANT", max_retries=0),
        openai(keyed, wanted, headers={"config": "sd-to-dalle", "api_key": APP}, api_key="X"),
        openai(keyed, wanted, headers=named, api_key="REDUNDANT"),
    )

    assert failed["error"]["status"] == 503
    assert fell_back["headers"]["provider"] == "openai"
    assert fine["headers"]["provider"] == "stability-ai"
    assert fell_back["data"][0]["b64_json"]
    stability = "sk-stored-stability"
    keys = [order.key for order in upstream.orders()]
    assert keys == [stability, stability, "sk-stored-vk", stability]


FORMS = {
    "a cache alone": ({"cache": {"mode": "simple"}}, {"provider": "openai"}),
    "retries alone": ({"retry": {"attempts": 2}}, {"virtual_key": "openai-prod"}),
    "a timeout alone": ({"request_timeout": 10_000}, {"provider": "@openai-prod"}),
    "a model with a slug": ({"override_params": {"model": "@openai-prod/gpt-image-1"}}, {}),
    "a provider with a slug": ({"provider": "@openai-prod"}, {}),
    "a provider with a slug and a model": ({"provider": "@openai-prod/gpt-image-1"}, {}),
    "passing through": ({"passthrough": True}, {"provider": "openai"}),
    "status codes at the root": (
        {
            "strategy": {"mode": "fallback"},
            "on_status_codes": [429],
            "targets": [{"virtual_key": "openai-prod"}, {"virtual_key": "openai-vk"}],
        },
        {},
    ),
}


def test_configs_as_published_pages_write_them(clients, opened, upstream, language):
    results = clients.each(
        *(
            portkey(opened, generate(f"{name} {language}"), config=config, **options)
            for name, (config, options) in FORMS.items()
        )
    )

    errors = {
        name: result["error"]["message"]
        for name, result in zip(FORMS, results, strict=True)
        if "error" in result
    }
    assert errors == {}
    assert len(upstream.orders()) == len(FORMS)


@pytest.mark.parametrize(
    ("codes", "asked"), [([], 1), ([500], 2)], ids=["an empty list", "a list with this one"]
)
def test_an_empty_list_of_status_codes_means_never(clients, opened, upstream, codes, asked):
    upstream.play("openai: 500 x1")
    config = {
        "strategy": {"mode": "fallback", "on_status_codes": codes},
        "targets": [{"virtual_key": "openai-prod"}, {"virtual_key": "openai-vk"}],
    }

    clients.one(portkey(opened, config=config))

    assert len(upstream.orders()) == asked
