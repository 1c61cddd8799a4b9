"""Carrier: pictures that cannot be had or kept are told in one line, whatever else happens."""

import json

import pytest
from easel import pictures_in
from errands import carried

from router.cli.errand import Output
from router.cli.terminal import Failed
from router.core.http import HttpResponse
from router.testing import error_answer, picture_answer

WHOLE = {"stream": None, "partial_images": None}
THREE = {**WHOLE, "n": 3}
SINGLE = {
    "provider": "openai",
    "api_key": "sk-x",
    "override_params": {"model": "dall-e-3"},
}
"""A model that gives one picture a call."""


def elsewhere(url):
    """Return an answer whose picture is behind a URL."""
    body = json.dumps({"created": 1, "data": [{"url": url}]}).encode()
    return HttpResponse(status=200, headers={"content-type": "application/json"}, body=body)


def without(folder, answer):
    """Return a reply before which the folder goes away."""

    def reply(_):
        folder.rmdir()
        return answer

    return reply


def test_a_picture_that_cannot_be_fetched_is_told(tmp_path):
    with pytest.raises(Failed, match="a picture was made but could not be had: ") as caught:
        carried(tmp_path, elsewhere("ftp://pictures.test/kite.png"), **WHOLE)

    assert "\n" not in caught.value.message


def test_a_folder_that_has_gone_is_told(tmp_path):
    folder = tmp_path / "out"
    folder.mkdir()

    with pytest.raises(Failed, match="out cannot be written: No such file or directory"):
        carried(folder, without(folder, picture_answer()), **WHOLE)


def test_what_went_wrong_is_told_though_nothing_can_be_saved(tmp_path, capsys):
    folder = tmp_path / "out"
    folder.mkdir()
    steps = (picture_answer(), picture_answer(), without(folder, error_answer(500)))

    _, code = carried(folder, *steps, config=SINGLE, **THREE)

    assert code == 1
    assert "error: no picture: 500 server_error: 2 of 3 pictures came; " in capsys.readouterr().err


def test_what_came_all_the_same_is_saved_and_listed_for_programs(tmp_path, capsys):
    steps = (picture_answer(), error_answer(500), picture_answer())

    _, code = carried(tmp_path, *steps, config=SINGLE, output=Output.JSON, **THREE)

    answer = json.loads(capsys.readouterr().out)
    assert (code, answer["ok"], answer["error"]["status"]) == (1, False, 500)
    assert [one["path"] for one in answer["pictures"]] == [
        str(tmp_path / "red-kite-1.png"),
        str(tmp_path / "red-kite-2.png"),
    ]
    assert pictures_in(tmp_path) == ["red-kite-1.png", "red-kite-2.png"]


def test_an_answer_from_the_cache_says_so(tmp_path, capsys):
    config = {**SINGLE, "cache": {"mode": "simple"}}

    _, code = carried(tmp_path, picture_answer(), config=config, times=2, **WHOLE)

    assert code == 0
    assert "\nserved from the cache in " in capsys.readouterr().out
