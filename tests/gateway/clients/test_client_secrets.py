"""Whose secrets go where: keys of the gateway to nobody, others only where they belong."""

import httpx
import pytest

from tests.gateway.clients.client_cases import MODEL, generate, openai, portkey
from tests.gateway.clients.client_gateway import APP, PLAIN

BODY = {"model": MODEL, "prompt": "a red kite"}
BEARER = {"authorization": f"Bearer {APP}"}
NAMED = {"x-portkey-api-key": APP}
AZURES = {"api-key": APP}


def ask(served, **headers):
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.post(f"{served.url}/images/generations", json=BODY, headers=sent, timeout=30)


@pytest.mark.parametrize("key", [BEARER, NAMED, AZURES], ids=["bearer", "portkey's", "azure's"])
def test_a_key_of_the_gateway_opens_it_and_goes_no_further(keyed, upstream, key):
    answer = ask(keyed, **key, x_portkey_provider="openai")

    assert answer.status_code == 200
    [order] = upstream.orders()
    assert order.key == "sk-operator-openai"
    assert "pxr-" not in order.everything


def test_no_bearer_that_looks_like_a_key_of_a_gateway_is_taken_for_a_providers(
    opened, keyed, upstream
):
    ask(opened, authorization=f"Bearer {PLAIN}", x_portkey_provider="openai")
    ask(opened, authorization="Bearer pxr-", x_portkey_provider="openai")
    ask(keyed, **NAMED, authorization=f"Bearer {PLAIN}", x_portkey_provider="openai")

    assert [order.key for order in upstream.orders()] == ["sk-operator-openai"] * 3


def test_a_caller_who_may_bring_no_key_is_served_with_the_operators(clients, keyed, upstream):
    clients.each(
        portkey(keyed, api_key=PLAIN, provider="openai", Authorization="sk-real"),
        openai(keyed, headers={"api_key": PLAIN, "provider": "openai"}, api_key="sk-real"),
    )

    assert [order.key for order in upstream.orders()] == ["sk-operator-openai"] * 2


def test_a_callers_own_key_is_for_no_account_of_the_operators(clients, keyed, upstream):
    own = {"api_key": APP, "Authorization": "sk-real"}

    clients.each(
        portkey(keyed, generate("slug"), provider="@openai-prod", **own),
        portkey(keyed, generate("virtual key"), virtual_key="openai-vk", **own),
        portkey(keyed, generate("config"), config="shop", **own),
        portkey(keyed, generate("inline"), config={"virtual_key": "openai-vk"}, **own),
    )

    keys = [order.key for order in upstream.orders()]
    assert keys == ["sk-stored-prod", "sk-stored-vk", "sk-stored-vk", "sk-stored-vk"]


LISTS = {
    "as Python's client sends it": "X-My-Header,x_other",
    "as Node's client sends it": "xMyHeader,xOther",
    "JSON": '["X-My-Header", "x-other"]',
    "as Python prints it": "['X-My-Header', 'x_other']",
    "any other spelling": "x_my_header , X-OTHER",
}


@pytest.mark.parametrize("names", LISTS.values(), ids=LISTS)
@pytest.mark.parametrize("key", [{}, NAMED, BEARER], ids=["no key", "portkey's", "bearer"])
def test_headers_are_forwarded_however_they_are_listed(request, upstream, key, names):
    served = request.getfixturevalue("keyed" if key else "opened")

    ask(
        served,
        **key,
        x_portkey_provider="openai",
        x_portkey_forward_headers=names,
        x_my_header="mine",
        x_other="another",
        x_third="not listed",
    )

    [order] = upstream.orders()
    assert order.headers["x-my-header"] == "mine"
    assert order.headers["x-other"] == "another"
    assert "x-third" not in order.headers
    assert not any(name.startswith("x-portkey-") for name in order.headers)


def test_headers_that_clients_forward(clients, keyed, upstream, language):
    if language == "python":
        listed = {"forward_headers": ["X-My-Header", "x_other"], "X-My-Header": "mine"}
        listed["x_other"] = "another"
    else:
        listed = {"forward_headers": ["xMyHeader", "xOther"], "xMyHeader": "mine"}
        listed["xOther"] = "another"

    clients.one(portkey(keyed, api_key=APP, provider="openai", **listed))

    [order] = upstream.orders()
    assert (order.headers["x-my-header"], order.headers["x-other"]) == ("mine", "another")


@pytest.mark.parametrize("key", [BEARER, NAMED, AZURES], ids=["bearer", "portkey's", "azure's"])
def test_a_key_is_not_forwarded_though_it_is_listed(keyed, upstream, key):
    ask(
        keyed,
        **key,
        cookie="session=pxr-cookie",
        x_portkey_virtual_key="openai-vk",
        x_portkey_forward_headers="Authorization,api-key,x-portkey-api-key,Cookie,X-My-Header",
        x_my_header="mine",
    )

    [order] = upstream.orders()
    assert order.key == "sk-stored-vk"
    assert order.headers["x-my-header"] == "mine"
    assert "pxr-" not in order.everything


def test_a_config_of_the_operators_forwards_what_it_lists(clients, keyed, upstream):
    clients.one(
        openai(
            keyed,
            headers={
                "api_key": APP,
                "config": "forwarding",
                "forward_headers": ["x-my-header"],
                "x-my-header": "mine",
            },
        )
    )

    [order] = upstream.orders()
    assert order.headers["x-my-header"] == "mine"
    assert "pxr-" not in order.everything


def test_the_key_of_a_host_of_the_operators_is_sent_there_and_nowhere_else(
    clients, keyed, upstream
):
    clients.one(portkey(keyed, api_key=APP, config="own-host"))

    [order] = upstream.orders()
    assert (order.key, order.url) == ("sk-stored-own", f"{upstream.url}/v1/images/generations")
