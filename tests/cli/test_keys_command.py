"""The command keys: the key on stdout, its digest in the file, everything else as it was."""

import json
import re

import pytest

from router.gateway.keys import digest_of, find_key
from router.gateway.settings_file import read_settings

KEY = re.compile(r"pxr-[A-Za-z0-9_-]{43}\n")
SETTINGS = """\
# yaml-language-server: $schema=../schemas/gateway.schema.json
config: one          # where nobody says

keys:
  # the web shop
  shop:
    digest: sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
    # requests: 60

  # nightly
max_in_flight: 10
"""


@pytest.fixture(autouse=True)
def folder(config):
    """Make the folder `configs` with two configs in it."""
    config("provider: openai", "configs/one.yaml")
    return config("provider: openai", "configs/two.yaml").parent


@pytest.fixture
def file(folder):
    path = folder / "gateway.yaml"
    path.write_text(SETTINGS)
    return path


def owner(folder, key):
    """Return whose key it is."""
    settings = read_settings(folder, ["one", "two"])
    return find_key(key.strip(), settings.keys)


def test_the_key_and_nothing_else_is_on_stdout_and_its_digest_in_the_file(run, folder):
    result = run("keys", "create", "app")

    assert result.exit_code == 0
    assert KEY.fullmatch(result.stdout)
    assert owner(folder, result.stdout).name == "app"
    assert "shown here and nowhere again" in result.stderr
    assert result.stdout.strip() not in result.stderr + (folder / "gateway.yaml").read_text()


def test_a_new_file_begins_with_its_schema(run, folder):
    run("keys", "create", "app")

    first = (folder / "gateway.yaml").read_text().partition("\n")[0]
    assert first == "# yaml-language-server: $schema=../schemas/gateway.schema.json"


def test_every_option_is_a_setting_of_the_key(run, folder):
    options = (
        *("--config", "one", "--no-config-override", "--own-provider-keys"),
        *("--no-inline-configs", "--configs-allowed", "one, two"),
        *("--requests", "60", "--concurrency", "4"),
    )

    key = owner(folder, run("keys", "create", "app", *options).stdout)

    assert (key.config, key.config_override, key.own_provider_keys) == ("one", False, True)
    assert (key.inline_configs, key.configs) == (False, {"one", "two"})
    assert (key.requests, key.concurrency) == (60, 4)


def test_making_and_revoking_leaves_the_file_as_it_was(run, file):
    for name in ("a", "b"):
        assert run("keys", "create", name).exit_code == 0
    for name in ("a", "b"):
        assert run("keys", "revoke", name).exit_code == 0

    assert file.read_text() == SETTINGS


def test_the_folder_may_be_another(run, config):
    folder = config("provider: openai", "elsewhere/one.yaml").parent

    key = run("keys", "create", "app", "--configs", "elsewhere").stdout

    assert owner(folder, key).name == "app"


def test_a_rotated_key_is_another_with_the_same_settings(run, folder, file):
    old = run("keys", "create", "app", "--requests", "7").stdout
    before = file.read_text()

    result = run("keys", "rotate", "app")

    assert KEY.fullmatch(result.stdout)
    assert owner(folder, old) is None
    assert owner(folder, result.stdout).requests == 7
    digests = [digest_of(key.strip()) for key in (old, result.stdout)]
    assert file.read_text() == before.replace(*digests)


def test_a_revoked_key_is_none(run, folder, file):
    key = run("keys", "create", "app").stdout

    result = run("keys", "revoke", "app")

    assert (result.exit_code, result.stdout) == (0, "")
    assert owner(folder, key) is None


def test_revoking_the_last_key_opens_no_gateway_and_says_so(run, folder):
    run("keys", "create", "app")

    result = run("keys", "revoke", "app")

    assert read_settings(folder).needs_key
    assert "nobody is served now" in result.stderr


@pytest.mark.parametrize("command", ["revoke", "rotate"])
def test_an_unknown_key_is_an_error_that_names_the_nearest(run, file, command):
    result = run("keys", command, "shp")

    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith("has no key 'shp'; it has shop; did you mean 'shop'?\n")
    assert file.read_text() == SETTINGS


def test_a_name_that_is_taken_stays_whose_it_is(run, file):
    result = run("keys", "create", "shop")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "pixroute keys rotate shop" in result.stderr
    assert file.read_text() == SETTINGS


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (["a b"], "cannot be a name"),
        (["app", "--config", "tow"], "did you mean 'two'?"),
        (["app", "--configs-allowed", "one,tow"], "did you mean 'two'?"),
        (["app", "--config", "one", "--configs-allowed", "two"], "not among the key's own configs"),
        (["app", "--requests", "0"], "0 is not in the range"),
        (["app", "--configs", "nowhere"], "'nowhere' does not exist"),
    ],
    ids=str,
)
def test_what_cannot_be_is_a_usage_error_and_nothing_is_written(run, file, args, said):
    result = run("keys", "create", *args)

    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert file.read_text() == SETTINGS


def test_a_key_that_could_be_used_for_nothing_is_not_made(run, folder):
    result = run("keys", "create", "app", "--no-config-override")

    assert (result.exit_code, result.stdout) == (2, "")
    assert not (folder / "gateway.yaml").exists()


@pytest.mark.parametrize("name", ["gateway.yaml", "gateway.json"])
def test_a_file_in_braces_stays_and_what_to_paste_is_told(run, folder, name):
    text = '{"keys": {"shop": {"digest": "sha256:' + "0a" * 32 + '"}}}'
    path = folder / name
    path.write_text(text)

    result = run("keys", "create", "app", "--requests", "3")

    assert result.exit_code == 1
    assert path.read_text() == text
    pasted = re.search(r'"app": \{.*\}', result.stderr)[0]
    path.write_text(text.replace('"shop"', f'{pasted}, "shop"'))
    assert owner(folder, result.stdout).requests == 3


