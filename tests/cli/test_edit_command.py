"""The command edit: given pictures become new ones; every way to give them, and to give none."""

import errno
import json
import os
import subprocess
import sys
import threading

import pytest
from easel import SMALL, pictures_in, png

from router.cli.app import pixroute

NIGHT = "make it night"
FILE = "the name of a file that is none"


@pytest.fixture
def server(painter, config):
    """Return a server that answers edits, and the path of its config."""
    started = painter()
    return started, config(started.config)


@pytest.fixture
def sent(run, server):
    """Edit, and return the body that a provider got."""
    started, path = server

    def edit(*args, stdin=None):
        result = run("edit", NIGHT, "-c", path, *args, stdin=stdin)
        assert result.exit_code == 0, result.stderr
        return started.asked[-1]

    return edit


def test_an_edit_is_saved_under_words_of_its_prompt(run, config, picture, tmp_path):
    result = run("edit", "Make it night!", "--image", picture(), "-c", config(SMALL), "--sandbox")

    assert result.exit_code == 0
    assert pictures_in(tmp_path) == ["make-it-night-1.png"]
    first, second = result.stdout.splitlines()
    assert first.startswith("make-it-night-1.png   256x256 PNG, ")
    assert second.startswith("served by openai dall-e-2 (config) after 1 attempt in ")


def test_the_picture_given_stays_as_it_is(run, config, picture):
    given = picture("make-it-night-1.png")
    before = given.read_bytes()

    result = run(
        "edit", NIGHT, "--image", given, "-c", config(SMALL), "--sandbox",
        "--out", given.parent, "--quiet",
    )  # fmt: skip

    assert result.stdout == f"{given.parent / 'make-it-night-2.png'}\n"
    assert given.read_bytes() == before


def test_it_has_every_option_of_generate_and_they_are_the_same():
    generate = {param.name: param for param in pixroute.commands["generate"].params}
    edit = {param.name: param for param in pixroute.commands["edit"].params}

    assert edit.keys() - generate.keys() == {"images", "mask", "markup", "input_fidelity"}
    for name in generate.keys() - {"prompt"}:
        assert edit[name].to_info_dict() == generate[name].to_info_dict()


def test_pictures_are_sent_in_the_order_they_are_given(sent, picture):
    first, second = picture("kite.png"), picture("beach.png", colour=(0, 0, 200, 0))

    body = sent("--image", second, "--image", first)

    assert 0 < body.index(second.read_bytes()) < body.index(first.read_bytes())
    assert b'filename="beach.png"' in body


def test_a_mask_and_how_much_is_to_stay_are_sent(run, painter, config, picture):
    server = painter()
    path = config(server.config.replace("gpt-image-2", "gpt-image-1"))
    mask = picture("where.png", colour=(1, 2, 3, 0))

    run(
        "edit", NIGHT, "-c", path,
        "--image", picture(), "--mask", mask,
        "--input-fidelity", "high", "--param", "background=opaque",
    )  # fmt: skip

    (body,) = server.asked
    assert b'name="mask"; filename="where.png"' in body
    assert mask.read_bytes() in body
    assert b'name="input_fidelity"\r\n\r\nhigh\r\n' in body
    assert b'name="background"\r\n\r\nopaque\r\n' in body


def test_markup_goes_to_models_that_take_one_and_others_say_so(run, config, picture):
    result = run(
        "edit", NIGHT, "--image", picture(), "--markup", picture("drawn.png"),
        "-c", config(SMALL), "--sandbox",
    )  # fmt: skip

    assert result.exit_code == 1
    assert "error: no picture: 501 unsupported: dall-e-2 takes no markup" in result.stderr
    assert "no provider was asked in " in result.stderr


def test_a_picture_may_be_standard_input(sent):
    body = sent("--image", "-", stdin=png(colour=(9, 9, 9, 0)))

    assert png(colour=(9, 9, 9, 0)) in body


def test_the_mask_may_be_standard_input_instead(sent, picture):
    body = sent("--image", picture(), "--mask", "-", stdin=png(colour=(9, 9, 9, 0)))

    assert body.index(b'name="mask"') < body.index(png(colour=(9, 9, 9, 0)))


