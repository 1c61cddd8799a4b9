"""The request log: what is written is what was, less what must not be kept."""

import sqlite3
import subprocess
import sys
import time
import weakref
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from log_exchanges import (
    BUSY,
    MOVED,
    NOON,
    SERVED,
    bytes_of,
    exchange,
    failed,
    opened,
    picture,
    png,
    read,
    trace_of,
    written,
)

from router import AsyncRouter
from router.core.images import Picture
from router.errors import RoutingError
from router.gateway.request_log.log import open_log, pictures_folder
from router.gateway.request_log.pictures import FolderKeeper
from router.gateway.request_log.schema import LogError
from router.gateway.settings import LogSettings
from router.testing import Scripted, error_answer, simulate

FULL = LogSettings(keep="full")
NO_PROMPT = LogSettings(keep="no_prompt")
PROMPT = "a red kite over the dunes of Fanø"

ONE_WORKER = """
import sys
sys.path[:0] = sys.argv[3:]
from pathlib import Path
from log_exchanges import exchange, opened
log = opened(Path(sys.argv[1]))
for number in range(50):
    log.end(exchange(request_id=f"{sys.argv[2]}-{number}"))
    log.flush() if number % 10 == 0 else None
assert log.close() and log.dropped == 0
"""

A_CRASH = """
import os, sys
sys.path[:0] = sys.argv[2:]
from pathlib import Path
from log_exchanges import exchange, opened
log = opened(Path(sys.argv[1]))
log.end(exchange(request_id="before"))
assert log.flush()
log.end(exchange(request_id="after"))
os._exit(9)
"""


def folder_of(path):
    """Make a folder that a log is the only one to write to."""
    (path / "log").mkdir()
    return path / "log"


@pytest.fixture
def path(tmp_path):
    return folder_of(tmp_path) / "requests.db"


def ticking():
    """Return a clock by which it is always time to look for what is too much."""
    return iter(range(0, 10_000, 100)).__next__


@contextmanager
def locked(path):
    """Let nobody write to a log."""
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN IMMEDIATE")
    yield
    blocker.execute("ROLLBACK")
    blocker.close()


def worker(program, *args):
    return subprocess.Popen([sys.executable, "-c", program, *map(str, args), *sys.path])


def test_all_of_a_request_is_in_the_log(path):
    written(path, exchange(streamed=True), settings=FULL)

    (record,) = read(path)

    assert record.request_id == "req-1"
    assert record.trace_id == "trace-1"
    assert record.context_trace == "0af7651916cd43dd8448eb211c80319c"
    assert record.context_span == "b7ad6b7169203331"
    assert (record.began, record.seconds) == (NOON, 3.9)
    assert (record.operation, record.config, record.api_key) == ("generate", "fallback", "alice")
    assert (record.model, record.prompt) == ("gpt-image-2", PROMPT)
    assert (record.status, record.kind, record.message) == (200, "", "")
    assert (record.cost, record.cache) == (0.053, "MISS")
    assert (record.bytes_in, record.bytes_out) == (70, 2_000_000)
    assert (record.streamed, record.gone, record.is_private) == (True, False, False)
    assert record.attempts == (BUSY, SERVED)
    assert record.decisions == (MOVED,)
    assert record.served == SERVED


def test_a_request_that_was_refused_before_it_was_routed_is_in_the_log(path):
    refused = failed(trace=None, status=401, kind="auth", message="no such key", model=None)

    written(path, refused)

    (record,) = read(path)
    assert (record.status, record.message, record.attempts) == (401, "no such key", ())
    assert record.trace_id == refused.context.trace
    assert record.served is None


def test_what_happens_to_a_trace_after_the_end_is_not_in_the_log(path):
    log = opened(path)
    trace = trace_of(BUSY)

    log.end(exchange(trace=trace))
    trace.end(trace.begin(SERVED), SERVED)
    log.close()

    assert read(path)[0].attempts == (BUSY,)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """One log for many examples, and where it is."""
    path = tmp_path_factory.mktemp("log") / "requests.db"
    log = opened(path, settings=FULL)
    yield log, path
    log.close()


