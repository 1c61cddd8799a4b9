"""Rules: what each finds beyond the example on its page, and where it keeps quiet."""

import pytest
from lint_tools import check_text, codes, told

OPENAI = "{provider: openai, override_params: {model: gpt-image-2}}"
AZURE = "{provider: azure-openai, resource_name: r, deployment_id: d}"


def group(strategy, *targets, more=""):
    lines = "".join(f"  - {target}\n" for target in targets)
    return f"strategy: {strategy}\ntargets:\n{lines}{more}"


def conditional(*conditions, default="a", names="ab", more=""):
    lines = "".join(f"    - {{query: {query}, then: {then}}}\n" for query, then in conditions)
    targets = "".join(f"  - {{name: {name}, provider: openai}}\n" for name in names)
    return (
        f"strategy:\n  mode: conditional\n  conditions:\n{lines}  default: {default}\n"
        f"targets:\n{targets}{more}"
    )


NESTED = """\
strategy:
  mode: conditional
  conditions: [{query: {metadata.plan: pro}, then: inner}]
  default: other
targets:
  - name: inner
    strategy:
      mode: conditional
      conditions: [{query: {metadata.plan: trial}, then: a}]
      default: b
    targets: [{name: a, provider: openai}, {name: b, provider: openai}]
  - {name: other, provider: openai}
"""

UNADAPTED = """\
provider: stability-ai
on_unsupported: error
override_params: {model: stable-image-core, size: 1537x1024}
"""

STARVED_BY_A_GROUP = """\
strategy: {mode: fallback}
budget: {attempts: 4}
retry: {attempts: 1}
targets:
  - strategy: {mode: loadbalance, failover: true}
    targets: [{provider: openai}, {provider: together-ai}]
  - provider: google
"""

INNER_LISTS_NO_TIMEOUT = """\
strategy: {mode: fallback}
budget: {deadline: 90}
targets:
  - strategy: {mode: fallback, on_status_codes: [503]}
    targets:
      - {provider: openai}
      - {provider: together-ai, request_timeout: 20000}
  - provider: google
"""

OUTER_LISTS_NO_TIMEOUT = INNER_LISTS_NO_TIMEOUT.replace(
    "mode: fallback}", "mode: fallback, on_status_codes: [503]}"
)

FED_BEHIND_A_GROUP = STARVED_BY_A_GROUP.replace(", failover: true", "")

TOO_DEAR = """\
provider: stability-ai
override_params: {model: stable-image-ultra}
budget: {max_cost: 0.01}
"""

