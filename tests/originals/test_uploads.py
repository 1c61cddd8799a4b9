import asyncio
import base64
import io
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.answer import AsyncImage
from router.asking import Unaskable
from router.core.data_url import data_url
from router.core.images import Picture
from router.core.media import Media
from router.errors import FetchError
from router.originals.uploads import LARGEST_FILE, take_in
from router.testing import simulate
from tests.originals.pictures import MASK, PNG, drawn, noise

OTHER = drawn(size=(8, 8))


async def no_fetch(url):
    raise FetchError(f"{url!r} is not there")


def taken(given, field="image", fetch=no_fetch):
    return asyncio.run(take_in(field, given, fetch))


def read(given, **more):
    return [upload.read() for upload in taken(given, **more)]


def refused(given, field="image"):
    with pytest.raises(Unaskable) as refusal:
        taken(given, field)
    assert refusal.value.failure.status == 400
    return str(refusal.value)


def written(folder, content=PNG, name="cat.png"):
    path = folder / name
    path.write_bytes(content)
    return path


def stream_of(content):
    stream = io.BytesIO(b"before" + content)
    stream.seek(len(b"before"))
    return stream


FORMS = {
    "bytes": lambda path: PNG,
    "bytearray": lambda path: bytearray(PNG),
    "memoryview": lambda path: memoryview(PNG),
    "path": lambda path: path,
    "text path": str,
    "file": lambda path: path.open("rb"),
    "unbuffered file": lambda path: path.open("rb", buffering=0),
    "stream from where it stands": lambda path: stream_of(PNG),
    "data URL": lambda path: data_url(PNG, "image/png"),
    "picture": lambda path: AsyncImage(Picture(b64=memoryview(base64.b64encode(PNG))), no_fetch),
    "picture in a data URL": lambda path: AsyncImage(
        Picture(url=data_url(PNG, "image/png")), no_fetch
    ),
    "name and bytes": lambda path: ("dog.png", PNG),
    "name, bytes and type": lambda path: ("dog.png", PNG, "image/png"),
    "no name and path": lambda path: (None, path),
}


@pytest.fixture(params=FORMS.values(), ids=FORMS)
def given_picture(request, tmp_path):
    """The same picture in each form."""
    given = request.param(written(tmp_path))
    yield given
    if isinstance(given, io.IOBase):
        given.close()


def test_a_picture_may_be_given_in_many_forms(given_picture):
    [upload] = taken(given_picture)

    assert upload.read() == upload.read() == PNG
    assert (upload.media, upload.content_type) == (Media("png", 64, 64), "image/png")


def test_a_list_is_several_pictures_and_a_tuple_is_one(given_picture):
    assert read([given_picture, OTHER]) == [PNG, OTHER]


def test_a_file_is_left_for_its_owner_to_close(tmp_path):
    with written(tmp_path).open("rb") as file:
        taken(file)

        assert not file.closed
        assert file.read() == b""


def test_what_is_read_once_can_be_sent_again_after_the_original_has_changed(tmp_path):
    path, buffer = written(tmp_path), bytearray(PNG)

    [by_path], [by_buffer] = taken(path), taken(buffer)
    path.write_bytes(OTHER)
    buffer[:] = OTHER

    assert by_path.read() == by_buffer.read() == PNG


def test_a_picture_of_an_earlier_answer_is_fetched_where_only_its_url_came():
    async def fetch(url):
        return PNG if url == "https://cdn.test/cat.png" else b""

    image = AsyncImage(Picture(url="https://cdn.test/cat.png"), no_fetch)

    assert read(image, fetch=fetch) == [PNG]


def test_a_picture_that_cannot_be_fetched_is_told():
    image = AsyncImage(Picture(url="https://cdn.test/cat.png"), no_fetch)

    assert refused(image) == "image cannot be had: 'https://cdn.test/cat.png' is not there"


def test_a_large_picture_is_read_too(tmp_path):
    content = noise(5)

    assert read([content, written(tmp_path, content)]) == [content, content]


def test_small_pictures_in_memory_need_no_thread():
    async def main():
        given = [PNG, io.BytesIO(PNG), data_url(PNG, "image/png"), ("a.png", PNG)]
        return await take_in("image", given, no_fetch)

    assert [upload.read() for upload in simulate(main)] == [PNG] * 4


def test_a_simulation_reads_large_pictures_and_files_on_the_spot(tmp_path):
    content = noise(2)

    async def main():
        return await take_in("image", [content, written(tmp_path, content)], no_fetch)

    assert [upload.read() for upload in simulate(main)] == [content] * 2


