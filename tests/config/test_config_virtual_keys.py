import pytest
from config_tools import document, errors, problems, route

KEYS = "prod:\n  provider: openai\n  api_key: ${OPENAI_API_KEY}\n"


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("virtual_key: prod\n")
    return path


@pytest.mark.parametrize("name", ["virtual-keys.yaml", "virtual-keys.yml", "virtual-keys.json"])
def test_keys_beside_the_config_are_found(config, name):
    text = KEYS if name.endswith("l") else '{"prod": {"provider": "openai", "api_key": "k"}}'
    (config.parent / name).write_text(text)

    assert route(config).credential == "prod"


def test_keys_given_come_instead_of_the_file_beside(config):
    (config.parent / "virtual-keys.yaml").write_text("other: {provider: openai}\n")

    read = document(config, virtual_keys={"prod": {"provider": "openai"}})

    assert "other" not in read.keys


@pytest.mark.parametrize("given", [KEYS, {"prod": {"provider": "openai", "api_key": "k"}}])
def test_keys_may_be_given_as_a_text_or_a_mapping(given):
    assert route({"virtual_key": "prod"}, virtual_keys=given).credential == "prod"


def test_keys_in_the_config_and_keys_given_add_up():
    read = document(
        {"virtual_key": "a", "virtual_keys": {"a": {"provider": "openai"}}},
        virtual_keys={"b": {"provider": "stability"}},
    )

    assert read.keys["b"].provider == "stability-ai"


def test_a_key_that_is_defined_twice_is_an_error():
    key = {"a": {"provider": "openai"}}

    assert errors({"virtual_key": "a", "virtual_keys": key}, virtual_keys=key) == [
        "virtual_keys.a: virtual key 'a' is defined twice"
    ]


def test_a_file_of_keys_that_cannot_be_read_is_one_error(config):
    (config.parent / "virtual-keys.yaml").write_text("prod: [\n")

    (problem,) = problems(config)

    assert problem.file.endswith("virtual-keys.yaml")


@pytest.mark.parametrize(
    "config",
    [
        {"provider": "@prod"},
        {"virtual_key": "prod"},
        {"override_params": {"model": "@prod/x"}},
        {"provider": "@prod", "api_key": "k"},
    ],
)
def test_keys_that_cannot_be_read_are_not_called_undefined(config):
    (problem,) = problems(config, virtual_keys="prod: [\n")

    assert problem.place == "virtual_keys"


def test_a_missing_file_of_keys_is_an_error(config):
    (error,) = errors(config, virtual_keys="none.yaml")

    assert error == "virtual_keys: virtual_keys is 'none.yaml'; there is no such file"


@pytest.mark.parametrize("name", ["a/b", "@a", "a b", "", "config", "config.targets", "env:openai"])
def test_a_name_that_could_not_be_written_elsewhere_is_refused(name):
    found = errors({"provider": "openai", "virtual_keys": {name: {"provider": "openai"}}})

    assert len(found) == 1
    assert "cannot be a name" in found[0]


def test_a_missing_secret_is_an_error_for_a_key_in_use_and_else_a_warning():
    keys = {
        "used": {"provider": "openai", "api_key": "${NONE_A}"},
        "spare": {"provider": "openai", "api_key": "${NONE_B}"},
    }

    found = problems({"virtual_key": "used", "virtual_keys": keys})

    assert [(p.severity, p.place) for p in found] == [
        ("error", "config.virtual_keys.used.api_key"),
        ("warning", "config.virtual_keys.spare.api_key"),
    ]


def test_a_key_that_is_not_used_may_lack_any_of_its_values():
    keys = {"spare": {"provider": "azure", "resource_name": "${NONE_A}", "api_key": "${NONE_B}"}}

    found = document({"provider": "openai", "virtual_keys": keys}).problems

    assert [(p.severity, p.place) for p in found] == [
        ("warning", "config.virtual_keys.spare.resource_name"),
        ("warning", "config.virtual_keys.spare.api_key"),
    ]


def test_a_key_in_use_needs_all_of_its_values():
    keys = {"a": {"provider": "azure", "resource_name": "${NONE_A}", "api_key": "k"}}

    assert errors({"virtual_key": "a", "virtual_keys": keys}) == [
        "config.virtual_keys.a.resource_name: the environment variable NONE_A is not set"
    ]


def test_a_key_without_an_api_key_reads_the_providers_variable():
    read = document({"virtual_key": "a", "virtual_keys": {"a": {"provider": "openai"}}})

    assert read.keys["a"].api_key.template.reveal() == "${OPENAI_API_KEY}"


def test_a_local_host_needs_no_key():
    keys = {"a": {"provider": "openai", "custom_host": "http://localhost"}}

    read = document({"virtual_key": "a", "virtual_keys": keys}, environment={})

    assert read.keys["a"].api_key is None


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ({"provider": "opnai"}, "config.virtual_keys.a.provider: unknown provider 'opnai'"),
        ({"provider": "openai", "apikey": "k"}, "config.virtual_keys.a.apikey: unknown key"),
        (
            {"provider": "openai", "custom_host": "http://169.254.169.254"},
            "config.virtual_keys.a.custom_host: custom_host 'http://169.254.169.254' names",
        ),
        (
            {"provider": "azure", "resource_name": "r", "auth_mode": "entra"},
            "config.virtual_keys.a.auth_mode: auth_mode 'entra' needs a token",
        ),
        (
            {"provider": "stability", "api_version": "1"},
            "config.virtual_keys.a.api_version: 'api_version' is not a setting of stability-ai",
        ),
        ({"provider": "openai", "aws_region": "x"}, "'aws_region' is not supported"),
        ("openai", "config.virtual_keys.a: a is 'openai'"),
    ],
)
def test_a_wrong_key_is_an_error_at_its_place(key, said):
    (error,) = errors({"provider": "openai", "virtual_keys": {"a": key}})

    assert said in error


def test_a_key_in_the_place_of_an_account_is_not_shown():
    (error,) = errors({"provider": "openai", "virtual_keys": {"prod-key": "hunter2"}})

    assert error == "config.virtual_keys.prod-key: prod-key is not what it should be"


def test_names_that_begin_with_x_are_free():
    keys = {"x-shared": {"anything": 1}, "a": {"provider": "openai"}}

    assert "x-shared" not in document({"virtual_key": "a"}, virtual_keys=keys).keys


def test_what_is_written_in_a_target_or_taken_from_a_variable_is_no_virtual_key():
    read = document(
        {
            "virtual_keys": {"configured": {"provider": "openai", "api_key": "k"}},
            "strategy": {"mode": "fallback"},
            "targets": [
                {"virtual_key": "configured"},
                {"provider": "openai", "api_key": "k"},
                {"provider": "openai"},
            ],
        },
        environment={"OPENAI_API_KEY": "k"},
    )

    assert read.virtual_keys == {"configured"}
    assert [one.virtual_key for one in read.route.targets] == ["configured", None, None]
