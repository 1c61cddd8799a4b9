"""A secret at any depth, in a list, a URL or a condition, is told by no command in any form."""

import json
import tempfile
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from router.cli.app import pixroute

MARKER = "swordfish"
NUMBER = 7345273452734527
FEW = settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=set(Phase) - {Phase.shrink, Phase.explain},  # each example is many commands
)

TEXTS = st.sampled_from(
    [
        f"Bearer {MARKER}",
        f"sk-{MARKER}-12345678",
        f"https://lucy:{MARKER}@h.example/v1",
        f"https://h.example/v1?size=large&code={MARKER}",
        f"https://h.example/v1?{MARKER}#{MARKER}",
        f"see https://h.example/v1?a={MARKER}\nand Bearer {MARKER}",
    ]
)
NAMED = st.builds(
    lambda name, value: {name: value},
    st.sampled_from(["api_key", "client_secret", "Authorization", "headers", "db_password"]),
    st.sampled_from([MARKER, NUMBER, [MARKER], {"x": MARKER}, [{"x": [MARKER]}]]),
)
SECRETS = st.recursive(
    TEXTS | NAMED | st.just({f"sk-{MARKER}-12345678": 1}),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2) | inner.map(lambda one: {"plan": "pro", "x": one})
    ),
    max_leaves=4,
)
QUERIES = st.one_of(
    st.builds(
        lambda path, test: {path: test},
        st.sampled_from(["metadata.api_key", "params.deep.token.x", "metadata.secrets[0]"]),
        st.sampled_from([MARKER, {"$in": [MARKER]}, {"$regex": f"^{MARKER}"}, {"$gt": NUMBER}]),
    ),
    TEXTS.map(lambda text: {"metadata.plan": {"$eq": text}}),
    TEXTS.map(lambda text: {"$or": [{"$not": {"params.hook": {"$in": [text]}}}]}),
)
METADATA = {"api_key": MARKER, "plan": f"Bearer {MARKER}"}
MODEL = {"model": "gpt-image-2"}
SCENARIO = """\
duration: 10s
arrivals: {constant: 1}
providers: {openai: {latency: 1, error_rate: 0.3}}
"""


@st.composite
def configs(draw):
    """Draw a config with a secret wherever one can stand. The repr is short."""
    openai = {"provider": "openai", "api_key": MARKER}
    return {
        "strategy": {
            "mode": "conditional",
            "conditions": [{"query": draw(QUERIES), "then": name} for name in ("a", "b")],
            "default": "c",
        },
        "virtual_keys": {"ours": {"provider": "openai", "api_key": f"{MARKER} {MARKER}"}},
        "targets": [
            {"name": "a", **openai, "override_params": {**MODEL, "hook": draw(SECRETS)}},
            {"name": "b", **openai, "default_params": {"hook": draw(SECRETS)}, "weight": 0.5},
            {"name": "c", "virtual_key": "ours", "override_params": {**MODEL, **draw(NAMED)}},
        ],
        "tests": [
            {
                "name": "all fails",
                "when": {"user": draw(TEXTS), "metadata": {**METADATA, "hook": draw(SECRETS)}},
                "then": {"status": 500, "asked": ["b"]},
            },
        ],
    }


@st.composite
def broken(draw):
    """Draw a config with mistakes beside its secrets, and in what has them."""
    config = draw(configs())
    wrong = st.sampled_from(
        [
            {"custom_host": f"https://lucy:{MARKER}@h.example/v1"},
            {"custom_host": f"https://h.example/?token={MARKER}"},
            {"api_key": NUMBER},
            {"api_key": {"x": MARKER}},
            {"apikey": MARKER},
            {"provider": f"sk-{MARKER}-12345678"},
            {"weight": f"https://h.example/?{MARKER}"},
            {"azure_ad_token": [MARKER], "retry": {"attempts": -1}},
            {"headers": {"x": MARKER}, "vertex_service_account_json": {"x": MARKER}},
        ]
    )
    for target in config["targets"]:
        target.update(draw(wrong))
    config["strategy"]["conditions"][0]["query"] = {"metadata.api_key": {"$in": MARKER}}
    return config