@given(text=st.text(max_size=40), cost=st.one_of(st.none(), st.floats(0, 1e6)), gone=st.booleans())
def test_any_words_can_be_written(shared, text, cost, gone):
    log, path = shared
    attempt = replace(SERVED, message=text, adaptations=(text, text))

    log.end(exchange(prompt=text, model=text, trace=trace_of(attempt), cost=cost, gone=gone))

    assert log.flush()
    record = read(path, limit=1)[0]
    assert (record.prompt, record.model, record.cost, record.gone) == (text, text, cost, gone)
    assert record.attempts == (attempt,)


@pytest.mark.parametrize(
    ("keep", "private", "prompt", "pictures"),
    [
        ("full", False, PROMPT, 1),
        ("no_prompt", False, None, 1),
        ("metadata", False, None, 0),
        ("full", True, None, 0),
        ("no_prompt", True, None, 0),
    ],
)
def test_prompts_and_pictures_are_kept_as_the_policy_says(path, keep, private, prompt, pictures):
    sent = exchange(is_private=private, pictures=(picture(),))
    keeper = FolderKeeper(pictures_folder(path))

    written(path, sent, settings=LogSettings(keep=keep), keeper=keeper)

    (record,) = read(path)
    assert (record.prompt, len(record.pictures)) == (prompt, pictures)
    assert len(list(path.parent.glob("*.pictures/*"))) == pictures


def test_a_private_request_leaves_no_prompt_anywhere(path):
    said = f"Your request '{PROMPT[:24]}' was REFUSED: {PROMPT.upper()}"
    attempt = replace(BUSY, message=said, adaptations=(f"prompt cut to '{PROMPT[:20]}'",))
    decision = replace(MOVED, reason=f"params.prompt is '{PROMPT}'")
    trace = trace_of(attempt, decisions=[decision], failed=True)

    written(path, failed(message=said, trace=trace, is_private=True), settings=FULL)

    content = bytes_of(path.parent).decode("utf-8", "replace").lower()
    assert not any(PROMPT.lower()[at : at + 16] in content for at in range(len(PROMPT) - 15))
    (record,) = read(path)
    assert record.message == "Your request '[prompt]' was REFUSED: [prompt]"
    assert record.decisions[0].reason == "params.prompt is '[prompt]'"


def test_a_short_prompt_is_hidden_where_it_stands_alone(path):
    said = "Cat is not allowed: 'cat', concatenated"

    written(path, failed(prompt="cat", message=said))

    assert read(path)[0].message == "[prompt] is not allowed: '[prompt]', concatenated"


def test_messages_stay_as_they_are_where_prompts_are_kept(path):
    said = f"refused: {PROMPT}"

    written(path, failed(message=said), settings=FULL)

    assert read(path)[0].message == said


def test_a_picture_is_a_file_that_is_named_by_its_content_and_no_row_has_it(path):
    again = exchange(request_id="req-2", pictures=(picture(),))
    first = exchange(pictures=(picture(), picture(b"not a picture")))

    written(path, first, again, settings=NO_PROMPT, keeper=FolderKeeper(pictures_folder(path)))

    one, two = read(path)
    assert one.pictures[0] == two.pictures[0]
    assert [name.rpartition(".")[2] for name in one.pictures] == ["png", "bin"]
    files = {file.name: file for file in pictures_folder(path).iterdir()}
    assert set(files) == set(one.pictures)
    assert files[one.pictures[1]].read_bytes() == b"not a picture"
    assert png()[:64] not in bytes_of(path.parent)


