"""Callers: whose key is what, and that a key of the gateway's never goes to a provider."""

import json
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.secret import Secret
from router.gateway.callers import PLACEHOLDERS, caller_of
from router.gateway.instructions import PREFIX
from router.gateway.keys import digest_of, new_key, written
from router.gateway.refusal import Refusal
from router.gateway.settings import ApiKey, Settings
from router.testing import Scripted, simulate
from tests.gateway import drive

OURS, OTHERS, BY_HAND = "pxr-ours", "pxr-others", "made-by-hand"
THEIRS = "sk-their-own"
ALL = (OURS, OTHERS, BY_HAND)


def key(name, secret, **changes):
    return ApiKey(name=name, digest=digest_of(secret), **changes)


def keyed(**changes):
    """Return settings with three keys; `changes` are of each."""
    return Settings(keys=tuple(key(f"key-{at}", one, **changes) for at, one in enumerate(ALL)))


def bearer(text):
    return {"authorization": f"Bearer {text}"}


def brought(headers, settings):
    secret = caller_of(headers, settings).provider_key
    return None if secret is None else secret.reveal()


def portkey(text):
    return {"x-portkey-api-key": text}


@pytest.mark.parametrize(
    "headers",
    [
        portkey(OURS),
        {**portkey(OURS), **bearer("wrong")},
        {**portkey(OURS), "api-key": "wrong"},
        bearer(OURS),
        {"authorization": f"bearer   {OURS} "},
        {**portkey(""), **bearer(OURS)},
        {**portkey("  "), "api-key": OURS},
        {**bearer(OURS), "api-key": "wrong"},
        {"api-key": OURS},
    ],
    ids=repr,
)
def test_the_first_place_that_holds_anything_holds_the_key(headers):
    assert caller_of(headers, keyed()).name == "key-0"


@pytest.mark.parametrize(
    "headers",
    [
        {},
        portkey(""),
        bearer(""),
        {"authorization": f"Basic {OURS}"},
        {**portkey("wrong"), **bearer(OURS)},
        {**bearer("wrong"), "api-key": OURS},
        portkey(digest_of(OURS)),
        portkey(written(digest_of(OURS))),
        *(bearer(one) for one in sorted(PLACEHOLDERS)),
    ],
    ids=repr,
)
def test_whoever_shows_no_key_is_refused(headers):
    with pytest.raises(Refusal) as refused:
        caller_of(headers, keyed())

    assert refused.value.status == 401
    assert refused.value.code == "invalid_api_key"
    assert OURS not in refused.value.message


def test_where_the_last_key_is_revoked_nobody_is_let_in():
    with pytest.raises(Refusal):
        caller_of(portkey(OURS), Settings(is_closed=True))


@pytest.mark.parametrize("headers", [{}, portkey("anything"), {"api-key": "x"}], ids=repr)
def test_without_keys_anybody_may_call(headers):
    caller = caller_of(headers, Settings())

    assert caller.key is None
    assert caller.provider_key is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        (bearer(THEIRS), THEIRS),
        ({**portkey("any"), **bearer(THEIRS)}, THEIRS),
        ({**portkey(THEIRS), **bearer(THEIRS)}, None),
        (bearer(OURS), None),
        (bearer("OPENAI_API_KEY"), None),
        (bearer("DUMMY-KEY"), None),
        ({"authorization": f"Basic {THEIRS} x"}, None),
        ({"api-key": THEIRS}, None),
    ],
    ids=repr,
)
def test_without_keys_a_bearer_may_be_the_callers_own_provider_key(headers, expected):
    assert brought(headers, Settings()) == expected
    assert brought(headers, Settings(own_provider_keys=False)) is None


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({**portkey(OURS), **bearer(THEIRS)}, THEIRS),
        (bearer(OURS), None),
        ({**portkey(OURS), **bearer(OURS)}, None),
        ({**portkey(OURS), **bearer(OTHERS)}, None),
        ({**portkey(OURS), **bearer(BY_HAND)}, None),
        ({**portkey(OURS), **bearer("OPENAI_API_KEY")}, None),
        ({**portkey(OURS), **bearer("DUMMY-KEY")}, None),
        ({**portkey(OURS), "api-key": THEIRS}, None),
    ],
    ids=repr,
)
def test_with_keys_a_bearer_is_the_callers_own_where_it_served_for_nothing_else(headers, expected):
    assert brought(headers, keyed(own_provider_keys=True)) == expected
    assert brought(headers, keyed()) is None