FOUND = {
    "a picture that costs more than there is": (
        TOO_DEAR,
        ["unpaid-target"],
    ),
    "a price that depends on a size that is open": (
        "provider: openai\noverride_params: {model: gpt-image-2}\nbudget: {max_cost: 0.002}\n",
        ["unpaid-plain-request"],
    ),
    "a group that uses up the budget": (STARVED_BY_A_GROUP, ["starved-target"]),
    "retries that leave nothing for a failover": (
        group(
            "{mode: loadbalance, failover: true}",
            "{provider: openai}",
            "{provider: google}",
            more="budget: {attempts: 2}\nretry: {attempts: 2}\n",
        ),
        ["retries-beyond-budget"],
    ),
    "a default timeout in front of a failover": (
        group(
            "{mode: loadbalance, failover: true}",
            "{provider: openai}",
            "{provider: google}",
            more="budget: {deadline: 90}\n",
        ),
        ["timeout-beyond-deadline"],
    ),
    "one model of one account, for what only the account can fail with": (
        group(
            "{mode: fallback, on_status_codes: [401, 403]}",
            "{provider: openai, override_params: {model: gpt-image-2}}",
            "{provider: openai, override_params: {model: gpt-image-2.5-flare}}",
        ),
        ["same-credential"],
    ),
    "a misspelt model that is only the default": (
        "provider: stability-ai\ndefault_params: {model: stable-image-cor}\n",
        ["unknown-model"],
    ),
    "a contradiction": (conditional(("{metadata.a: {$gt: 3, $lt: 2}}", "b")), ["dead-condition"]),
    "shadowed by two": (
        conditional(
            ("{metadata.a: x}", "b"), ("{metadata.a: y}", "b"), ("{metadata.a: {$in: [x, y]}}", "b")
        ),
        ["dead-condition"],
    ),
    "ruled out further up": (NESTED, ["dead-condition"]),
    "a default that no request is left for": (
        conditional(
            ("{metadata.a: {$exists: true}}", "b"),
            ("{metadata.a: {$exists: false}}", "b"),
        ),
        ["unreachable-target"],
    ),
    "a spare of a single": (
        group("{mode: single}", "{provider: openai}", "{provider: google}"),
        ["unreachable-target"],
    ),
    "an empty list of codes": (
        group("{mode: fallback, on_status_codes: []}", OPENAI, AZURE),
        ["unreachable-fallback"],
    ),
    "a retry for money": (
        f"provider: stability-ai\n{'retry: {attempts: 1, on_status_codes: [402, 503]}'}\n",
        ["impossible-status-code"],
    ),
    "a breaker for what never comes": (
        "provider: openai\ncb_config: {failure_threshold: 3, failure_status_codes: [418, 500]}\n",
        ["impossible-status-code"],
    ),
    "a status that is none of a failure": (
        group("{mode: fallback, on_status_codes: [302, 500]}", OPENAI, AZURE),
        ["impossible-status-code"],
    ),
    "one variable under two names": (
        group(
            "{mode: loadbalance, failover: true}",
            "{virtual_key: a}",
            "{virtual_key: b}",
            more="virtual_keys:\n"
            "  a: {provider: openai, api_key: '${OPENAI_API_KEY}'}\n"
            "  b: {provider: openai, api_key: '${OPENAI_API_KEY}'}\n",
        ),
        ["same-credential"],
    ),
    "a default timeout in front of another target": (
        group("{mode: fallback}", OPENAI, AZURE, more="budget: {deadline: 90}\n"),
        ["timeout-beyond-deadline"],
    ),
    "a default timeout after which only the outer group moves on": (
        INNER_LISTS_NO_TIMEOUT,
        ["timeout-beyond-deadline"],
    ),
    "a timeout that the deadline always precedes": (
        "provider: openai\nrequest_timeout: 90000\nbudget: {deadline: 60}\n",
        ["timeout-beyond-deadline"],
    ),
    "a size that may not be adapted": (
        UNADAPTED,
        ["unable-target"],
    ),
    "a weight of 0 in a fallback": (
        group("{mode: fallback}", "{provider: openai, weight: 0}", AZURE),
        ["idle-weight"],
    ),
    "a size that one of them has only nearly": (
        group(
            "{mode: fallback}",
            "{provider: google, override_params: {model: gemini-3-pro-image}}",
            "{provider: stability-ai, override_params: {model: stable-image-core}}",
            more="default_params: {seed: 1}\n",
        ),
        ["uneven-targets"],
    ),
}


@pytest.mark.parametrize(("text", "expected"), FOUND.values(), ids=FOUND)
def test_it_is_found(text, expected, tmp_path):
    assert sorted(set(codes(check_text(text, tmp_path)))) == expected