def test_base64_that_comes_in_words_is_in_no_row_either(path):
    text = png().decode()
    attempt = replace(BUSY, message=f"invalid image: {text}")

    written(
        path,
        failed(message=text, prompt=f"like data:image/png;base64,{text}", trace=trace_of(attempt)),
        settings=FULL,
    )

    assert png()[:200] not in bytes_of(path.parent)
    assert "characters]" in read(path)[0].attempts[0].message


def test_a_picture_inside_its_url_is_kept_as_a_file(path):
    inline = Picture(url=f"data:image/png;base64,{png().decode()}")

    written(
        path,
        exchange(pictures=(inline, picture())),
        settings=NO_PROMPT,
        keeper=FolderKeeper(pictures_folder(path)),
    )

    first, second = read(path)[0].pictures
    assert first == second


def test_a_picture_somewhere_else_is_told_without_what_lets_its_bearer_in(path):
    there = Picture(url="https://cdn.example/tmp/kite.png?sig=secret")

    written(path, exchange(pictures=(there,)), settings=NO_PROMPT)

    assert read(path)[0].pictures == ("https://cdn.example/.../kite.png",)


def test_a_keeper_that_fails_costs_the_picture_and_not_the_record(path, caplog):
    in_the_way = path.parent / "file"
    in_the_way.touch()

    log = written(
        path, exchange(pictures=(picture(),)), settings=FULL, keeper=FolderKeeper(in_the_way / "x")
    )

    assert read(path)[0].pictures == ()
    assert (log.dropped, log.dropped_pictures) == (0, 1)
    assert "the request log has losses" in caplog.text


def test_pictures_that_find_no_room_to_wait_are_dropped_and_counted(path):
    keeper = FolderKeeper(pictures_folder(path))
    room = int(len(png()) * 1.5)

    log = opened(path, settings=FULL, keeper=keeper, room=room)
    log.end(exchange(pictures=(picture(), picture())))
    log.end(exchange(pictures=(picture(),)))
    assert log.flush()
    log.end(exchange(pictures=(picture(),)))
    log.close()

    assert [len(record.pictures) for record in read(path)] == [0, 1, 1]
    assert (log.dropped, log.dropped_pictures) == (0, 2)


def test_a_log_that_keeps_no_pictures_does_not_hold_on_to_them(path):
    log = opened(path)
    view = memoryview(png())
    gone = weakref.ref(view)
    trace = trace_of(SERVED)
    trace.salvage((Picture(b64=view),))

    with locked(path):
        log.end(exchange(pictures=(Picture(b64=view),), trace=trace))
        del view, trace

        assert gone() is None
    log.close()


def test_no_secret_is_in_the_log(path):
    secret = "sk-abcdefghijklmnopqrstuvwxyz0123456789"
    answer = error_answer(401, message=f"Incorrect API key provided: {secret}")

    async def main():
        config = {"provider": "openai", "api_key": secret, "override_params": {"model": "dall-e-2"}}
        async with AsyncRouter(config, sender=Scripted(answer), environment={}) as router:
            with pytest.raises(RoutingError) as caught:
                await router.images.generate(prompt="a kite")
        return caught.value

    error = simulate(main)
    written(path, failed(trace=error.trace, message=error.message, status=401), settings=FULL)

    (record,) = read(path)
    assert "Incorrect API key" in record.attempts[0].message
    assert secret.encode() not in bytes_of(path.parent)


def test_halves_of_characters_and_what_is_too_long_can_be_written(path):
    broken = exchange(
        model="m" * 10_000, prompt="\ud83d kite " + "x " * 50_000, request_id="r\udc80"
    )

    log = written(path, broken, settings=FULL)

    (record,) = read(path)
    assert log.dropped == 0
    assert record.prompt.startswith("? kite x x")
    assert len(record.prompt) == 32_000
    assert len(record.model) == 256


def test_a_record_that_no_column_takes_is_lost_alone(path):
    huge = exchange(request_id="huge", bytes_in=2**70)
    unknown = exchange(request_id="nan", seconds=float("nan"))

    log = written(path, exchange(request_id="a"), huge, unknown, exchange(request_id="b"))

    assert [record.request_id for record in read(path)] == ["a", "b"]
    assert log.dropped == 2