def test_a_picture_may_come_through_a_named_pipe(sent, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    threading.Thread(target=pipe.write_bytes, args=(png(),), daemon=True).start()

    body = sent("--image", pipe)

    assert png() in body


def test_a_picture_may_be_somewhere_else(sent):
    url = "https://pictures.test/kite.png"

    body = json.loads(sent("--image", url, "--image", url, "--mask", f"{url}?mask"))

    assert body["images"] == [{"image_url": url}] * 2
    assert body["mask"] == {"image_url": f"{url}?mask"}


@pytest.mark.parametrize(
    ("args", "told"),
    [
        ((), "Missing option '-i' / '--image'"),
        (("--image", "nowhere.png"), "'--image': File 'nowhere.png' does not exist."),
        (("--image", FILE, "--mask", "nowhere.png"), "'--mask': File 'nowhere.png' does not"),
        (("--image", "-", "--image", "-"), "only one picture can be standard input"),
        (("--image", "-", "--mask", "-"), "only one picture can be standard input"),
        (("--image", FILE, "--image", "https://a.test/b.png"), "files and URLs cannot go together"),
        (("--image", FILE, "--mask", "https://a.test/b.png"), "files and URLs cannot go together"),
        (("--image", FILE, "--markup", "https://a.test/b.png"), "a URL cannot be taken here"),
        (("--image", FILE, "--partial-images", "4"), "4 is not in the range"),
        (("--image", FILE, "--param", "mask=x.png"), "'mask' is no parameter of a picture: --mask"),
        (("--image", FILE, "--param", "stream=true"), "'stream' is no parameter of a picture"),
        (("--image", FILE, "--param", "prompt=x"), "'prompt' is given twice"),
        (("--image", FILE, "--faults", "503"), "--faults needs --sandbox"),
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_a_usage_error(run, config, tmp_path, args, told):
    (tmp_path / FILE).touch()

    result = run("edit", NIGHT, "-c", config(SMALL), *args, stdin=png())

    assert result.exit_code == 2
    assert told in result.stderr


def make_text(path):
    path.write_text("words")


def make_empty(path):
    path.touch()


def make_folder(path):
    path.mkdir()


def make_huge(path):
    with path.open("wb") as file:
        file.truncate(51 * 1024 * 1024)


@pytest.mark.parametrize("command", [("edit", NIGHT), ("variation",)], ids=lambda args: args[0])
@pytest.mark.parametrize(
    ("make", "told"),
    [
        (make_text, "image ('it.png') is no picture; expected png, jpeg or webp"),
        (make_empty, "image ('it.png') is empty; expected png, jpeg or webp"),
        (make_folder, "image ('it.png') is no file"),
        (make_huge, "image ('it.png') is larger than 50 MB; expected a smaller file"),
    ],
)
def test_what_is_no_picture_is_told_in_one_line_and_nobody_is_asked(
    run, server, tmp_path, command, make, told
):
    started, path = server
    make(tmp_path / "it.png")

    result = run(*command, "--image", tmp_path / "it.png", "-c", path)

    assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"error: {told}\n")
    assert started.asked == []


def test_which_of_several_pictures_is_none_is_told(run, server, picture, tmp_path):
    make_text(tmp_path / "it.png")

    result = run(
        "edit", NIGHT, "-c", server[1], "--image", picture(), "--image", tmp_path / "it.png"
    )

    assert result.stderr.startswith("error: image[1] ('it.png') is no picture;")


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"", "image ('standard input') is empty; expected png, jpeg or webp"),
        (b"words", "image ('standard input') is no picture; expected png, jpeg or webp"),
    ],
)
def test_standard_input_without_a_picture_is_told_in_one_line(run, server, given, told):
    result = run("edit", NIGHT, "--image", "-", "-c", server[1], stdin=given)

    assert (result.exit_code, result.stderr) == (1, f"error: {told}\n")


