"""`gateway.yaml`: what is written becomes settings, and every mistake is told with its place."""

import json

import pytest

from router.config.problems import ConfigError, render
from router.gateway.keys import digest_of, new_key, written
from router.gateway.settings import NO_SETTINGS, ApiKey, ArtefactSettings, LogSettings
from router.gateway.settings_file import SETTINGS_FILES, read_settings

KEY = "pxr-" + "Zx81Qw9LrT-" * 3 + "4uV7pA_bcd"
HEX = digest_of(KEY)
DIGEST = written(HEX)
CONFIGS = ("fallback", "nested")


@pytest.fixture
def gateway(tmp_path):
    """Write settings, and return what is read of them."""

    def read(text, configs=CONFIGS, name="gateway.yaml"):
        (tmp_path / name).write_text(text)
        return read_settings(tmp_path, configs)

    return read


@pytest.fixture
def problems(gateway):
    def find(text, configs=CONFIGS):
        with pytest.raises(ConfigError) as caught:
            gateway(text, configs)
        return caught.value.problems

    return find


def test_a_folder_without_the_file_has_the_defaults(tmp_path):
    assert read_settings(tmp_path) is NO_SETTINGS
    assert not NO_SETTINGS.needs_key


def test_every_default_of_the_schema_is_that_of_the_settings(gateway):
    from router.config.schema import schema_text

    schema = json.loads(schema_text("gateway"))
    said = {
        name: {
            key: part["default"] for key, part in parts["properties"].items() if "default" in part
        }
        for name, parts in (("", schema), *schema["$defs"].items())
        if "properties" in parts
    }
    text = {**said[""], "log": said["log"], "artefacts": said["artefacts"]}

    assert gateway(json.dumps(text)) == NO_SETTINGS

    key = gateway(json.dumps({"keys": {"a": {"digest": DIGEST, **said["key"]}}})).keys[0]
    assert key == ApiKey(name="a", digest=HEX)


def test_all_that_can_be_said_is_read(gateway):
    settings = gateway(f"""\
keys:
  app:
    digest: {DIGEST.upper().replace("SHA", "sha")}
    config: pc-1
    config_override: false
    inline_configs: false
    own_provider_keys: true
    configs: [pc-1, nested]
    providers: [stability, openai]
    virtual_keys: [prod]
    requests: 60
    concurrency: 4
config: pc-1
aliases: {{pc-1: fallback}}
allowed_hosts: [Images.Example.com, "[::1]"]
public_url: https://images.example.com/base/
cors_origins: [https://app.example.com, "*"]
own_provider_keys: false
max_in_flight: 3
max_body: 1.5 KiB
deadline: 9.5
grace: 0
log: {{path: a.db, keep: no_prompt, days: 0.5, max_bytes: 2MB}}
artefacts: {{directory: pictures, seconds: 60}}
x-mine: anything
""")

    assert settings.keys == (
        ApiKey(
            name="app",
            digest=HEX,
            config="fallback",
            config_override=False,
            inline_configs=False,
            own_provider_keys=True,
            configs=frozenset({"fallback", "nested"}),
            providers=frozenset({"stability-ai", "openai"}),
            virtual_keys=frozenset({"prod"}),
            requests=60,
            concurrency=4,
        ),
    )
    assert (settings.config, dict(settings.aliases)) == ("fallback", {"pc-1": "fallback"})
    assert settings.allowed_hosts == {"images.example.com", "::1"}
    assert settings.public_url == "https://images.example.com/base"
    assert settings.cors_origins == ("https://app.example.com", "*")
    assert (settings.own_provider_keys, settings.max_in_flight) == (False, 3)
    assert (settings.max_body, settings.deadline, settings.grace) == (1536, 9.5, 0)
    assert settings.log == LogSettings(path="a.db", keep="no_prompt", days=0.5, max_bytes=2_000_000)
    assert settings.artefacts == ArtefactSettings(directory="pictures", seconds=60)


