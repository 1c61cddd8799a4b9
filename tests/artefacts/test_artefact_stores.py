import anyio
import pytest

from router.artefacts.stores import DataUrls, Directory
from router.core.finishing import ArtefactError
from router.core.media import Media

PNG = Media("png")


def test_a_data_url_holds_the_picture():
    assert anyio.run(DataUrls().put, b"cat", PNG) == "data:image/png;base64,Y2F0"
    assert anyio.run(DataUrls().put, b"cat", None).startswith("data:application/octet-stream;")


def test_a_file_is_named_by_its_content_and_written_once(tmp_path):
    shelf = Directory(tmp_path / "a" / "b")
    first, second = (anyio.run(shelf.put, b"cat", PNG) for _ in range(2))
    other = anyio.run(shelf.put, b"dog", None)

    assert first == second != other
    assert sorted(path.suffix for path in (tmp_path / "a" / "b").iterdir()) == [".bin", ".png"]


def test_a_url_begins_where_the_folder_is_served(tmp_path):
    url = anyio.run(Directory(tmp_path, "https://pictures.test/x/").put, b"cat", PNG)

    (kept,) = tmp_path.iterdir()
    assert url == f"https://pictures.test/x/{kept.name}"


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("no folder")

    with pytest.raises(ArtefactError, match=r"not be kept in .*file: (File exists|Not a dir)"):
        anyio.run(Directory(tmp_path / "file").put, b"cat", PNG)