def test_equal_pictures_have_equal_digests_whatever_they_are_called():
    one, other, different = taken([("a.png", PNG), ("b.png", PNG), ("a.png", OTHER)])

    assert one.digest == other.digest != different.digest


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (PNG, "image.png"),
        (drawn("jpeg"), "image.jpeg"),
        (("cat.png", PNG), "cat.png"),
        (("/home/lucy/cat.png", PNG), "cat.png"),
        (("C:\\\\Users\\\\lucy\\\\cat.png", PNG), "cat.png"),
        (('a"b\r\nc: d.png', PNG), "a_b__c_ d.png"),
        (("", PNG), "image.png"),
        (("x" * 500 + ".png", PNG), "x" * 76 + ".png"),
        (("żółw.png", PNG), "żółw.png"),
    ],
)
def test_the_name_that_is_sent_is_harmless_and_tells_no_folder(given, name):
    assert taken(given)[0].name == name


@given(st.text())
def test_any_name_becomes_one_that_a_form_can_carry(name):
    [upload] = taken((name, PNG))

    assert upload.name
    assert not set(upload.name) & set('"\\\\/\r\n\0')
    assert len(upload.name) <= 80


def test_a_picture_that_is_not_there_is_told(tmp_path):
    message = refused(tmp_path / "gone.png")

    assert message == "image ('gone.png') cannot be read: No such file or directory"


def test_a_folder_and_a_pipe_are_no_files(tmp_path):
    os.mkfifo(tmp_path / "pipe")

    assert refused(tmp_path) == f"image ({tmp_path.name!r}) is no file"
    assert refused(tmp_path / "pipe") == "image ('pipe') is no file"


def test_a_file_opened_as_text_is_told(tmp_path):
    with written(tmp_path).open(encoding="latin-1") as file:
        assert refused(file) == "image is a file opened as text; open it with 'rb'"


class Odd:
    """A file object whose read() gives something odd."""

    def __init__(self, given):
        self.given = given

    def read(self, size=-1):
        return self.given


class ToBeAwaited:
    async def read(self, size=-1):
        return PNG


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (b"", "image is empty; expected png, jpeg or webp"),
        (io.BytesIO(), "image is empty; expected png, jpeg or webp"),
        (("notes.txt", b"not a picture"), "image ('notes.txt') is no picture; expected png,"),
        ([], "image has 0 files; expected 1 to 16"),
        ([PNG] * 17, "image has 17 files; expected 1 to 16"),
        ([PNG, b""], "image[1] is empty"),
        (None, "image is of type NoneType; expected bytes, a path"),
        (5, "image is of type int; expected bytes, a path"),
        ((), "image is a tuple of 0; expected bytes, a path"),
        ((PNG, PNG), "image is a tuple of 2; expected bytes, a path"),
        (("a", "b", "c", "d", "e"), "image is a tuple of 5; expected bytes, a path"),
        ({"image_url": "x"}, "image is of type dict; expected bytes, a path"),
        ("https://x.test/cat.png", "image is a URL; expected a file, or images=[{"),
        ("data:image/png,raw", "image is a data: URL that holds no picture in base64"),
        ("data:image/png;base64,!!", "image is a data: URL that holds no picture in base64"),
        (Odd("text"), "image is a file whose read() gives str; expected bytes"),
        (ToBeAwaited(), "image is a file to be awaited; read it first, and give its bytes"),
    ],
)
def test_what_is_no_picture_is_refused_with_what_to_do(given, message):
    assert refused(given).startswith(message)


def test_a_closed_file_is_refused(tmp_path):
    file, buffer = written(tmp_path).open("rb"), io.BytesIO(PNG)
    file.close()
    buffer.close()

    assert refused(file) == refused(buffer) == "image is a file that is closed, or cannot be read"


def test_an_endless_file_is_refused():
    with Path("/dev/zero").open("rb") as endless:
        assert refused(endless).startswith("image ('zero') is larger than 50 MB;")


def test_a_file_that_is_too_large_is_refused():
    assert refused(bytes(LARGEST_FILE + 1)) == "image is larger than 50 MB; expected a smaller file"


def test_the_field_is_named_in_every_message():
    assert refused(b"", field="mask") == "mask is empty; expected png, jpeg or webp"


def test_the_mask_of_these_tests_is_a_picture():
    assert taken(MASK)[0].media == Media("png", 64, 64)
