import anyio
import pytest

from router import Router
from router.artefacts.stores import DataUrls, Directory
from router.core.finishing import ArtefactError, FetchError
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


@pytest.mark.parametrize("base", [None, "https://pictures.test/x/"])
def test_a_picture_that_is_kept_can_be_had_again(tmp_path, base):
    shelf = Directory(tmp_path, base)
    url = anyio.run(shelf.put, b"cat", PNG)

    assert anyio.run(shelf.get, url) == b"cat"


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.test/x.png",
        "file:///etc/passwd",
        f"https://pictures.test/y/{'0' * 64}.png",
        f"https://pictures.test/x/../{'0' * 64}.png",
        "https://pictures.test/x/../../etc/passwd",
        "",
    ],
)
def test_a_url_that_is_not_the_folders_is_somebody_elses(tmp_path, url):
    (tmp_path / "x.png").write_bytes(b"cat")

    assert anyio.run(Directory(tmp_path, "https://pictures.test/x").get, url) is None


def test_a_picture_that_was_deleted_is_told(tmp_path):
    shelf = Directory(tmp_path)
    url = anyio.run(shelf.put, b"cat", PNG)
    (kept,) = tmp_path.iterdir()
    kept.unlink()

    with pytest.raises(FetchError, match=r"\.png' is kept in .* no more: No such file"):
        anyio.run(shelf.get, url)


def test_a_router_reads_and_edits_what_it_has_kept(tmp_path):
    config = {"provider": "openai", "override_params": {"model": "gpt-image-2"}}
    with Router(config, sandbox=True, environment={}, artefacts=tmp_path) as router:
        (first,) = router.images.generate(prompt="a kite", response_format="url").data
        read = first.read()
        (second,) = router.images.edit(prompt="at night", image=first).data

    (kept, *_) = tmp_path.iterdir()
    assert first.url.startswith("file://")
    assert read == kept.read_bytes()
    assert second.b64_json
