"""What the tests with real clients share: the providers, the gateways, and Node."""

import os
from pathlib import Path

import certifi
import pytest

from tests.gateway.clients import client_gateway, client_node, client_python
from tests.gateway.clients.client_upstream import Upstream


@pytest.fixture(scope="session")
def _providers():
    with Upstream() as upstream:
        yield upstream


@pytest.fixture
def upstream(_providers):
    """The providers, with nothing sent to them yet."""
    _providers.play()
    return _providers


@pytest.fixture(scope="session")
def _gateways(_providers, tmp_path_factory):
    place = tmp_path_factory.mktemp("workspaces")
    url = _providers.url
    opened = client_gateway.furnish(place / "open", url, client_gateway.SETTINGS)
    keyed = client_gateway.furnish(place / "keyed", url, client_gateway.with_keys())
    with client_gateway.serving(url, opened, keyed) as served:
        yield served


@pytest.fixture
def opened(_gateways, upstream):
    """A gateway that lets everybody in."""
    return _gateways[0]


@pytest.fixture
def keyed(_gateways, upstream):
    """A gateway that knows its callers."""
    return _gateways[1]


@pytest.fixture(scope="session")
def _node_clients():
    try:
        client_node.install()
    except client_node.NoNodeError as reason:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(f"no clients for Node: {reason}")
    with client_node.NodeClients() as clients:
        yield clients


@pytest.fixture(params=["python", "node"])
def language(request):
    return request.param


@pytest.fixture(scope="session")
def _one_authority(tmp_path_factory):
    """A file with one certificate: reading a hundred for each client takes most of the time."""
    first, end, _ = Path(certifi.where()).read_text("utf-8").partition("-----END CERTIFICATE-----")
    path = tmp_path_factory.mktemp("authority") / "one.pem"
    path.write_text(f"{first}{end}\n", "utf-8")
    return path


@pytest.fixture
def clients(request, language, monkeypatch):
    """The SDKs of one language."""
    if language == "node":
        return Clients(request.getfixturevalue("_node_clients").run)
    for name in client_node.WITHOUT:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSL_CERT_FILE", str(request.getfixturevalue("_one_authority")))
    return Clients(client_python.run)


class Clients:
    """Runs cases, all in one process."""

    def __init__(self, run):
        self._run = run

    def one(self, case):
        """Return what the only call of the case came to."""
        [[result]] = self._run([case])
        return result

    def calls(self, case):
        """Return what each call of the case came to."""
        [results] = self._run([case])
        return results

    def each(self, *cases):
        """Return what the only call of each case came to."""
        return [result for [result] in self._run(list(cases))]
