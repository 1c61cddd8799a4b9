import ssl

import pytest

from router.senders.aiohttp_sender import AiohttpSender
from router.senders.httpx_sender import HttpxSender
from router.senders.tls import trusting


@pytest.mark.parametrize("verify", [True, False])
def test_yes_and_no_are_left_to_the_client(verify):
    assert trusting(verify) is verify


def test_a_context_is_used_as_it_is():
    context = ssl.create_default_context()

    assert trusting(context) is context


def test_a_folder_of_authorities_makes_a_context(tmp_path):
    assert isinstance(trusting(tmp_path), ssl.SSLContext)


@pytest.mark.parametrize("make", [HttpxSender, AiohttpSender])
def test_an_authority_that_is_not_there_is_missed_when_the_sender_is_made(make, tmp_path):
    with pytest.raises(FileNotFoundError):
        make(verify=tmp_path / "missing.pem")
