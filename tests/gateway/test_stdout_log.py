"""The log on standard output: a line of JSON for each request, and no harm from who reads it."""

import io
import json
import os
import threading

import pytest
from log_exchanges import BUSY, exchange, failed, trace_of

from router.gateway.stdout_log import LONGEST, PIECE, StdoutLog

PATIENCE = 30.0


def lines_of(*exchanges):
    """Return what is written for exchanges, read back."""
    stream = io.StringIO()
    log = StdoutLog(stream)
    for one in exchanges:
        log.begin()
        log.end(one)
    assert log.close(PATIENCE)
    return [json.loads(line) for line in stream.getvalue().splitlines()]


class Stuck(io.StringIO):
    """A stream whose reader does not read, until it may."""

    def __init__(self):
        super().__init__()
        self.gate = threading.Event()
        self.begun = threading.Event()

    def write(self, text):
        self.begun.set()
        self.gate.wait(PATIENCE)
        return super().write(text)


class Broken(io.StringIO):
    """A stream that fails where it is told to, and counts how often it was asked."""

    def __init__(self, *failures):
        super().__init__()
        self.failures = list(failures)
        self.asked = 0

    def write(self, text):
        self.asked += 1
        error = self.failures.pop(0) if self.failures else None
        if error is not None:
            raise error
        return super().write(text)


def test_a_request_is_one_line_of_json():
    (line,) = lines_of(exchange())

    assert line == {
        "time": "2026-09-21T14:13:20.000+00:00",
        "level": "info",
        "request_id": "req-1",
        "trace_id": "trace-1",
        "status": 200,
        "kind": "",
        "operation": "generate",
        "config": "fallback",
        "api_key": "alice",
        "provider": "openai",
        "model": "gpt-image-2",
        "attempts": 2,
        "seconds": 3.9,
        "cost": 0.053,
        "cache": "MISS",
    }


def test_a_failure_says_what_failed_and_who_did_not_serve():
    (line,) = lines_of(failed())

    assert (line["status"], line["kind"], line["attempts"]) == (503, "overloaded", 1)
    assert (line["provider"], line["model"]) == (None, "gpt-image-2")


@pytest.mark.parametrize(
    ("status", "level"), [(200, "info"), (400, "warning"), (499, "warning"), (500, "error")]
)
def test_the_level_follows_the_status(status, level):
    assert lines_of(exchange(status=status))[0]["level"] == level


def test_a_request_that_was_never_routed_has_a_line():
    (line,) = lines_of(failed(trace=None, model=None, cost=None))

    assert line["trace_id"] == "0af7651916cd43dd8448eb211c80319c"
    assert (line["provider"], line["model"], line["attempts"]) == (None, None, 0)


def test_no_prompt_and_no_message_is_in_a_line():
    said = failed(message="refused: a red kite", trace=trace_of(BUSY))

    assert "kite" not in json.dumps(lines_of(said))


def test_a_caller_cannot_begin_a_line_or_make_one_too_long_for_a_pipe():
    hostile = 'x\n{"level": "info"}\x1b[31m\ud83d' + "\U0001f600" * 10_000
    stream = io.StringIO()
    log = StdoutLog(stream)

    log.end(exchange(model=hostile, config=hostile, trace=trace_of(trace_id=hostile)))
    log.close(PATIENCE)

    text = stream.getvalue()
    assert text.isascii()
    assert text.count("\n") == 1
    assert len(text) < 12 * 3 * LONGEST + 1000


class Pieces(io.StringIO):
    """A stream that notes what it is given at once."""

    def __init__(self):
        super().__init__()
        self.pieces = []

    def write(self, text):
        self.pieces.append(text)
        return super().write(text)


def test_no_piece_is_longer_than_a_pipe_takes_whole_and_every_line_is_whole_in_one():
    stream = Pieces()
    log = StdoutLog(stream)

    for number in range(100):
        log.end(exchange(request_id=f"{number}-{'x' * (number % 50)}"))
    log.close(PATIENCE)

    assert all(len(piece) <= PIECE and piece.endswith("\n") for piece in stream.pieces)
    told = [
        json.loads(line)["request_id"].partition("-")[0]
        for line in stream.getvalue().split("\n")[:-1]
    ]
    assert told == [str(number) for number in range(100)]


def test_short_lines_go_out_together():
    stream = Pieces()
    log = StdoutLog(stream, write=lambda line: line["request_id"])

    for number in range(100):
        log.end(exchange(request_id=str(number)))
    log.close(PATIENCE)

    assert len(stream.pieces) < 50
    assert stream.getvalue().split() == [str(number) for number in range(100)]


def test_all_lines_of_a_piece_that_fails_are_counted():
    log = StdoutLog(Broken(OSError("no space left")))

    for _ in range(3):
        log.end(exchange())
    log.close(PATIENCE)

    assert log.dropped == 3


@pytest.mark.parametrize("name", ["größer", "\ud83d", "\U0001f600", 'a\n\x1b\x7f"\\', "\u2028"])
def test_any_name_comes_back_from_a_line_of_ascii(name):
    stream = io.StringIO()
    log = StdoutLog(stream)

    log.end(exchange(config=name))
    log.close(PATIENCE)

    assert stream.getvalue().isascii()
    assert json.loads(stream.getvalue())["config"] == name


def test_a_reader_that_does_not_read_never_blocks_a_request():
    stream = Stuck()
    log = StdoutLog(stream, capacity=3)
    log.end(exchange())
    assert stream.begun.wait(PATIENCE)

    for _ in range(10):
        log.end(exchange())

    assert log.dropped == 7
    stream.gate.set()
    assert log.close(PATIENCE)
    assert stream.getvalue().count("\n") == 4


def test_a_reader_that_has_left_costs_the_lines_alone():
    reader, writer = os.pipe()
    os.close(reader)
    stream = os.fdopen(writer, "w")
    log = StdoutLog(stream)

    for _ in range(3):
        log.end(exchange())

    assert log.close(PATIENCE)
    assert log.dropped == 3
    with pytest.raises(BrokenPipeError):
        stream.close()


def test_a_reader_that_has_left_is_not_asked_again():
    stream = Broken(BrokenPipeError())
    log = StdoutLog(stream)

    for _ in range(3):
        log.end(exchange())
    log.close(PATIENCE)

    assert (stream.asked, log.dropped) == (1, 3)


def test_a_stream_that_fails_for_a_while_goes_on():
    stream = Broken(None, OSError("no space left"))
    log = StdoutLog(stream)

    for number in range(3):
        log.end(exchange(request_id=str(number)))
        assert log.flush(PATIENCE)
    log.close(PATIENCE)

    assert [json.loads(line)["request_id"] for line in stream.getvalue().splitlines()] == ["0", "2"]
    assert log.dropped == 1


def test_a_closed_stream_is_its_own_loss():
    stream = io.StringIO()
    stream.close()
    log = StdoutLog(stream)

    log.end(exchange())

    assert log.close(PATIENCE)
    assert log.dropped == 1


def test_what_is_no_exchange_is_dropped_and_not_raised():
    log = StdoutLog(io.StringIO())

    log.end(None)

    assert log.close(PATIENCE)
    assert log.dropped == 1