@pytest.mark.parametrize(
    ("size", "count"),
    [("10", 10), ("10B", 10), ("2KB", 2000), ("2KiB", 2048), ("1 MiB", 2**20), ("0.5GiB", 2**29)],
)
def test_sizes_are_in_bytes_or_have_a_unit(gateway, size, count):
    assert gateway(f"max_body: {size}").max_body == count


@pytest.mark.parametrize("name", SETTINGS_FILES)
def test_the_file_may_be_yaml_or_json(gateway, name):
    text = '{"grace": 3}' if name.endswith("json") else "grace: 3\n"

    assert gateway(text, name=name).grace == 3


def test_two_files_are_an_error_that_names_both(gateway, tmp_path):
    (tmp_path / "gateway.yml").write_text("grace: 3\n")

    with pytest.raises(ConfigError, match=r"gateway\.yml: .*gateway\.yaml has settings, too"):
        gateway("grace: 3\n")


def test_keys_that_are_none_let_nobody_in(gateway):
    assert gateway("keys: {}").needs_key
    assert gateway(f"keys: {{a: {{digest: {DIGEST}}}}}").needs_key
    assert not gateway("grace: 3").needs_key


@pytest.mark.parametrize("text", ["", "# nothing\n", "keys:\n", "- a\n", "keys: [\n"], ids=repr)
def test_half_a_file_is_an_error_and_opens_no_gateway(problems, text):
    assert problems(text)


def test_what_is_there_and_cannot_be_read_is_an_error(tmp_path):
    (tmp_path / "gateway.yaml").symlink_to(tmp_path / "gone")

    with pytest.raises(ConfigError, match=r"gateway\.yaml'; there is no such file; expected"):
        read_settings(tmp_path)


def test_every_mistake_is_told_at_its_place(problems):
    found = problems(f"""\
config: nestd
keys:
  app: {{digest: {DIGEST}, requests: 0, cofig: nested}}
aliases: {{pc-1: falback}}
""")

    assert [(p.line, p.column, p.place, p.hint.rpartition("; ")[2]) for p in found] == [
        (1, 9, "gateway.config", "did you mean 'nested'?"),
        (3, 100, "gateway.keys.app.requests", "expected 1 or more"),
        (3, 103, "gateway.keys.app.cofig", "did you mean 'config'?"),
        (4, 17, "gateway.aliases.pc-1", "did you mean 'fallback'?"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("config: nestd", "the folder has no config 'nestd'"),
        ("aliases: {a: b}", "the folder has no config 'b'"),
        ("aliases: {a b: nested}", "alias 'a b' cannot be a name"),
        ("aliases: {nested: fallback}", "alias 'nested' is a config's own name"),
        ("aliases: {a: nested, b: a}", "the folder has no config 'a'"),
        ("max_body: 0KiB", "max_body is '0KiB'"),
        ("max_body: 0", "max_body is 0"),
        ("max_body: 1.2.3MB", "max_body '1.2.3MB' is no size such as 64MiB"),
        ("log: {max_bytes: lots}", "max_bytes 'lots' is no size such as 64MiB"),
        ("log: {keep: all}", "keep is 'all'"),
        ("deadline: 0", "deadline is 0"),
        ("grace: -1", "grace is -1"),
        ("public_url: images.example.com", "is not an http or https URL"),
        ("allowed_hosts: ['https://a.org']", "has no valid host name"),
        ("allowed_hosts: [0xa9fea9fe]", "is 2852039166"),
        ("allowed_hosts: ['::1%lo']", "has a zone"),
        ("allowed_hosts: ['localhost:0']", "has no valid port"),
        ("allowed_hosts: ['0xa9fea9fe']", "names a link-local or cloud metadata address"),
        ("cors_origins: ['https://a.org/']", "is no origin"),
        ("timeout: 3", "unknown key 'timeout'"),
    ],
)
def test_a_wrong_setting_is_told_in_words(problems, text, said):
    assert said in problems(text)[0].message


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "'digest' is missing"),
        ({"digest": "abc"}, "digest is none"),
        ({"digest": HEX}, "digest is none"),
        ({"digest": written(digest_of(""))}, "digest is that of no key at all"),
        ({"digest": DIGEST, "config": "nestd"}, "the folder has no config 'nestd'"),
        ({"digest": DIGEST, "configs": ["nestd"]}, "the folder has no config 'nestd'"),
        ({"digest": DIGEST, "providers": ["opnai"]}, "unknown provider 'opnai'"),
        ({"digest": DIGEST, "config_override": False}, "this key can be used for nothing"),
        (
            {"digest": DIGEST, "config": "nested", "configs": ["fallback"]},
            "config 'nested' is not among the key's own configs",
        ),
    ],
    ids=str,
)
def test_a_wrong_key_is_told_in_words(problems, settings, said):
    (problem,) = problems(json.dumps({"keys": {"app": settings}}))

    assert said in problem.message
    assert problem.place.startswith("gateway.keys.app")