def test_standard_input_without_an_end_is_given_up(server):
    _, path = server
    with open("/dev/zero", "rb") as endless:  # noqa: PTH123
        result = subprocess.run(
            [sys.executable, "-m", "router", "edit", NIGHT, "--image", "-", "-c", str(path)],
            stdin=endless,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )

    assert result.returncode == 1
    assert "is larger than 50 MB" in result.stderr


def test_a_closed_standard_input_is_told_in_one_line(server):
    result = subprocess.run(
        ["/bin/sh", "-c", f'"$0" -m router edit x --image - -c {server[1]} <&-', sys.executable],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert (result.returncode, result.stderr) == (1, "error: standard input is closed\n")


def test_nobody_is_left_waiting_before_a_terminal(terminal, config):
    screen = terminal("edit", NIGHT, "--image", "-", "-c", config(SMALL), "--sandbox")

    assert screen.end() == 2
    assert "standard input is a terminal; expected a picture from a pipe" in screen.seen


def test_what_is_no_picture_is_one_object_for_programs(run, server, tmp_path):
    make_text(tmp_path / "it.png")

    result = run("edit", NIGHT, "--image", tmp_path / "it.png", "-c", server[1], "--json")

    answer = json.loads(result.stdout)
    assert (result.exit_code, result.stderr, answer["ok"]) == (1, "", False)
    assert answer["error"]["message"].startswith("image ('it.png') is no picture;")
    assert (answer["pictures"], answer["trace"]["attempts"]) == ([], [])


def test_a_target_that_cannot_edit_is_passed_by_and_told(run, config, picture):
    path = config(
        "strategy: {mode: fallback}\n"
        "targets:\n"
        "  - {provider: openai, override_params: {model: dall-e-3}}\n"
        f"  - {SMALL}\n"
    )

    result = run("edit", NIGHT, "--image", picture(), "-c", path, "--sandbox")

    assert "served by openai dall-e-2 (config.targets[1]) after 1 attempt in " in result.stdout
    told = "config.targets[0] was not asked: dall-e-3 cannot edit a picture -> config.targets[1]"
    assert f"  fallback:  {told}\n" in result.stdout


@pytest.mark.parametrize("columns", [40, 120])
def test_the_display_fits_the_terminal(terminal, config, picture, columns):
    screen = terminal(
        "edit", NIGHT, "--image", picture(), "-c", config(SMALL), "--sandbox",
        "--faults", "delay=0.2", "--out", "a-folder-with-quite-a-long-name", columns=columns,
    )  # fmt: skip

    assert screen.end() == 0
    assert " waiting" in screen.seen
    name = "a-folder-with-quite-a-long-name/make-it-night-1.png"  # it is not cut: it gets copied
    assert (f"{name}   256x256 PNG, " in screen.seen) == (columns == 120)
    assert max(len(line) for line in screen.lines if line != name) <= columns


def test_ctrl_c_cancels_the_call_and_is_told_in_one_line(terminal, config, picture):
    screen = terminal(
        "edit", NIGHT, "--image", picture(), "-c", config(SMALL), "--sandbox",
        "--faults", "delay=60",
    )  # fmt: skip
    screen.expect(" waiting")

    screen.press(b"\x03")

    assert screen.end() == 130
    assert "499 cancelled" in screen.seen
    assert screen.seen.splitlines()[-1].endswith("may have been billed")


def test_ctrl_c_while_a_pipe_is_waited_for_is_told_in_one_line(terminal, config, tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    screen = terminal("edit", NIGHT, "--image", pipe, "-c", config(SMALL), "--sandbox")
    writer = opened(pipe, screen.process)

    screen.press(b"\x03")
    # A signal that comes just before the read begins is heard when the read ends.
    os.close(writer)

    assert screen.end() == 130
    assert screen.seen == "^C\ninterrupted\n"


def opened(pipe, reader):
    """Open a pipe for writing as soon as the reader has opened it too."""
    while reader.poll() is None:
        try:
            return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            if error.errno != errno.ENXIO:  # which says that nobody reads yet
                raise
    raise AssertionError("it ended before it read")