QUIET = {
    "a picture that the budget has just enough for": (TOO_DEAR.replace("0.01", "0.08")),
    "a group that asks only one of its targets": FED_BEHIND_A_GROUP,
    "retries without anything to retry": (
        "provider: openai\nretry: {attempts: 5, on_status_codes: []}\nbudget: {deadline: 5}\n"
    ),
    "a budget of a target's own": group(
        "{mode: fallback}",
        "{provider: openai, retry: {attempts: 2}, budget: {attempts: 3}}",
        "{provider: google}",
    ),
    "a model that may be new": "provider: openai\noverride_params: {model: gpt-image-7-flare}\n",
    "a variant of a known model": "provider: openai\noverride_params: {model: gpt-image-2-hd}\n",
    "a model like no other": "provider: google\noverride_params: {model: my-own-tuning}\n",
    "a deployment by a name of one's own": (
        "provider: azure\nresource_name: r\ndeployment_id: d\n"
        "override_params: {model: gpt-imag-2}\n"
    ),
    "a code of a server of one's own": group(
        "{mode: fallback, on_status_codes: [402]}",
        "{provider: openai, custom_host: 'https://pictures.example.com/v1', api_key: x}",
        OPENAI,
    ),
    "a code of whoever the request names": group(
        "{mode: fallback, on_status_codes: [402]}", "{}", "{provider: openai}"
    ),
    "any 5xx": group("{mode: fallback, on_status_codes: [520, 599]}", OPENAI, AZURE),
    "402 where money has a status of its own": group(
        "{mode: fallback, on_status_codes: [402]}", "{provider: replicate}", OPENAI
    ),
    "406 of Segmind, which is what it says of money": group(
        "{mode: fallback, on_status_codes: [406]}", "{provider: segmind}", OPENAI
    ),
    "retries that are just as many as the budget": (
        "provider: openai\nretry: {attempts: 2}\nbudget: {attempts: 3}\n"
    ),
    "a timeout that moves on in time": group(
        "{mode: fallback}", OPENAI, AZURE, more="budget: {deadline: 90}\nrequest_timeout: 40000\n"
    ),
    "a deadline where a timeout moves on to nobody": group(
        "{mode: fallback, on_status_codes: [503]}", OPENAI, AZURE, more="budget: {deadline: 90}\n"
    ),
    "a deadline where no group moves on after a timeout": OUTER_LISTS_NO_TIMEOUT,
    "other keys of one provider": group(
        "{mode: fallback}",
        "{provider: openai, api_key: '${OPENAI_API_KEY}'}",
        "{provider: openai, api_key: '${OPENAI_BATCH_API_KEY}'}",
    ),
    "one key for other projects": group(
        "{mode: fallback}",
        "{provider: openai, openai_project: a}",
        "{provider: openai, openai_project: b}",
    ),
    "one credential that is balanced without failover": group(
        "{mode: loadbalance}", "{provider: openai}", "{provider: openai}"
    ),
    "a virtual key that a request may name": (
        "virtual_keys: {a: {provider: openai, api_key: '${OPENAI_API_KEY}'}}\n"
    ),
    "a timeout where nobody knows how long it takes": (
        "provider: localai\ncustom_host: http://localhost:1/v1\nrequest_timeout: 60\n"
        "override_params: {model: gemini-3-pro-image}\n"
    ),
    "a breaker with as many calls as it needs": (
        "provider: openai\nlimit: {per_minute: 5}\ncb_config: {failure_threshold: 5}\n"
    ),
    "a condition that looks like another": conditional(
        ("{metadata.a: {$regex: '^x'}}", "b"), ("{metadata.a: {$regex: '^xy'}}", "b")
    ),
    "edits behind a condition, by a model that edits": conditional(
        ("{url.pathname: /v1/images/edits}", "b")
    ),
}


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET)
def test_nothing_is_found(text, tmp_path):
    assert check_text(text, tmp_path) == []


def test_a_mark_stands_under_the_code_that_is_meant(tmp_path):
    text = group("{mode: fallback, on_status_codes: [429, 402]}", OPENAI, AZURE)
    problem = told(check_text(text, tmp_path), "impossible-status-code")

    assert text.splitlines()[problem.line - 1][problem.column - 1 :].startswith("402")
    assert problem.place == "config.strategy.on_status_codes[1]"


def test_money_at_openai_is_a_429(tmp_path):
    text = group("{mode: fallback, on_status_codes: [429, 402]}", OPENAI, AZURE)

    assert "429" in told(check_text(text, tmp_path), "impossible-status-code").hint


def test_an_inherited_list_counts_for_everybody_who_inherits_it(tmp_path):
    inherited = "cb_config: {failure_threshold: 3, failure_status_codes: [402]}\n"
    alone = group("{mode: fallback}", OPENAI, AZURE, more=inherited)
    together = group("{mode: fallback}", OPENAI, "{provider: replicate}", more=inherited)

    assert "impossible-status-code" in codes(check_text(alone, tmp_path))
    assert "impossible-status-code" not in codes(check_text(together, tmp_path))


