"""The command variation: pictures that resemble a given one, named after it."""

import json

import pytest
from easel import SMALL, pictures_in, png

from router.cli.app import pixroute

VARIED = "{provider: stability-ai, override_params: {model: sd3.5-large}}"


def test_a_variation_is_named_after_the_picture_given(run, config, picture, tmp_path):
    result = run("variation", "--image", picture("My Kite_2.png"), "-c", config(SMALL), "--sandbox")

    assert result.exit_code == 0, result.stderr
    assert pictures_in(tmp_path) == ["my-kite-2-1.png"]
    first, second = result.stdout.splitlines()
    assert first.startswith("my-kite-2-1.png   256x256 PNG, ")
    assert second.startswith("served by openai dall-e-2 (config) after 1 attempt in ")


def test_the_picture_given_stays_as_it_is(run, config, picture):
    given = picture("kite-1.png")
    before = given.read_bytes()

    run("variation", "--image", given, "-c", config(SMALL), "--sandbox", "--out", given.parent)
    run("variation", "--image", given, "-c", config(SMALL), "--sandbox", "--out", given.parent)

    assert given.read_bytes() == before
    assert pictures_in(given.parent) == ["kite-1-1.png", "kite-1-2.png", "kite-1.png"]


def test_several_at_once_each_have_a_file(run, config, picture):
    result = run(
        "variation", "--image", picture(), "-c", config(SMALL), "--sandbox", "--n", 2, "--quiet"
    )  # fmt: skip

    assert (result.stdout, result.stderr) == ("kite-1.png\nkite-2.png\n", "")


def test_one_of_standard_input_has_a_name_all_the_same(run, config):
    result = run(
        "variation", "--image", "-", "-c", config(SMALL), "--sandbox", "--quiet", stdin=png()
    )  # fmt: skip

    assert result.stdout == "variation-1.png\n"


def test_it_has_the_options_of_generate_but_what_needs_a_prompt_or_a_stream():
    generate = {param.name: param for param in pixroute.commands["generate"].params}
    variation = {param.name: param for param in pixroute.commands["variation"].params}

    assert variation.keys() - generate.keys() == {"image"}
    assert generate.keys() - variation.keys() == {"prompt", "stream", "partial_images"}
    for name in variation.keys() & generate.keys():
        assert variation[name].to_info_dict() == generate[name].to_info_dict()


def test_json_is_exactly_one_object(run, config, picture):
    result = run("variation", "--image", picture(), "-c", config(SMALL), "--sandbox", "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert [one["path"] for one in answer["pictures"]] == ["kite-1.png"]
    assert answer["partial_pictures"] == []


def test_a_prompt_for_models_that_take_one_is_a_parameter(run, config, picture):
    result = run(
        "variation", "--image", picture(size=(256, 256)), "-c", config(VARIED), "--sandbox",
        "--param", "prompt=at night", "--json",
    )  # fmt: skip

    answer = json.loads(result.stdout)
    assert result.exit_code == 0, answer
    (attempt,) = answer["trace"]["attempts"]
    assert "prompt" not in " ".join(attempt["adaptations"])


def test_a_model_that_makes_none_is_told_and_nobody_is_asked(run, config, picture):
    path = config("{provider: openai, override_params: {model: gpt-image-2}}")

    result = run("variation", "--image", picture(), "-c", path, "--sandbox")

    assert result.exit_code == 1
    told = "501 unsupported: gpt-image-2 cannot make a variation of a picture"
    assert result.stderr.startswith(f"error: no picture: {told}\nno provider was asked in ")


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "Missing option '-i' / '--image'"),
        (("--image", "nowhere.png"), "File 'nowhere.png' does not exist."),
        (("--image", "https://a.test/b.png"), "a URL cannot be taken here; expected a file"),
        (("make it night", "--image", "-"), "unexpected extra argument"),
        (("--image", "-", "--stream"), "No such option"),
        (("--image", "-", "--param", "image=x"), "'image' is no parameter of a picture: --image"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_a_usage_error(run, config, args, told):
    result = run("variation", "-c", config(SMALL), "--sandbox", *args, stdin=png())

    assert result.exit_code == 2
    assert told in result.stderr


@pytest.mark.parametrize("columns", [40, 120])
def test_the_display_fits_the_terminal(terminal, config, picture, columns):
    screen = terminal(
        "variation", "--image", picture(), "-c", config(SMALL), "--sandbox",
        "--faults", "delay=0.2", columns=columns,
    )  # fmt: skip

    assert screen.end() == 0
    assert " waiting" in screen.seen
    assert "\nkite-1.png   256x256 PNG, " in screen.seen
    assert max(map(len, screen.lines)) <= columns


def test_ctrl_c_cancels_the_call_and_is_told_in_one_line(terminal, config, picture):
    screen = terminal(
        "variation", "--image", picture(), "-c", config(SMALL), "--sandbox",
        "--faults", "delay=60", columns=120,
    )  # fmt: skip
    screen.expect(" waiting")

    screen.press(b"\x03")

    assert screen.end() == 130
    assert screen.seen.splitlines()[-1].startswith("interrupted after ")
