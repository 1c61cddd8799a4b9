"""Streams on the command line: partial pictures become files while the finished one is made."""

import json
import math
import threading
from contextlib import suppress

import anyio
import pytest
from easel import pictures_in
from errands import OPENAI, carried, errand
from painter import BREAK, completed, partial, refused

from router import AsyncRouter
from router.cli.carrier import Carrier
from router.cli.progress import Silent
from router.cli.report import show_interrupt
from router.core.http import TransportError
from router.testing import Scripted, Streamed, simulate, stream_answer

TWO = {"strategy": {"mode": "fallback"}, "targets": [OPENAI, OPENAI]}


@pytest.fixture
def paint(run, painter, config):
    """Generate a red kite at a server of these pieces; return the result and what was asked."""

    def generate(*pieces, args=("--partial-images", 2)):
        server = painter(*pieces)
        result = run("generate", "A red kite", "-c", config(server.config), *args)
        return result, [json.loads(body) for body in server.asked]

    return generate


def test_partial_pictures_stand_beside_the_finished_one(paint, tmp_path):
    result, _ = paint(partial(0), partial(1), completed())

    assert result.exit_code == 0
    assert pictures_in(tmp_path) == [
        "a-red-kite-1.partial-1.png",
        "a-red-kite-1.partial-2.png",
        "a-red-kite-1.png",
    ]
    contents = {(tmp_path / name).read_bytes() for name in pictures_in(tmp_path)}
    assert len(contents) == 3


def test_each_is_written_when_it_comes(tmp_path):
    seen, code = carried(tmp_path, stream_answer(2, every=3.0))

    assert code == 0
    assert seen == [
        (3.0, ["red-kite-1.partial-1.png"]),
        (6.0, ["red-kite-1.partial-1.png", "red-kite-1.partial-2.png"]),
    ]


@pytest.mark.parametrize(
    ("args", "asked"),
    [
        (("--stream",), {"stream": True}),
        (("--partial-images", 0), {"stream": True, "partial_images": 0}),
        (("--partial-images", 3), {"stream": True, "partial_images": 3}),
        (("--stream", "--partial-images", 1), {"stream": True, "partial_images": 1}),
    ],
    ids=str,
)
def test_asking_for_partial_pictures_asks_for_a_stream(paint, args, asked):
    result, bodies = paint(completed(), args=args)

    assert result.exit_code == 0
    (body,) = bodies
    assert {name: body[name] for name in ("stream", "partial_images") if name in body} == asked


def test_an_edit_is_streamed_too(run, painter, config, picture, tmp_path):
    server = painter(partial(0, "image_edit"), completed("image_edit"))

    result = run(
        "edit", "make it night", "--image", picture(), "-c", config(server.config),
        "--partial-images", 1,
    )  # fmt: skip

    assert result.exit_code == 0
    assert pictures_in(tmp_path) == ["make-it-night-1.partial-1.png", "make-it-night-1.png"]
    assert b'name="partial_images"\r\n\r\n1\r\n' in server.asked[0]


def test_without_a_terminal_each_is_a_plain_line(paint):
    result, _ = paint(partial(0), partial(1), completed())

    events = [line.partition(" s  ")[2] for line in result.stderr.splitlines()]
    assert events == [
        "config  openai gpt-image-2 asked",
        "a-red-kite-1.partial-1.png  partial picture, 64x64 PNG, 12 kB",
        "a-red-kite-1.partial-2.png  partial picture, 64x64 PNG, 12 kB",
        "config  openai gpt-image-2 answered 200",
    ]
    assert result.stdout.startswith("a-red-kite-1.png   64x64 PNG, 12 kB\nserved by ")


def test_json_lists_them(paint):
    result, _ = paint(partial(0), partial(1), completed(), args=("--partial-images", 2, "--json"))

    answer = json.loads(result.stdout)
    assert result.stderr == ""
    assert [one["path"] for one in answer["pictures"]] == ["a-red-kite-1.png"]
    listed = [
        (one["path"], one["format"], one["image_index"], one["partial_image_index"])
        for one in answer["partial_pictures"]
    ]
    assert listed == [
        ("a-red-kite-1.partial-1.png", "png", 0, 0),
        ("a-red-kite-1.partial-2.png", "png", 0, 1),
    ]
    assert answer["usage"]["total_tokens"] == 10


