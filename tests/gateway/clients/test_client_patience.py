"""Clients that give up: nothing is bought twice because of them."""

import pytest

from tests.gateway.clients.client_cases import generate, openai
from tests.gateway.clients.client_gateway import APP

IMPATIENT = {"headers": {"provider": "openai", "api_key": APP}, "timeout": 0.7, "max_retries": 3}


@pytest.mark.parametrize("language", ["node"])
@pytest.mark.parametrize("sdk", ["openai", "openai-next"])
def test_who_gives_up_and_asks_again_has_it_bought_once(clients, keyed, upstream, language, sdk):
    upstream.play("openai: delay=1.1")

    result = clients.one({**openai(keyed, generate(sdk), **IMPATIENT), "sdk": sdk})

    assert "error" not in result
    assert len(upstream.orders()) == 1


@pytest.mark.parametrize("language", ["python"])
def test_who_says_how_long_it_waits_is_told_in_time(clients, keyed, upstream, language):
    upstream.play("openai: delay=1.1")

    result = clients.one(openai(keyed, **IMPATIENT))

    assert result["error"]["status"] == 408
    assert result["error"]["headers"]["x-should-retry"] == "false"
    assert len(upstream.orders()) == 1
