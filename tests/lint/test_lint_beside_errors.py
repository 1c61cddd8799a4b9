"""Beside an error: nothing is told that is only so because of it, and nothing is rewritten."""

import copy

import pytest
import yaml
from lint_tools import check_files, check_folder, codes

RICH = yaml.safe_load("""
catalog: ../models.yaml
strategy: {mode: fallback, on_status_codes: [429, 503], on_refusal: fallback, top_up: true}
budget: {attempts: 9, deadline: 500, max_cost: 1.0, on_unknown_price: allow}
retry: {attempts: 3, on_status_codes: [503], use_retry_after_header: true}
request_timeout: 20000
on_unsupported: adapt
forward_headers: [x-a]
default_params: {size: 1024x1024}
cache: {mode: simple, max_age: 3}
virtual_keys:
  batch: {provider: openai, api_key: "${OPENAI_BATCH_API_KEY}", openai_project: p}
  house: {provider: openai, api_key: "${OPENAI_API_KEY}", custom_host: "https://b.example.com/v1"}
targets:
  - name: limited
    virtual_key: batch
    override_params: {model: gpt-image-2}
    cb_config: {failure_threshold: 3, minimum_requests: 5, window: 60000}
    limit: {per_minute: 20, concurrency: 2}
  - provider: openai
    override_params: {model: gpt-image-2}
    openai_project: q
    retry: {attempts: 0}
    budget: {attempts: 1, deadline: 40, max_cost: 1.0}
  - {provider: openai, custom_host: "https://a.example.com/v1", api_key: x,
     override_params: {model: dall-e-3}}
  - {virtual_key: house, override_params: {model: dall-e-3}}
  - {provider: azure-openai, resource_name: r, deployment_id: d, api_version: "2024-10-21",
     passthrough: true, drop_params: [style]}
  - strategy: {mode: loadbalance, failover: true, sticky: {hash_fields: [metadata.u], ttl: 5}}
    targets: [{provider: google, weight: 3}, {provider: stability-ai, weight: 1}]
  - strategy:
      mode: conditional
      conditions: [{query: {metadata.plan: pro}, then: pro}]
      default: free
    targets:
      - {name: pro, provider: replicate, override_params: {model: m}}
      - {name: free, provider: segmind, override_params: {model: m}, request_timeout: 90000}
""")
MODELS = "provider: openai\nmodels:\n  - {name: mine, like: gpt-image-2}\n"


def files(config):
    return {"models.yaml": MODELS, "configs/config.yaml": yaml.safe_dump(config, sort_keys=False)}


def keys(value, place=()):
    """Yield the place of every key of a config."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield (*place, key)
            yield from keys(inner, (*place, key))
    elif isinstance(value, list):
        for number, inner in enumerate(value):
            yield from keys(inner, (*place, number))


def with_key(config, place, name):
    """Return a copy in which a key has another name, and what stood at it."""
    changed = copy.deepcopy(config)
    above = changed
    for step in place[:-1]:
        above = above[step]
    items = [(name if key == place[-1] else key, value) for key, value in above.items()]
    above.clear()
    above.update(items)
    return changed


def misspelt(key):
    return key[:-2] + key[-1] + key[-2]


def told(config, folder):
    """Return what is told beside errors, the codes of what would be rewritten, and all codes."""
    found = check_files(folder, files(config))
    marks = {(one.code, one.place) for one in found if one.severity != "error"}
    return marks, {one.code for one in found if one.fix is not None}, codes(found)


def test_a_misspelt_key_brings_no_other_finding_and_no_fix(tmp_path):
    good, _, _ = told(RICH, tmp_path)
    tried = 0
    for place in keys(RICH):
        name = misspelt(place[-1])
        found, fixes, found_codes = told(with_key(RICH, place, name), tmp_path)
        if "unknown-key" in found_codes:
            tried += 1
            assert (place, found - good, fixes) == (place, set(), set())

    assert tried > 60


@pytest.mark.parametrize("name", ["base_url", "url", "custom_hst", "customHost"])
def test_whatever_a_host_is_called_the_model_of_ones_own_server_stays(name, tmp_path):
    text = (
        f"provider: openai\n{name}: http://localhost:9/v1\noverride_params: {{model: dall-e-3}}\n"
    )

    found = check_files(tmp_path, {"configs/config.yaml": text})
    check_folder(tmp_path / "configs", fix=True)

    assert set(codes(found)) == {"unknown-key"}
    assert (tmp_path / "configs" / "config.yaml").read_text() == text


KEYS = "virtual_keys:\n  a: {provider: openai}\n  b: {provider: google}\n"


@pytest.mark.parametrize(
    "text",
    [
        f"provider: openai\nvirtual_kye: a\n{KEYS}",
        f"virtual_kye: a\n{KEYS}",
        "provider: openai\nweight: 2\nretrry: {attempts: 1}\n",
        "provider: openai\nweight: 2\noverride_params: {model: dall-e-3}\nrequest_timeout: a\n",
        "strategy: {mode: fallback}\ntargets: [{provider: opnai}, {provider: openai, weight: 2}]\n",
        "provider: openai\nweight: 2\ntests: [{name: a, thn: {}}]\n",
    ],
    ids=["virtual key", "only key", "aside", "value", "provider", "test"],
)
def test_beside_an_error_no_file_is_rewritten(text, tmp_path):
    found = check_files(tmp_path, {"configs/config.yaml": text})
    _, mended = check_folder(tmp_path / "configs", fix=True)

    assert "error" in {one.severity for one in found}
    assert (tmp_path / "configs" / "config.yaml").read_text() == text
    assert mended == []


def test_without_its_keys_a_config_is_put_right_all_the_same(tmp_path):
    text = "provider: openai\nweight: 2\n"

    check_files(tmp_path, {"configs/config.yaml": text}, environment={})
    check_folder(tmp_path / "configs", fix=True, environment={})

    assert (tmp_path / "configs" / "config.yaml").read_text() == "provider: openai\n"


OWN = """\
strategy: {mode: fallback, on_status_codes: [402, 503]}
budget: {max_cost: 1.0, on_unknown_price: allow}
targets:
  - {provider: openai, custom_host: "${HOUSE}", override_params: {model: dall-e-3},
     request_timeout: 3000}
  - {provider: openai, custom_host: "https://${YARD}/v1", override_params: {model: gpt-imag-2}}
  - {virtual_key: attic, override_params: {model: dall-e-3}}
virtual_keys:
  attic: {provider: openai, custom_host: "${ATTIC}", api_key: "${ATTIC_KEY}"}
"""


@pytest.mark.parametrize("options", [{"allow_unset": True}, {}], ids=["allowed", "missing"])
def test_a_host_of_ones_own_is_one_though_its_variable_is_missing(options, tmp_path):
    found = check_files(tmp_path, {"configs/config.yaml": OWN}, **options)
    check_folder(tmp_path / "configs", fix=True, **options)

    assert set(codes(found)) == (set() if options else {"unset-variable"})
    assert (tmp_path / "configs" / "config.yaml").read_text() == OWN
