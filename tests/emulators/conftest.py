"""Clients of these tests trust one authority: nobody is asked over TLS, and reading all of those
that a system trusts takes a client longer than the test does.
"""

from pathlib import Path

import certifi
import pytest

END = "-----END CERTIFICATE-----\n"


@pytest.fixture(scope="session")
def one_authority(tmp_path_factory):
    first, _, _ = Path(certifi.where()).read_text().partition(END)
    path = tmp_path_factory.mktemp("trust") / "one.pem"
    path.write_text(first + END)
    return path


@pytest.fixture(autouse=True)
def _trusting_one(monkeypatch, one_authority):
    monkeypatch.setenv("SSL_CERT_FILE", str(one_authority))
    monkeypatch.delenv("SSL_CERT_DIR", raising=False)