def test_a_key_in_braces_can_be_rotated(run, folder, file):
    file.write_text("keys: {shop: {digest: 'x', requests: 3}}  # mine\n")

    key = run("keys", "rotate", "shop").stdout

    assert owner(folder, key).requests == 3
    assert file.read_text().endswith("', requests: 3}}  # mine\n")


def test_a_literal_key_is_mended_by_rotating_it(run, folder, file):
    file.write_text("keys:\n  shop:\n    digest: pxr-abc\n")

    assert owner(folder, run("keys", "rotate", "shop").stdout).name == "shop"


def test_a_file_that_is_no_yaml_stays(run, file):
    file.write_text("keys: [\n")

    result = run("keys", "create", "app")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "is not valid YAML" in result.stderr
    assert file.read_text() == "keys: [\n"


def test_a_mistake_elsewhere_hinders_nobody_and_is_told(run, file):
    file.write_text(SETTINGS.replace("max_in_flight: 10", "max_in_flight: 0"))

    created, revoked = run("keys", "create", "app"), run("keys", "revoke", "shop")

    assert (created.exit_code, revoked.exit_code) == (0, 0)
    assert "pixroute check configs" in created.stderr


@pytest.mark.parametrize("command", ["revoke", "rotate"])
@pytest.mark.parametrize("keys", ["kyes:", "config: {keys:", "keys: []\nshops:"])
def test_a_mistake_that_hides_a_key_is_told(run, file, command, keys):
    ending = "}" if "{" in keys else ""
    file.write_text(f"{keys} {{shop: {{digest: 'sha256:{digest_of('pxr-1')}'}}}}{ending}\n")

    result = run("keys", command, "shop")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "gateway.yaml:1:" in result.stderr
    assert "error  " in result.stderr
    assert "has no key 'shop'" in result.stderr.splitlines()[-1]


def test_two_files_of_settings_are_an_error(run, folder, file):
    (folder / "gateway.yml").write_text("")

    result = run("keys", "create", "app")

    assert result.exit_code == 1
    assert "gateway.yml both have settings" in result.stderr


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o644], ids=oct)
def test_the_files_mode_stays(run, file, mode):
    file.chmod(mode)

    run("keys", "create", "app")

    assert file.stat().st_mode & 0o777 == mode


def test_a_link_stays_a_link(run, file, tmp_path):
    real = file.rename(tmp_path / "real.yaml")
    file.symlink_to(real)

    run("keys", "create", "app")

    assert file.is_symlink()
    assert "  app:" in real.read_text()


def test_nothing_is_left_beside_the_file(run, folder, file):
    before = sorted(folder.iterdir())

    run("keys", "create", "app")

    assert sorted(folder.iterdir()) == before


def test_a_file_that_changes_meanwhile_is_not_overwritten(file):
    from router.cli.key_file import find_file
    from router.cli.terminal import Failed

    found = find_file(file.parent)
    file.write_text("grace: 3\n")

    with pytest.raises(Failed, match="has changed meanwhile"):
        found.write(found.text)
    assert file.read_text() == "grace: 3\n"


def test_the_list_shows_what_each_may_do_and_no_whole_digest(run, file):
    key = run("keys", "create", "app", "--requests", "60", "--configs-allowed", "two").stdout

    result = run("keys", "list")

    digest = digest_of(key.strip())[:8]
    assert [line.split() for line in result.stdout.splitlines()] == [
        ["key", "config", "limits", "scopes", "digest"],
        ["shop", "one", "(default)", "none", "all", "01234567"],
        ["app", "one", "(default)", "60", "a", "minute", "configs", "two", digest],
    ]


def test_the_list_as_json_is_one_object(run, file):
    key = run("keys", "create", "app", "--config", "two", "--concurrency", "2").stdout

    shop, app = json.loads(run("keys", "list", "--json").stdout)["keys"]

    assert (shop["name"], shop["digest"], shop["config"]) == ("shop", "01234567", None)
    assert (app["config"], app["concurrency"], app["configs"]) == ("two", 2, None)
    assert app["digest"] == digest_of(key.strip())[:8]


@pytest.mark.parametrize(
    ("text", "said"),
    [("grace: 3\n", "everybody on this machine"), ("keys: {}\n", "nobody is served")],
    ids=repr,
)
def test_a_list_without_keys_says_what_that_means(run, file, text, said):
    file.write_text(text)

    assert said in run("keys", "list").stdout


def test_a_list_of_a_broken_file_tells_what_is_wrong(run, file):
    file.write_text("keys:\n  app: {digest: pxr-abcdefgh}\n")

    result = run("keys", "list")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "gateway.yaml:2:17  error  a key stands where its digest belongs" in result.stderr
    assert "abcdefgh" not in result.stderr


@pytest.mark.parametrize("columns", [40, 100])
def test_the_list_fits_the_terminal(terminal, run, file, columns):
    run("keys", "create", "a-long-name", "--configs-allowed", "one,two", "--own-provider-keys")

    screen = terminal("keys", "list", columns=columns)

    assert screen.end() == 0
    assert max(map(len, screen.lines)) <= columns


def test_a_key_reaches_a_pipe_and_its_explanation_does_not(pipe, folder):
    result = pipe("keys", "create", "app")

    assert result.returncode == 0
    assert KEY.fullmatch(result.stdout)
    assert owner(folder, result.stdout).name == "app"


@pytest.mark.parametrize("command", ["create", "list", "revoke", "rotate"])
def test_help_of_every_command_has_examples(run, command):
    result = run("keys", command, "--help")

    assert result.exit_code == 0
    assert f"Examples:\n    pixroute keys {command}" in result.stdout