def test_a_recorder_never_raises(path):
    log = opened(path)

    log.end(None)

    assert log.close()
    assert log.dropped == 1


def test_a_full_queue_drops_and_counts_and_the_rest_is_written(path):
    log = opened(path, capacity=5)

    with locked(path):
        for number in range(500):
            log.end(exchange(request_id=str(number)))
        assert log.dropped > 0

    assert log.close()
    assert len(read(path)) + log.dropped == 500


def test_a_crash_between_batches_leaves_a_readable_file(path):
    assert worker(A_CRASH, path).wait(30) == 9

    assert [record.request_id for record in read(path)][:1] == ["before"]
    written(path, exchange(request_id="later"))
    assert read(path)[-1].request_id == "later"


def test_several_processes_write_to_one_file(path):
    workers = [worker(ONE_WORKER, path, name) for name in "abc"]

    assert [one.wait(60) for one in workers] == [0, 0, 0]

    records = read(path)
    assert len({record.request_id for record in records}) == len(records) == 150
    assert all(record.attempts == (BUSY, SERVED) for record in records)


def test_a_file_that_was_taken_away_is_made_anew(path):
    log = opened(path, now=ticking())
    log.end(exchange(request_id="old"))
    log.flush()
    for file in path.parent.iterdir():
        file.unlink()

    log.end(exchange(request_id="lost"))
    log.flush()
    log.end(exchange(request_id="new"))
    log.close()

    assert [record.request_id for record in read(path)] == ["new"]


def test_the_file_is_its_owners_alone(path):
    written(
        path,
        exchange(pictures=(picture(),)),
        settings=FULL,
        keeper=FolderKeeper(pictures_folder(path)),
    )

    assert path.stat().st_mode & 0o077 == 0
    assert pictures_folder(path).stat().st_mode & 0o077 == 0


def test_a_file_that_cannot_be_opened_is_told_at_once(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(LogError, match=r"file/requests.db cannot be opened: "):
        opened(tmp_path / "file" / "requests.db")


@pytest.mark.parametrize("is_open", [True, False], ids=["open", "closed meanwhile"])
def test_a_folder_that_is_moved_away_is_not_made_anew(path, tmp_path, caplog, is_open):
    log = opened(path, now=ticking())
    if is_open:
        log.end(exchange(request_id="before"))
        assert log.flush()
    path.parent.rename(tmp_path / "away")

    for _ in range(3):
        log.end(exchange())
        assert log.flush()
    assert not path.parent.exists()
    (tmp_path / "away").rename(path.parent)
    log.end(exchange(request_id="after"))
    log.close()

    assert log.dropped >= 2
    assert len(caplog.records) == 1
    assert "there is no folder" in caplog.text
    assert read(path)[-1].request_id == "after"


def test_a_keeper_does_not_make_the_folder_that_its_own_is_in(tmp_path):
    with pytest.raises(FileNotFoundError):
        FolderKeeper(tmp_path / "away" / "requests.pictures").keep(picture())

    assert list(tmp_path.iterdir()) == []


def test_a_log_in_a_folder_that_is_not_there_is_told_at_once(tmp_path):
    with pytest.raises(LogError, match=r"there is no folder .*/nowhere"):
        opened(tmp_path / "nowhere" / "requests.db")

    assert list(tmp_path.iterdir()) == []


def test_settings_open_the_log_beside_them(tmp_path):
    (tmp_path / "log").mkdir()
    log = open_log(LogSettings(path="log/requests.db", keep="full"), tmp_path)
    log.end(exchange(pictures=(picture(),), began=time.time()))
    log.close()

    (record,) = read(tmp_path / "log" / "requests.db")
    assert (tmp_path / "log" / "requests.pictures" / record.pictures[0]).exists()
    assert open_log(LogSettings(), tmp_path) is None