def test_a_caller_shows_no_secret():
    caller = caller_of({**portkey(OURS), **bearer(THEIRS)}, keyed(own_provider_keys=True))

    assert isinstance(caller.provider_key, Secret)
    assert THEIRS not in repr(caller)
    assert OURS not in repr(caller)


SECRETS = st.sampled_from([None, "", *ALL, THEIRS, *sorted(PLACEHOLDERS), "pxr-made-up"])
FORWARDED = ("authorization", "api-key", "x-portkey-api-key", "X_Portkey_Api_Key", "x-mine")
CONFIGS = (
    {"provider": "openai"},
    {"provider": "openai", "forward_headers": list(FORWARDED)},
    {"virtual_key": "prod", "forward_headers": list(FORWARDED)},
    {"provider": "openai", "api_key": "sk-in-the-config"},
)


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """One workspace for each way to let callers bring keys."""
    made = {}
    for may_bring in (True, False):
        folder = tmp_path_factory.mktemp("keys")
        keys = {
            f"key-{at}": {"digest": written(digest_of(one)), "own_provider_keys": may_bring}
            for at, one in enumerate(ALL)
        }
        accounts = {"prod": {"provider": "openai", "api_key": "sk-prod"}}
        made[may_bring] = drive.written(folder, gateway={"keys": keys}, virtual_keys=accounts)
    return made


@given(
    portkey_key=SECRETS,
    authorization=SECRETS,
    azure_key=SECRETS,
    may_bring=st.booleans(),
    config=st.sampled_from([None, *CONFIGS]),
    forwards=st.lists(st.sampled_from(FORWARDED)),
)
def test_a_gateway_key_never_goes_to_a_provider(
    folders, portkey_key, authorization, azure_key, may_bring, config, forwards
):
    said = {
        "x-portkey-api-key": portkey_key,
        "authorization": None if authorization is None else f"Bearer {authorization}",
        "api-key": azure_key,
        "x-portkey-provider": "openai" if config is None else None,
        "x-portkey-config": None if config is None else json.dumps(config),
        "x-portkey-forward-headers": ",".join(forwards) or None,
        "x-mine": "mine",
    }
    headers = {name: value for name, value in said.items() if value is not None}
    sender = Scripted(200, repeat=True)

    async def main():
        gateway = drive.opened(folders[may_bring], sender=sender)
        return await drive.ask(gateway, headers=headers)

    seen = simulate(main)

    shown = portkey_key or authorization or azure_key
    assert (seen.status == 401) == (shown not in ALL)
    assert not [one for one in ALL if one in seen.body.decode() + str(seen.headers)]
    for request in sender.requests:
        sent = f"{request.url} {dict(request.headers)} {request.body!r}"
        assert not [one for one in (*ALL, "pxr-made-up", *PLACEHOLDERS) if one in sent]
        assert may_bring or THEIRS not in sent
        assert config is None or config == CONFIGS[0] or THEIRS not in sent


@pytest.mark.parametrize(
    ("place", "may_bring"), list(product(FORWARDED[:3], [True, False])), ids=repr
)
def test_forwarded_headers_are_never_those_that_hold_keys(folders, place, may_bring):
    sender = Scripted(200)
    headers = {
        "x-portkey-provider": "openai",
        "x-portkey-forward-headers": json.dumps([*FORWARDED]),
        "x-mine": "mine",
        place: f"Bearer {OURS}" if place == "authorization" else OURS,
    }

    async def main():
        return await drive.ask(drive.opened(folders[may_bring], sender=sender), headers=headers)

    assert simulate(main).status == 200
    assert sender.requests[0].headers["x-mine"] == "mine"
    assert sender.requests[0].headers["authorization"] == f"Bearer {drive.OPERATORS}"
    assert not [name for name in sender.requests[0].headers if name.startswith(PREFIX)]


def test_a_new_key_is_never_taken_for_a_providers():
    assert brought(bearer(new_key()), Settings()) is None
