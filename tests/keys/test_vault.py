import asyncio

import pytest

from router.config.model import KeyRef, SecretRef
from router.core.secret import Credentials, Secret
from router.keys.vault import EnvVault

SECRET = "Zx81Qw9LrT4uV7pA"


def ref(text):
    return SecretRef(template=Secret(text))


def vault(environment=None, **options):
    keys = {
        "openai": KeyRef(provider="openai", api_key=ref("${OPENAI_API_KEY}")),
        "literal": KeyRef(provider="openai", api_key=ref(SECRET)),
        "file": KeyRef(provider="openai", api_key=ref("${file:key.txt}")),
        "token": KeyRef(provider="azure-openai", token=ref("${TOKEN}")),
        "bare": KeyRef(provider="azure-openai", takes_token=True),
        "local": KeyRef(provider="openai", base_url="http://localhost:8000/v1"),
        "broken": KeyRef(provider="openai", api_key=ref("${")),
    }
    return EnvVault(keys=keys, environment={} if environment is None else environment, **options)


def ask(asked, name):
    return asyncio.run(asked.credentials(name))


def test_a_key_is_read_when_it_is_asked_for():
    environment = {}
    asked = vault(environment)

    environment["OPENAI_API_KEY"] = "first"
    first = ask(asked, "openai")
    environment["OPENAI_API_KEY"] = "second"

    assert first.key.reveal() == "first"
    assert ask(asked, "openai").key.reveal() == "second"


def test_a_key_may_be_written_out():
    assert ask(vault(), "literal").key.reveal() == SECRET


def test_a_key_may_be_in_a_file(tmp_path):
    (tmp_path / "key.txt").write_text(f"{SECRET}\n")

    assert ask(vault(base=tmp_path), "file").key.reveal() == SECRET


def test_a_token_is_a_token():
    credentials = ask(vault({"TOKEN": "t"}), "token")

    assert (credentials.key, credentials.token.reveal()) == (None, "t")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("nobody", "virtual key 'nobody' is not defined"),
        ("openai", "credential 'openai': the environment variable OPENAI_API_KEY is not set"),
        ("file", "credential 'file': the file 'key.txt' cannot be read: No such file or directory"),
        ("broken", "credential 'broken': a reference begins with '${' and does not end"),
    ],
)
def test_what_cannot_be_had_is_a_lookup_error_for_people(name, said, tmp_path):
    with pytest.raises(LookupError) as caught:
        ask(vault(base=tmp_path), name)

    assert caught.value.args == (said,)


async def later():
    return "t2"


@pytest.mark.parametrize(
    ("provider", "token"), [(lambda: "t1", "t1"), (later, "t2")], ids=["at once", "awaited"]
)
def test_a_token_provider_stands_in_for_a_missing_key(provider, token):
    credentials = ask(vault(token_provider=provider), "bare")

    assert (credentials.key, credentials.token.reveal()) == (None, token)


def test_a_token_provider_is_not_asked_where_there_is_a_key():
    def provider():
        raise AssertionError

    assert ask(vault(token_provider=provider), "literal").token is None


def test_without_a_token_provider_a_bare_key_is_empty():
    credentials = ask(vault(), "bare")

    assert (credentials.key, credentials.token) == (None, None)


def failing():
    raise RuntimeError(SECRET)


@pytest.mark.parametrize(
    "provider",
    [failing, lambda: "", lambda: None, lambda: f"{SECRET}\n\nx"],
    ids=["raises", "empty", "nothing", "two lines"],
)
def test_a_token_provider_that_fails_is_a_lookup_error_without_its_words(provider):
    with pytest.raises(LookupError, match="credential 'bare'") as caught:
        ask(vault(token_provider=provider), "bare")

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize("value", [f"{SECRET}\r\nx-evil: 1", f"{SECRET}é", f"{SECRET}\x00"])
def test_a_value_that_no_header_can_carry_is_refused_unseen(value):
    with pytest.raises(LookupError, match="no header can carry") as caught:
        ask(vault({"OPENAI_API_KEY": value}), "openai")

    assert SECRET not in str(caught.value)


def test_spaces_around_a_key_are_dropped():
    assert ask(vault({"OPENAI_API_KEY": f" {SECRET}\n"}), "openai").key.reveal() == SECRET


def test_a_vault_shows_no_secret():
    asked = vault({"OPENAI_API_KEY": SECRET})

    assert SECRET not in repr(asked)
    assert SECRET not in repr(ask(asked, "openai"))


def test_a_token_goes_to_no_provider_that_knows_none():
    asked = vault(token_provider=lambda: "ey-token")

    assert ask(asked, "local") == Credentials()
