"""A file becomes another in one step: whole, as private as it was, and never over a change."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from router.cli.rewriting import revise, rewrite, write_new, write_out
from router.cli.terminal import Failed


class FullDiskError(OSError):
    """The disk is full: what was written so far is all there will be."""


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def synced(monkeypatch):
    """Collect the modes that files have while they are written."""
    modes = []
    monkeypatch.setattr(os, "fsync", lambda fd: modes.append(stat.S_IMODE(os.fstat(fd).st_mode)))
    return modes


@pytest.fixture
def created(monkeypatch):
    """Collect the modes with which files begin."""
    modes, real = [], os.open
    monkeypatch.setattr(os, "open", lambda *given: modes.append(given[2]) or real(*given))
    return modes


@pytest.fixture
def full_disk(monkeypatch):
    def fail(_):
        raise FullDiskError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)


@pytest.mark.parametrize("wanted", [0o600, 0o640, 0o644], ids=oct)
def test_a_file_is_never_more_open_than_it_was(tmp_path, synced, created, wanted):
    path = tmp_path / "virtual-keys.yaml"
    path.write_text("before")
    path.chmod(wanted)

    rewrite(path, b"after")

    assert created == [0o600]
    assert synced == [wanted]
    assert (mode(path), path.read_text()) == (wanted, "after")


def test_a_new_file_is_as_open_as_others_are(tmp_path):
    (tmp_path / "other").touch()

    write_out(tmp_path / "report.html", "after")

    assert mode(tmp_path / "report.html") == mode(tmp_path / "other")


def test_what_was_changed_meanwhile_is_not_written_over(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("theirs")

    for was in (b"before", None):
        with pytest.raises(Failed, match="has changed meanwhile; nothing is written"):
            revise(path, was, b"mine")

    assert path.read_text() == "theirs"


def test_what_is_gone_meanwhile_is_not_written_again(tmp_path):
    with pytest.raises(Failed, match="has changed meanwhile"):
        revise(tmp_path / "config.yaml", b"before", b"mine")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("full_disk")
def test_a_file_that_cannot_be_written_whole_stays_as_it_was(tmp_path):
    path = tmp_path / "images.yaml"
    path.write_text("before")

    with pytest.raises(Failed, match=r"images\.yaml cannot be written: No space left on device"):
        write_out(path, "after")

    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.usefixtures("full_disk")
def test_a_new_file_that_cannot_be_written_whole_is_not_there(tmp_path):
    with pytest.raises(Failed, match=r"images\.yaml cannot be written: No space left on device"):
        write_new(tmp_path / "images.yaml", "after")

    assert list(tmp_path.iterdir()) == []


def test_of_many_who_write_one_new_file_at_once_one_does(tmp_path):
    path, start = tmp_path / "images.yaml", Barrier(8)

    def write(number):
        start.wait()
        try:
            write_new(path, str(number))
        except FileExistsError:
            return []
        return [str(number)]

    with ThreadPoolExecutor(8) as threads:
        (winner,) = (number for one in threads.map(write, range(8)) for number in one)

    assert path.read_text() == winner


@pytest.mark.parametrize("write", [write_new, write_out])
@pytest.mark.parametrize("folder", ["file", "missing"])
def test_a_file_makes_no_folder(tmp_path, write, folder):
    (tmp_path / "file").touch()

    with pytest.raises(Failed, match=r"images\.yaml cannot be written: "):
        write(tmp_path / folder / "images.yaml", "after")

    assert list(tmp_path.iterdir()) == [tmp_path / "file"]


def test_a_link_stays_one(tmp_path):
    path, link = tmp_path / "images.yaml", tmp_path / "link.yaml"
    path.write_text("before")
    link.symlink_to(path)

    write_out(link, "after")

    assert link.is_symlink()
    assert path.read_text() == "after"


def test_a_pipe_is_written_to_and_not_replaced(tmp_path):
    path = tmp_path / "pipe"
    os.mkfifo(path)
    reader = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    write_out(path, "after")

    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read() == b"after"
    assert path.is_fifo()
