import gc
import hashlib
import subprocess
import sys
import tempfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from router.originals.spool import IN_MEMORY, Intake, TooLargeError

MOST = 8 * 1024 * 1024
LARGE = bytes(IN_MEMORY + 1)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """The folder for temporary files, empty at first."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))
    return place


def taken(*pieces, most=MOST):
    with Intake(most) as intake:
        for piece in pieces:
            intake.write(piece)
        return intake.upload("cat.png")


@given(st.lists(st.binary(max_size=50)))
def test_what_was_written_is_read(pieces):
    upload = taken(*pieces)

    content = b"".join(pieces)
    assert (upload.read(), upload.size) == (content, len(content))
    assert upload.digest == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize("size", [IN_MEMORY - 1, IN_MEMORY, IN_MEMORY + 1, MOST])
@pytest.mark.parametrize("pieces", [1, 3])
def test_only_a_large_file_goes_to_disk(size, pieces, folder):
    content = bytes(range(251)) * (size // 251 + 1)
    step = -(-size // pieces)

    upload = taken(*(content[:size][at : at + step] for at in range(0, size, step)))

    assert upload.read() == upload.read() == content[:size]
    assert len(list(folder.iterdir())) == (size > IN_MEMORY)


def test_two_who_read_at_once_do_not_disturb_each_other():
    upload = taken(b"ab", LARGE)

    with upload.open() as one, upload.open() as other:
        assert (one.read(1), other.read(2), one.read(1)) == (b"a", b"ab", b"b")


def test_the_file_is_gone_with_the_upload(folder):
    upload = taken(LARGE)
    assert list(folder.iterdir())

    del upload
    gc.collect()

    assert not list(folder.iterdir())


def test_an_open_stream_outlives_the_upload():
    upload = taken(b"ab", LARGE)

    with upload.open() as stream:
        del upload
        gc.collect()
        assert stream.read(2) == b"ab"


def test_a_file_that_is_given_up_leaves_nothing_behind(folder):
    with pytest.raises(TooLargeError):
        taken(LARGE, LARGE, most=IN_MEMORY + 2)
    gc.collect()

    assert not list(folder.iterdir())


PROGRAM = """
import os, sys
from router.originals.spool import IN_MEMORY, Intake

with Intake(2 * IN_MEMORY) as intake:
    intake.write(bytes(IN_MEMORY + 1))
    upload = intake.upload("cat.png")
child = os.fork()
if not child:
    del upload
    sys.exit()
os.waitpid(child, 0)
print(len(upload.read()))
"""


def test_a_forked_child_that_ends_leaves_its_parents_file_alone(folder):
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={"TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr) == (f"{IN_MEMORY + 1}\n", "")
    assert not list(folder.iterdir())


@settings(max_examples=20)
@given(st.integers(0, 100), st.integers(0, 100))
def test_no_more_is_taken_than_is_allowed(size, most):
    if size <= most:
        assert taken(bytes(size), most=most).size == size
        return
    with pytest.raises(TooLargeError):
        taken(bytes(size), most=most)