def test_configs_are_not_looked_for_unless_they_are_told(gateway):
    assert gateway("config: nestd", configs=None).config == "nestd"


@pytest.mark.parametrize("name", ["a b", "", "a/b", "-a", "é"], ids=repr)
def test_a_key_has_a_name_that_can_be_said_anywhere(problems, name):
    (problem,) = problems(json.dumps({"keys": {name: {"digest": DIGEST}}}))

    assert "cannot be a name" in problem.message


def test_two_keys_of_one_name_are_an_error(problems):
    (problem,) = problems(f"keys:\n  a: {{digest: {DIGEST}}}\n  a: {{digest: {DIGEST}}}\n")

    assert (problem.line, problem.message) == (3, "key 'a' is here twice")


def test_two_keys_of_one_digest_are_an_error(problems):
    (problem,) = problems(f"keys:\n  a: {{digest: {DIGEST}}}\n  b: {{digest: {DIGEST}}}\n")

    assert (problem.line, problem.message) == (3, "digest is that of 'a', too")


def test_a_key_in_the_place_of_its_digest_is_an_error_that_says_how_to_make_one(problems):
    (problem,) = problems(f"keys:\n  app:\n    digest: {KEY}\n")

    assert problem.message == "a key stands where its digest belongs, for all to read"
    assert "pixroute keys rotate app" in problem.hint
    assert "sha256sum" in problem.hint


@pytest.mark.parametrize(
    "text",
    [
        "keys:\n  app:\n    digest: {}\n",
        "keys:\n  app: {{digest: {}, requests: 0}}\n",
        "keys:\n  app:\n    digest: |\n      {}\n",
        "keys:\n  app: {}\n",
        "keys:\n  {}: {{}}\n",
        "keys: {}\n",
        "keys: [{}]\n",
        "key: {}\n",
        "config: {}\n",
        "keys:\n  app: {{digest: [{}]}}\n",
        "keys:\n  app: {{digest: sha256:{}}}\n",
        "keys:\n  app:\n    digest: x {}\n    digest: {0}\n".replace("{}", "{0}"),
    ],
    ids=repr,
)
@pytest.mark.parametrize("secret", [KEY, new_key(), "Zx81-hunter2"], ids=["own", "new", "other"])
def test_a_key_is_never_shown_wherever_it_was_put(problems, text, secret):
    if secret.startswith("Zx81") and ("  {}:" in text or "config" in text):
        return  # a name, and a word of no shape that tells

    found = problems(text.format(secret))

    told = "\n".join([*map(str, found), *map(render, found)])
    assert secret not in told
    assert secret[4:] not in told


def test_settings_stand_with_their_own_names_in_an_excerpt(problems):
    (problem,) = problems(
        f"keys:\n  app:\n    digest: {DIGEST}\n    own_provider_keys: maybe\n    requests: 3\n"
    )

    assert problem.excerpt[-1] == "    own_provider_keys: maybe"
    assert HEX not in problem.excerpt[0]