def test_of_conditions_the_one_that_takes_their_requests_is_named(tmp_path):
    text = conditional(
        ("{metadata.b: 1}", "b"), ("{metadata.a: {$gte: 5}}", "b"), ("{metadata.a: 7}", "b")
    )

    problem = told(check_text(text, tmp_path), "dead-condition")

    assert problem.place == "config.strategy.conditions[2].query"
    assert "conditions[1] takes" in problem.message


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("{url.pathname: {$eq: /v1/chat/completions}}", "no request for pictures has such a"),
        ("{metadata.a: 1, url.pathname: {$regex: chat}}", "no request for pictures has such a"),
        ("{$not: {url.pathname: {$regex: images}}}", "no request for pictures has such a"),
        (
            "{$and: [{url.pathname: /v1/images/edits}, {url.pathname: /v1/images/variations}]}",
            "it contradicts itself",
        ),
        ("{url.pathname: /v1/chat, metadata.a: {$gt: 3, $lt: 2}}", "it contradicts itself"),
    ],
)
def test_what_rules_a_condition_out_is_told(query, why, tmp_path):
    problem = told(check_text(conditional((query, "b")), tmp_path), "dead-condition")

    assert why in problem.message


def test_of_a_spare_target_it_is_told_what_it_is_missed_for(tmp_path):
    text = group("{mode: single}", "{provider: openai}", "{provider: google}")

    problem = told(check_text(text, tmp_path), "unreachable-target")

    assert problem.message.startswith("this target is never asked: ")
    assert problem.advice == "when that one fails, nobody stands in for it; did you mean fallback?"


def keys_of_a_folder(tmp_path, used, **more):
    from lint_tools import check_files

    keys = "a: {provider: openai}\nb: {provider: openai, api_key: '${OPENAI_BATCH_API_KEY}'}\n"
    files = {f"configs/{name}.yaml": f"virtual_key: {key}\n" for name, key in used.items()}
    return check_files(tmp_path, {"configs/virtual-keys.yaml": keys, **files, **more})


def test_a_folders_key_is_unused_where_no_config_names_it(tmp_path):
    [problem] = keys_of_a_folder(tmp_path, {"one": "a", "two": "a"})

    assert problem.code == "unused-virtual-key"
    assert problem.file.endswith("virtual-keys.yaml")
    assert problem.line == 2
    assert problem.fix is None


def test_a_folders_keys_are_used_by_any_of_its_configs(tmp_path):
    assert keys_of_a_folder(tmp_path, {"one": "a", "two": "b"}) == []


def test_callers_of_a_gateway_may_use_keys_that_no_config_names(tmp_path):
    gateway = {"configs/gateway.yaml": "config: one\n"}

    assert keys_of_a_folder(tmp_path, {"one": "a"}, **gateway) == []


def test_keys_are_not_judged_where_a_config_cannot_be_read(tmp_path):
    broken = {"configs/two.yaml": "provider: opnai\n"}

    assert codes(keys_of_a_folder(tmp_path, {"one": "a"}, **broken)) == ["unknown-provider"]


def test_another_model_of_the_same_account_is_worth_a_note_only(tmp_path):
    text = group(
        "{mode: fallback}",
        "{provider: openai, override_params: {model: gpt-image-2}}",
        "{provider: openai, override_params: {model: gpt-image-2.5-flare}}",
    )

    assert told(check_text(text, tmp_path), "same-credential").severity == "note"


def test_a_group_is_as_able_as_the_ablest_of_its_targets(tmp_path):
    text = """\
strategy: {mode: fallback}
targets:
  - strategy: {mode: loadbalance}
    targets:
      - {provider: openai, override_params: {model: gpt-image-2}}
      - {provider: azure-openai, resource_name: r, deployment_id: d,
         override_params: {model: gpt-image-2}}
  - {provider: stability-ai, override_params: {model: stable-image-core}}
"""

    problem = told(check_text(text, tmp_path), "uneven-targets")

    assert problem.place == "config.targets[1].override_params.model"
    assert "cannot edit" in problem.message
    assert problem.message.endswith("and config.targets[0] can")


def test_a_parameter_of_the_config_that_one_target_loses_is_told_in_its_adapters_words(tmp_path):
    core = "provider: stability-ai, override_params: {model: stable-image-core}"
    text = group(
        "{mode: loadbalance}",
        f"{{{core}}}",
        f"{{{core}, drop_params: [size]}}",
        more="default_params: {size: 1537x1024}\n",
    )

    problem = told(check_text(text, tmp_path), "uneven-targets")

    assert problem.place == "config.targets[0].override_params.model"
    assert "size 1537x1024 -> " in problem.message