@st.composite
def litellm(draw):
    """Draw a config of LiteLLM's; some of what it holds is carried over, and some is not."""
    return {
        "model_list": [
            {
                "model_name": "img",
                "litellm_params": {
                    "model": "openai/gpt-image-1",
                    "api_key": draw(st.sampled_from([MARKER, NUMBER])),
                    "api_base": draw(TEXTS.filter(lambda text: text.startswith("https"))),
                    "extra_headers": {"x": MARKER},
                    "extra_body": draw(SECRETS),
                    "user": draw(SECRETS),
                },
            }
        ],
        "environment_variables": {"SOME": MARKER},
        "general_settings": {"alerting": [MARKER], "master_key": MARKER},
        "router_settings": {"redis_password": MARKER, "odd": draw(SECRETS)},
    }


def written(value, layout):
    """Write a config as people do: as JSON, or as YAML in blocks or in braces, folded or not."""
    if layout == "json":
        return json.dumps(value, indent=1)
    flow = {"block": False, "mixed": None, "flow": True}[layout]
    return yaml.safe_dump(value, default_flow_style=flow, width=60, sort_keys=False)


LAYOUTS = st.sampled_from(["json", "block", "mixed", "flow"])


def told(value, layout, commands):
    """Run commands with a config in a folder of its own; return all that they say and write."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        config = folder / ("config.json" if layout == "json" else "config.yaml")
        config.write_text(written(value, layout))
        (folder / "scenario.yaml").write_text(SCENARIO)
        (folder / "request.json").write_text(
            json.dumps({"prompt": "a kite", "hook": METADATA, "metadata": METADATA})
        )
        given = set(folder.iterdir())
        said = []
        for command in commands:
            words = [word.format(config=config, folder=folder) for word in command.split()]
            result = CliRunner().invoke(pixroute, words)
            assert result.exception is None or isinstance(result.exception, SystemExit)
            said.append(f"{command}\n{result.output}")
        said += [path.read_text() for path in set(folder.iterdir()) - given]
        return "\n".join(said)


def leaks(text):
    return [line for line in text.splitlines() if MARKER in line or str(NUMBER) in line]


CHECKS = [f"check {{config}} --format {shape} --notes" for shape in ("text", "json", "github")]
IMPORTS = [
    "import {config}",
    "import {config} --format json",
    "import {config} -o {folder}/imported.yaml",
]
COMMANDS = {
    "check": CHECKS,
    "explain": [
        *(f"explain {{config}} --format {shape}" for shape in ("text", "json", "mermaid")),
        "explain {config} {folder}/request.json",
        "explain {config} {folder}/request.json --format json",
    ],
    "import": IMPORTS,
    "simulate": [
        "simulate {config} --scenario {folder}/scenario.yaml --html {folder}/report.html",
        "simulate {config} --scenario {folder}/scenario.yaml --format json --compare {config}",
    ],
    "test": [
        "test {config} --junit {folder}/junit.xml",
        "test {config} --format json",
        "test --init {config}",
    ],
}


@pytest.mark.parametrize("name", COMMANDS)
@given(value=configs(), layout=LAYOUTS)
@FEW
def test_no_command_tells_a_secret(name, value, layout):
    text = told(value, layout, COMMANDS[name])

    assert "cannot be" not in text
    assert leaks(text) == []


@given(value=broken(), layout=LAYOUTS)
@settings(FEW, max_examples=15)
def test_no_mistake_tells_a_secret(value, layout):
    assert leaks(told(value, layout, [*CHECKS, "explain {config}", *IMPORTS])) == []


@given(value=litellm(), layout=LAYOUTS)
@settings(FEW, max_examples=15)
def test_no_import_of_litellms_tells_a_secret(value, layout):
    assert leaks(told(value, layout, IMPORTS)) == []
