"""The command sandbox: says where it is, answers, tells each request, and ends cleanly."""

import json
import re
import signal
import socket
import urllib.request

import pytest

from router import Router
from router.core.media import sniff_bytes
from router.providers.registry import providers

URL = re.compile(r"http://127\.0\.0\.1:\d+")


def ask(url):
    request = urllib.request.Request(
        f"{url}/openai/v1/images/generations",
        data=json.dumps({"model": "gpt-image-2", "prompt": "kite"}).encode(),
        headers={"content-type": "application/json", "authorization": "Bearer sk-sandbox"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def test_it_serves_tells_each_request_and_ends_with_ctrl_c(terminal):
    screen = terminal("sandbox", "--port", 0, columns=200)
    screen.expect("in a config")
    url = URL.search(screen.seen)[0]

    assert ask(url)["data"]

    screen.expect("200  openai gpt-image-2  POST /v1/images/generations")
    screen.press(b"\x03")
    assert screen.end() == 0
    assert "the sandbox has ended" in screen.seen
    assert "Traceback" not in screen.seen


def test_it_has_a_line_to_copy_for_each_client(terminal):
    screen = terminal("sandbox", "--port", 0, columns=40)
    screen.expect("in a config")

    url = URL.search(screen.seen)[0]
    assert f'OpenAI(base_url="{url}/openai/v1", api_key="sandbox")' in screen.seen
    assert f'AzureOpenAI(azure_endpoint="{url}/azure", ' in screen.seen
    assert f"curl {url}/stability/v2beta/" in screen.seen
    assert f'replicate.Client(base_url="{url}/replicate", ' in screen.seen
    assert f'Together(base_url="{url}/together-ai", ' in screen.seen
    assert f'http_options={{"base_url": "{url}/google"}}' in screen.seen
    assert all(f"{info.name} " in screen.seen for info in providers())


@pytest.mark.parametrize("model", ["gpt-image-2", "dall-e-3"], ids=["base64", "url"])
def test_its_line_for_a_config_leads_a_router_to_it(terminal, model):
    screen = terminal("sandbox", "--port", 0, columns=200)
    screen.expect("custom_host: ")
    screen.expect("}")
    config = re.search(r"\{provider: openai, .*\}", screen.seen)[0]

    with Router(config) as router:
        picture = router.images.generate(prompt="kite", model=model).data[0].read()

    assert sniff_bytes(picture).format == "png"
    screen.expect(f"200  openai {model}  POST /v1/images/generations")


def test_sigterm_ends_it_cleanly(terminal):
    screen = terminal("sandbox", "--port", 0)
    screen.expect("in a config")

    screen.process.send_signal(signal.SIGTERM)

    assert screen.end() == 0
    assert "the sandbox has ended" in screen.seen


def test_quiet_tells_no_request(terminal):
    screen = terminal("sandbox", "--port", 0, "--quiet", columns=200)
    screen.expect("in a config")

    ask(URL.search(screen.seen)[0])
    screen.press(b"\x03")

    assert screen.end() == 0
    assert "POST" not in screen.seen


@pytest.mark.parametrize("in_file", [False, True], ids=["text", "file"])
def test_faults_are_played_and_told(terminal, config, in_file):
    faults = config("openai: 503\n", "faults.yaml") if in_file else "openai: 503"
    screen = terminal("sandbox", "--port", 0, "--faults", faults, columns=200)
    screen.expect("in a config")

    with pytest.raises(urllib.error.HTTPError, match="503") as failed:
        ask(URL.search(screen.seen)[0])
    failed.value.close()

    screen.expect("fault openai: 503")


def test_a_port_in_use_is_told_in_one_line(run):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        result = run("sandbox", "--port", port)

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert f"127.0.0.1:{port}" in result.stderr


@pytest.mark.parametrize("options", [["--port", "x"], ["--port", "70000"], ["--faults", "what"]])
def test_wrong_options_are_usage_errors(run, options):
    assert run("sandbox", *options).exit_code == 2


@pytest.mark.parametrize("command", [["sandbox"], ["generate", "kite", "--sandbox"]], ids=str)
def test_without_its_extra_it_says_what_to_install(run, config, monkeypatch, command):
    config(name="pixroute.yaml")
    monkeypatch.setattr("router.cli.options.find_spec", lambda name: None)

    result = run(*command)

    assert result.exit_code == 1
    assert result.stderr == "error: the sandbox needs an extra: pip install 'pixroute[sandbox]'\n"
