import pytest
from config_tools import PROVIDERS, document, problems

from router.config.masking import masked, masked_source
from router.config.problems import ConfigError, Problem, counted, did_you_mean, render, summary
from router.config.read import read

THREE = """\
strategy: {mode: fallback}
targets:
  - provider: openai
    retrry: {attempts: 3}
  - virtual_key: stability-prd
  - provider: openai
    weight: -1
virtual_keys:
  openai-prod: {provider: openai}
  stability-prod: {provider: stability-ai}
"""
STABILITY = (
    "virtual key 'stability-prd' is not defined; known keys are openai-prod, stability-prod;"
    " did you mean 'stability-prod'?"
)


def test_three_mistakes_in_one_file_are_told_at_once(tmp_path):
    path = tmp_path / "prod.yaml"
    path.write_text(THREE)

    assert [str(problem) for problem in problems(path)] == [
        f"{path}:4:5: error: config.targets[0].retrry: unknown key 'retrry'; did you mean 'retry'?",
        f"{path}:5:18: error: config.targets[1].virtual_key: {STABILITY}",
        f"{path}:7:13: error: config.targets[2].weight: weight is -1; expected 0 or more",
    ]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("provider: openai\nretry: {atempts: 3}", "retry.atempts"),
        ("provider: openai\ncb_config: {failure_treshold: 3}", "cb_config.failure_treshold"),
        ("startegy: {mode: fallback}\ntargets: [{provider: openai}]", "startegy"),
        ("strategy: {mode: fallback}\ntarget: [{provider: openai}]", "target"),
        ("strategy: {mod: fallback}\ntargets: [{provider: openai}]", "strategy.mod"),
        ("provder: openai\napi_key: x", "provder"),
        ("provder: openai\ncustom_host: http://localhost:1", "provder"),
        ("vitual_key: a\ncustom_host: http://localhost:1", "vitual_key"),
        ("provider: azure\nazure_resourcename: x", "azure_resourcename"),
        ("virtual_keys: {a: {provdier: openai}}\nvirtual_key: a", "virtual_keys.a.provdier"),
        (
            "virtual_keys: {a: {provider: azure, resource_nam: x}}\nvirtual_key: a",
            "virtual_keys.a.resource_nam",
        ),
        (
            "provider: azure\nresource_name: r\ndeployments: [{deploymentid: x}]",
            "deployments[0].deploymentid",
        ),
    ],
    ids=lambda text: text.replace("\n", "; "),
)
def test_a_misspelt_key_is_one_mistake_and_not_a_missing_key_too(text, key):
    (problem,) = problems(f"{text}\n")

    assert problem.place == f"config.{key}"
    assert problem.hint.startswith("did you mean")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("startegy: {mode: fallback}\ntargets: [{provider: openai}]", "strategy"),
        ("provider: openai\nbase_url: https://example.com", None),
        ("provider: openai\nqqqq: 1", None),
    ],
    ids=["a key that is near", "advice of another kind", "nothing near"],
)
def test_a_problem_tells_which_key_was_meant_apart_from_its_words(text, meant):
    (problem,) = problems(f"{text}\n")

    assert (problem.code, problem.meant) == ("unknown-key", meant)


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("retry: {jiter: 1}", ["'attempts' is missing", "unknown key 'jiter'"]),
        ("cb_config: {windw: 1}", ["this breaker never opens", "unknown key 'windw'"]),
    ],
)
def test_a_misspelt_key_stands_in_for_no_other_key(text, messages):
    assert [problem.message for problem in problems(f"provider: openai\n{text}\n")] == messages


def test_the_error_shows_all_problems():
    with pytest.raises(ConfigError) as caught:
        document(THREE)

    lines = str(caught.value).splitlines()
    assert lines[0] == "3 errors in 1 file"
    assert len(lines) == 4


def test_a_problem_is_shown_with_its_lines_and_a_mark():
    first = problems(THREE)[0]

    assert render(first).splitlines() == [
        "<config>:4:5  error  unknown key 'retrry'",
        "    3 │   - provider: openai",
        "    4 │     retrry: {attempts: 3}",
        "      │     ^^^^^^ config.targets[0].retrry: did you mean 'retry'?",
    ]


def test_a_problem_without_a_file_is_shown_by_its_place():
    (problem,) = problems({"provider": "opnai"})

    assert str(problem).startswith("error: config.provider: unknown provider 'opnai'; expected one")
    assert render(problem).splitlines()[1].startswith("      │ config.provider: expected one of")


def test_problems_of_two_files_keep_their_own_lines(tmp_path):
    (tmp_path / "virtual-keys.yaml").write_text("prod:\n  provider: opnai\n")
    (tmp_path / "config.yaml").write_text("\n\nvirtual_key: prd\n")

    found = problems(tmp_path / "config.yaml")

    assert [(p.file.rsplit("/")[-1], p.line, p.column, p.place) for p in found] == [
        ("config.yaml", 3, 14, "config.virtual_key"),
        ("virtual-keys.yaml", 2, 13, "virtual_keys.prod.provider"),
    ]