def test_quiet_prints_finished_pictures_only(paint):
    result, _ = paint(partial(0), completed(), args=("--partial-images", 1, "--quiet"))

    assert (result.stdout, result.stderr) == ("a-red-kite-1.png\n", "")


def test_pictures_made_at_once_keep_their_own_partial_ones(paint, tmp_path):
    result, _ = paint(partial(0), completed(), args=("--partial-images", 1, "--n", 2, "--json"))

    answer = json.loads(result.stdout)
    assert sorted(
        (one["image_index"], one["path"].endswith(".partial-1.png"))
        for one in answer["partial_pictures"]
    ) == [(0, True), (1, True)]
    assert pictures_in(tmp_path) == [
        "a-red-kite-1.partial-1.png",
        "a-red-kite-1.png",
        "a-red-kite-2.partial-1.png",
        "a-red-kite-2.png",
    ]


def test_a_second_run_does_not_mix_with_what_the_first_has_left(paint, tmp_path):
    paint(partial(0))
    paint(completed(), args=("--stream",))

    assert pictures_in(tmp_path) == ["a-red-kite-1.partial-1.png", "a-red-kite-2.png"]


BROKEN = pytest.mark.parametrize(
    ("pieces", "told"),
    [
        ((refused("it fell"),), "500 server_error: it fell"),
        ((), "502 empty: the stream ended without a finished picture"),
        ((BREAK,), "502 connection_lost: "),
    ],
    ids=["an error", "an early end", "a broken connection"],
)


@BROKEN
def test_a_stream_that_breaks_keeps_what_came_and_says_so(paint, tmp_path, pieces, told):
    result, asked = paint(partial(0), partial(1), *pieces)

    assert (result.exit_code, result.stdout, len(asked)) == (1, "", 1)
    kept = ["a-red-kite-1.partial-1.png", "a-red-kite-1.partial-2.png"]
    assert pictures_in(tmp_path) == kept
    assert f"\nerror: no picture: {told}" in result.stderr
    lines = result.stderr.splitlines()
    listed = [f"  {name}   64x64 PNG, 12 kB" for name in kept]
    assert lines[-3:] == ["kept, though unfinished:", *listed]


@BROKEN
def test_a_stream_that_breaks_is_one_object_too(paint, pieces, told):
    result, _ = paint(partial(0), *pieces, args=("--partial-images", 1, "--json"))

    answer = json.loads(result.stdout)
    assert (result.exit_code, result.stderr, answer["ok"]) == (1, "", False)
    assert answer["error"]["status"] == int(told[:3])
    assert answer["pictures"] == []
    paths = [one["path"] for one in answer["partial_pictures"]]
    assert paths == ["a-red-kite-1.partial-1.png"]


def test_a_connection_that_breaks_off_keeps_what_came(tmp_path, capsys):
    pieces = (partial(0), TransportError("broke off", sent=True))

    _, code = carried(tmp_path, Streamed(pieces))

    assert code == 1
    told = capsys.readouterr().err
    assert told.startswith("error: no picture: 502 connection_lost: broke off\n")
    name = tmp_path / "red-kite-1.partial-1.png"
    assert told.endswith(f"\nkept, though unfinished:\n  {name}   64x64 PNG, 12 kB\n")


def test_before_the_first_one_others_are_asked_as_ever(tmp_path, capsys):
    seen, code = carried(tmp_path, 503, stream_answer(1), config=TWO)

    assert (code, len(seen)) == (0, 1)
    assert "(config.targets[1]) after 2 attempts in " in capsys.readouterr().out


def test_a_target_that_cannot_stream_gives_the_finished_picture_and_says_so(run, config):
    path = config("{provider: stability-ai, override_params: {model: stable-image-core}}")

    result = run("generate", "kite", "-c", path, "--sandbox", "--partial-images", 2)

    assert result.exit_code == 0
    assert "adapted:" in result.stdout
    assert "partial_images 2 -> 0 (stable-image-core cannot stream)" in result.stdout


@pytest.mark.parametrize(
    ("faults", "code", "names"),
    [
        ((), 0, ["kite-1.partial-1.png", "kite-1.png"]),
        (("--faults", "cut"), 1, ["kite-1.partial-1.png"]),
    ],
    ids=["whole", "cut"],
)
def test_the_sandbox_streams_and_breaks_off_too(run, config, tmp_path, faults, code, names):
    path = config("{provider: openai, override_params: {model: gpt-image-1}}")

    result = run("generate", "kite", "-c", path, "--sandbox", "--partial-images", 1, *faults)

    assert result.exit_code == code
    assert pictures_in(tmp_path) == names


