"""Real clients of `pixroute serve`, as it is started."""

import pytest
from PIL import Image

from router.cli.serve import DEFAULT_PORT
from tests.gateway.clients.client_cases import (
    azure,
    edit,
    generate,
    models,
    openai,
    portkey,
    where,
)
from tests.gateway.clients.client_gateway import Served, commanded


@pytest.fixture(scope="module")
def started(_providers, tmp_path_factory):
    """A gateway in a process of its own, whose config leads to the providers of the tests."""
    folder = tmp_path_factory.mktemp("served") / "configs"
    folder.mkdir()
    config = f"{{provider: openai, custom_host: {_providers.url}/v1, api_key: sk-stored}}"
    (folder / "gateway.yaml").write_text("config: mine\n", "utf-8")
    (folder / "mine.yaml").write_text(config, "utf-8")
    with commanded(folder) as served:
        yield served


def test_all_of_them_are_served(clients, upstream, started, tmp_path):
    Image.new("RGBA", (64, 64)).save(tmp_path / "cup.png")
    calls = (
        generate(),
        edit(image=str(tmp_path / "cup.png")),
        generate(stream=True, partial_images=1),
    )

    for case in (
        portkey(started, *calls, api_key="anything"),
        openai(started, *calls),
        azure(started, *calls, api_key="anything"),
    ):
        made, edited, streamed = clients.calls(case)

        assert made["data"] == edited["data"] == [{"url": None, "b64_json": "iVBORw0K"}]
        assert [event["type"] for event in streamed["events"]] == [
            "image_generation.partial_image",
            "image_generation.completed",
        ]
    assert {order.key for order in upstream.orders()} == {"sk-stored"}
    assert len(upstream.orders()) == 9


def test_models_are_listed(clients, started):
    for case in (portkey(started, models(), api_key="anything"), openai(started, models())):
        assert "gpt-image-2" in clients.one(case)["models"]


def test_portkeys_clients_without_a_key_look_where_it_listens_unless_told(clients):
    nowhere = Served("")
    case = {**portkey(nowhere, where()), "url": None}

    assert clients.one(case) == {"where": f"http://localhost:{DEFAULT_PORT}/v1"}