def test_a_summary_counts_errors_warnings_and_files():
    one = Problem(message="m", place="p", file="a.yaml")
    warning = Problem(message="m", place="p", file="b.yaml", severity="warning")

    assert summary([one, one, warning]) == "2 errors, 1 warning in 2 files"
    assert summary([]) == "no problems"


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("retrry", "retry"),
        ("requestTimeout", "request_timeout"),
        ("request-timeout", "request_timeout"),
        ("VIRTUAL_KEY", "virtual_key"),
    ],
)
def test_the_likeliest_name_is_offered(word, meant):
    names = ("retry", "request_timeout", "virtual_key", "weight")

    assert did_you_mean(word, names) == f"did you mean {meant!r}?"


def test_nothing_is_offered_where_nothing_comes_near():
    assert did_you_mean("xylophone", ("retry", "weight")) == ""


@pytest.mark.parametrize(
    ("count", "noun", "said"),
    [
        (1, "call", "1 call"),
        (0, "error", "0 errors"),
        (2000, "call", "2,000 calls"),
        (1, "retry", "1 retry"),
        (3, "retry", "3 retries"),
        (2, "virtual key", "2 virtual keys"),
    ],
)
def test_things_are_counted_as_people_write_it(count, noun, said):
    assert counted(count, noun) == said


SECRET = "sk-proj-Zx81Qw9LrT4uV7pA"
LEAKS = [
    f"provider: openai\napi_key: {SECRET}\nweight: -1\n",
    f"{{provider: opnai, api_key: {SECRET}, weight: -1}}\n",
    f"provider: openai\napikey: {SECRET}\n",
    f"provider: openai\nApi-Key: {SECRET}\n",
    f"provider: {SECRET}\n",
    f"virtual_key: {SECRET}\n",
    f"provider: openai\napi_key: |\n  {SECRET}\n  {SECRET}\nweigth: 1\n",
    f"provider: openai\napi_key: [{SECRET}]\n",
    f"provider: openai\napi_key: {{{SECRET}: 1}}\n",
    f"provider: openai\napi_key: '{SECRET}\n",
    f"provider: openai\napi_key: *{SECRET}\n",
    f"provider: openai\napi_key: !{SECRET} x\n",
    f"provider: openai\napi_key: {SECRET} ${{\n",
    f"provider: openai\ncustom_host: https://user:{SECRET}@example.com\n",
    f"provider: openai\ncustom_host: https://example.com/?key={SECRET}\n",
    f"virtual_keys:\n  a: {{provider: opnai, api_key: {SECRET}}}\nvirtual_key: b\n",
    f"strategy: {{mode: fallback}}\napi_key: {SECRET}\ntargets: [{{provider: opnai}}]\n",
    f"api_key: {SECRET}\n",
    f"{SECRET}: 1\n",
    f"provider: openai\nretry: {{{SECRET}: {{{SECRET}: 1}}}}\n",
    f"virtual_keys:\n  {SECRET}/x: {{provider: openai}}\n",
    f"provider: openai\nazure_ad_token: {SECRET}\nazure_entra_client_secret: {SECRET}\n",
    f"provider: azure\nazure_ad_token: {SECRET}\nresource_name: {SECRET}#\n",
]


@pytest.mark.parametrize("text", LEAKS)
def test_no_error_shows_a_secret(text):
    with pytest.raises(ConfigError) as caught:
        document(text)

    shown = [str(caught.value), repr(caught.value), *map(render, caught.value.problems)]
    assert SECRET not in "\n".join(shown)
    assert SECRET[8:] not in "\n".join(shown)


def test_no_document_shows_a_secret():
    text = f"""
strategy: {{mode: fallback}}
targets:
  - {{provider: openai, api_key: {SECRET}}}
  - virtual_key: a
virtual_keys:
  a: {{provider: openai, api_key: '{SECRET}'}}
"""
    read_document = document(text)

    assert SECRET not in repr(read_document)
    assert SECRET not in str(read_document)


def test_no_error_shows_a_value_of_the_environment():
    environment = {"HOST": f"https://u:{SECRET}@x.org", "OPENAI_API_KEY": SECRET, "P": SECRET}
    text = "provider: '${P}'\ncustom_host: ${HOST}\nresource_name: '${P}#'\napi_version: ${P}\n"

    with pytest.raises(ConfigError) as caught:
        read(text, providers=PROVIDERS, environment=environment)

    assert SECRET not in str(caught.value)


def test_masking_keeps_the_length_so_that_marks_stay_in_place():
    line = f"  api_key: {SECRET}, provider: openai"

    assert masked_source(line) == f"  api_key: {'*' * len(SECRET)}, provider: openai"
    assert len(masked(f"x {SECRET} y")) == len(SECRET) + 4


def test_references_and_names_of_keys_are_shown():
    line = "api_key: ${OPENAI_API_KEY}, virtual_key: openai-prod, azure_auth_mode: entra"

    assert masked_source(line) == line