def test_a_partial_picture_that_cannot_be_kept_costs_no_finished_one(tmp_path, capsys, monkeypatch):
    # A name that is all right for the finished picture is too long for the unfinished one.
    name = "k" * 240
    carrier = Carrier(errand(tmp_path), Silent())
    carrier.gallery._name = name

    async def main():
        sender = Scripted(stream_answer(1))
        async with AsyncRouter(OPENAI, sender=sender, environment={}) as router:
            return await carrier.take_to(router)

    assert simulate(main) == 0
    assert pictures_in(tmp_path) == [f"{name}-1.png"]
    assert "warning: a partial picture could not be kept: File name too long" in (
        capsys.readouterr().err
    )


def test_what_came_before_an_interrupt_is_kept_and_told(tmp_path, capsys):
    carrier = Carrier(errand(tmp_path), Silent())
    sender = Scripted(Streamed((partial(0), math.inf)))

    async def main():
        async with AsyncRouter(OPENAI, sender=sender, environment={}) as router:
            with suppress(TimeoutError):
                with anyio.fail_after(5):
                    await carrier.take_to(router)
        return sender.streaming

    assert simulate(main) == 0
    show_interrupt(carrier.gallery, carrier.seconds)
    interrupted, kept, listed = capsys.readouterr().err.splitlines()
    assert interrupted.startswith("interrupted after ")
    assert kept == "kept, though unfinished:"
    assert listed == f"  {tmp_path / 'red-kite-1.partial-1.png'}   64x64 PNG, 12 kB"


@pytest.mark.parametrize("columns", [20, 40, 120])
def test_the_display_names_them_and_fits_the_terminal(terminal, painter, config, columns):
    server = painter(partial(0), partial(1), completed())

    screen = terminal(
        "generate", "kite", "-c", config(server.config), "--partial-images", 2, columns=columns
    )

    assert screen.end() == 0
    shown, _, told = screen.seen.partition("\nkite-1.png")
    assert told
    named = [line for line in shown.splitlines() if "partial-" in line]
    assert [line.partition("partial-")[2][:5] for line in named[-2:]] == ["1.png", "2.png"]
    assert all(line.startswith("  ") for line in named)
    assert ("64x64 PNG, 12 kB" in named[-1]) == (columns == 120)
    assert max(map(len, screen.lines[:-2])) <= columns


@pytest.mark.parametrize("columns", [40, 120])
def test_a_stream_that_breaks_fits_the_terminal(terminal, painter, config, columns):
    server = painter(partial(0), BREAK)

    screen = terminal(
        "generate", "kite", "-c", config(server.config), "--partial-images", 1, columns=columns
    )

    assert screen.end() == 1
    lines = f"error: {screen.seen.partition('error: ')[2]}".splitlines()
    assert lines[0].startswith("error: no picture: 502 connection_lost:")
    assert max(map(len, lines)) <= columns
    assert lines[lines.index("kept, though unfinished:") + 1].startswith("  kite-1.partial-1.png")


def test_the_display_shows_one_while_the_next_is_waited_for(terminal, painter, config, tmp_path):
    go_on = threading.Event()
    server = painter(partial(0), go_on, completed())
    screen = terminal("generate", "kite", "-c", config(server.config), "--partial-images", 1)

    screen.expect("  kite-1.partial-1.png  64x64 PNG, 12 kB")
    assert pictures_in(tmp_path) == ["kite-1.partial-1.png"]
    go_on.set()
    screen.expect("\nkite-1.png   64x64 PNG, 12 kB")

    assert screen.end() == 0


@pytest.mark.parametrize("settings", [{}, {"TERM": "dumb"}], ids=["a display", "plain lines"])
def test_ctrl_c_keeps_what_came_and_says_so(terminal, painter, config, tmp_path, settings):
    server = painter(partial(0), threading.Event())
    screen = terminal(
        "generate", "kite", "-c", config(server.config), "--partial-images", 1, **settings
    )
    screen.expect("kite-1.partial-1.png")

    screen.press(b"\x03")

    assert screen.end() == 130
    *_, interrupted, kept, listed = screen.seen.splitlines()
    assert "interrupted after " in interrupted
    assert kept == "kept, though unfinished:"
    assert listed == "  kite-1.partial-1.png   64x64 PNG, 12 kB"
    assert pictures_in(tmp_path) == ["kite-1.partial-1.png"]
