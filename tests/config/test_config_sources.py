import datetime as dt
import json

import pytest
from config_tools import document, errors, problems, route, spots

from router.config.problems import ConfigError


@pytest.fixture
def write(tmp_path):
    def write(content, name="config.yaml"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def test_a_file_a_path_a_text_and_a_mapping_are_read_alike(write):
    path = write("provider: openai\n")

    routes = [
        route(path),
        route(str(path)),
        route("provider: openai\n"),
        route('{"provider": "openai"}'),
        route({"provider": "openai"}),
        route(write('{"provider": "openai"}', "config.json")),
    ]

    assert all(one == routes[0] for one in routes)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "is empty"),
        ("# nothing but a comment\n", "is empty"),
        ("~\n", "is empty"),
        ("- provider: openai\n", "is a list"),
        ("openai\n", "is a single value"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not a UTF-8 text"),
        ("provider: openai\n".encode("utf-16"), "is not a UTF-8 text"),
        (b"provider: \x00openai\n", "characters that YAML does not allow"),
        (b"a: b\n" * 300_000, "has more than 1024 KiB"),
    ],
    ids=["empty", "comment", "null", "list", "word", "picture", "utf-16", "nul", "huge"],
)
def test_a_file_that_is_no_config_says_why(write, content, said):
    path = write(content)

    (problem,) = problems(path)

    assert said in problem.message
    assert problem.file == str(path)


def test_a_missing_file_says_which_and_what_to_do(tmp_path):
    missing = tmp_path / "none.yaml"

    (problem,) = problems(missing)

    assert problem.message == f"config is {str(missing)!r}; there is no such file"
    assert problem.hint == "expected a YAML or JSON file; 'pixroute init' writes some"


@pytest.mark.parametrize("asked", ["mision.yaml", "mission.yml", "mission"])
def test_a_missing_file_names_one_there_that_is_like_it(tmp_path, asked):
    (tmp_path / "mission.yaml").touch()
    (tmp_path / "other.yaml").touch()

    (problem,) = problems(tmp_path / asked)

    assert problem.hint == f"did you mean {str(tmp_path / 'mission.yaml')!r}?"


def test_a_path_that_no_file_can_have_says_why():
    (error,) = errors("x" * 5000)

    assert error == "config: config cannot be read: File name too long"


def test_a_folder_is_no_config(tmp_path):
    assert errors(tmp_path) == ["config: config is a folder; expected a file"]


def test_a_byte_order_mark_is_no_matter(write):
    assert route(write(b"\xef\xbb\xbfprovider: openai\n")).provider == "openai"


@pytest.mark.parametrize("given", [3, None, ["provider"], b"provider: openai\n"])
def test_what_is_no_config_at_all_is_refused(given):
    with pytest.raises(ConfigError, match="expected a mapping, a path or a text"):
        document(given)


def test_a_path_with_a_nul_is_refused():
    assert errors("con\0fig") == ["config: config is not a path"]


def test_json_problems_have_their_line(write):
    path = write('{\n  "provider": "opnai",\n  "retrry": {}\n}\n', "c.json")

    assert spots(path) == [(2, 15), (3, 3)]


@pytest.mark.parametrize(
    ("content", "spot"),
    [
        ('{"provider": "openai",}', (1, 23)),
        ('{"provider": "openai"} x', (1, 24)),
        ("provider: openai", (1, 1)),
        ('{"weight": NaN}', (None, None)),
        ('{"weight": 1e999}', (1, 12)),
        ('{"name": "\\ud83d\\ude00", "weight": 1e999}', (None, None)),
        ('{"name": ' + "[" * 3000 + "]" * 3000 + "}", (None, None)),
        ('{"provider": "openai",\n "provider": "openai"}', (2, 2)),
        ('{"name": "\\ud83d\\ude00", "name": "b", "provider": "openai"}', (None, None)),
    ],
)
def test_bad_json_is_an_error(write, content, spot):
    assert spots(write(content, "c.json"))[0] == spot


def test_json_that_yaml_cannot_say_is_read_all_the_same(write):
    written = {"name": "\N{GRINNING FACE}", "provider": "openai"}

    assert route(write(json.dumps(written), "c.json")).name == "\N{GRINNING FACE}"


def test_json_with_tabs_is_read(write):
    assert route(write('{\n\t"provider":\t"openai"\n}', "c.json")).provider == "openai"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"api_version": dt.date(2024, 10, 21)}, "api_version is a date"),
        ({"weight": float("nan")}, "weight nan is not a number"),
        ({"targets": {1, 2}}, "targets is a set"),
        ({"name": b"x"}, "name is a bytes"),
        ({1: "x"}, "config has a key that is a int"),
    ],
)
def test_objects_that_json_cannot_say_are_refused(value, said):
    assert any(said in error for error in errors({"provider": "openai"} | value))


def test_a_mapping_that_contains_itself_is_refused():
    loop = {"strategy": {"mode": "fallback"}}
    loop["targets"] = [loop]

    assert any("contains itself" in error for error in errors(loop))


def test_a_config_given_as_a_mapping_is_copied():
    given = {"provider": "openai", "override_params": {"extra": {"style": "vivid"}}}
    read = route(given)

    given["override_params"]["extra"]["style"] = "natural"

    assert read.settings.override_params["extra"] == {"style": "vivid"}
