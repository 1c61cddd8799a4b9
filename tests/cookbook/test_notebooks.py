"""The notebooks of the cookbook: stored with their pictures, true to their scripts, and run."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from router.providers.registry import providers
from tests.configs.asking import ROOT

COOKBOOK = ROOT / "cookbook"
PICTURES = {
    "multi_provider": 4,
    "editing": 4,
    "streaming": 7,
    "every_provider": 18,
    "write_a_provider": 1,
    "write_a_strategy": 1,
    "tested_policy": 0,
}
TRACES = {
    "multi_provider": 4,
    "editing": 2,
    "streaming": 2,
    "every_provider": 0,
    "write_a_provider": 1,
    "write_a_strategy": 1,
    "tested_policy": 0,
}
FROM_SCRIPTS = [name for name in PICTURES if name != "multi_provider"]
TIMEOUT = 180  # seconds, for a machine that has much else to do


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def shown(notebook):
    """Everything that the notebook shows as HTML."""
    outputs = [one for cell in notebook["cells"] for one in cell.get("outputs", ())]
    return "".join("".join(one.get("data", {}).get("text/html", "")) for one in outputs)


def without_outputs(notebook):
    cells = [{**cell, "outputs": []} if "outputs" in cell else cell for cell in notebook["cells"]]
    return {**notebook, "cells": cells}


def sources(notebook):
    return [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_is_stored_with_its_pictures(name):
    path = COOKBOOK / f"{name}.ipynb"
    html = shown(load(path))

    assert html.count('<img src="data:image/') == PICTURES[name]
    assert html.count("served ") >= TRACES[name]
    assert path.stat().st_size < 1_500_000


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_was_run_from_top_to_bottom_without_an_error(name):
    cells = [cell for cell in load(COOKBOOK / f"{name}.ipynb")["cells"] if "outputs" in cell]

    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert not [one for cell in cells for one in cell["outputs"] if one["output_type"] == "error"]


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_tells_nothing_of_the_machine_it_was_run_on(name):
    text = (COOKBOOK / f"{name}.ipynb").read_text(encoding="utf-8")

    assert str(ROOT) not in text
    assert str(Path.home()) not in text


@pytest.mark.parametrize("name", FROM_SCRIPTS)
def test_a_notebook_is_its_script(name, monkeypatch):
    monkeypatch.syspath_prepend(COOKBOOK)
    from make_notebooks import sources_of

    script = (COOKBOOK / f"{name}.py").read_text(encoding="utf-8")

    assert sources(load(COOKBOOK / f"{name}.ipynb")) == list(sources_of(script))


def test_every_provider_is_on_the_contact_sheet_with_time_and_cost():
    html = shown(load(COOKBOOK / "every_provider.ipynb"))

    captions = re.findall(r"<b>([\w-]+)</b><br>([^<]+)<br>([^<]+)</figcaption>", html)
    assert {name for name, _, _ in captions} == {info.name for info in providers()}
    for _, model, told in captions:
        assert model
        assert re.fullmatch(r"\d+\.\d\d s, (\$\d+\.\d{4}|price not known)", told)


def test_the_unfinished_pictures_are_shown_as_they_come():
    html = shown(load(COOKBOOK / "streaming.ipynb"))

    first = html.partition("served by")[0]
    kinds = re.findall(r"image_generation\.(partial_image \d|completed) · 1024x1024", first)
    assert kinds == ["partial_image 0", "partial_image 1", "partial_image 2", "completed"]


def test_the_mission_of_the_notebook_is_that_of_the_configs():
    code = "\n".join(source for _, source in sources(load(COOKBOOK / "multi_provider.ipynb")))
    mission = re.search(r'MISSION = """(.*?)"""', code, re.DOTALL)[1]

    written = (ROOT / "configs" / "mission.yaml").read_text(encoding="utf-8")

    assert yaml.safe_load(mission) == yaml.safe_load(written)


@pytest.mark.parametrize("name", PICTURES)
def test_a_notebook_runs_where_there_is_nothing_but_the_package(name, tmp_path):
    folder, home = tmp_path / "here", tmp_path / "home"
    folder.mkdir()
    path = folder / f"{name}.ipynb"
    path.write_text(json.dumps(without_outputs(load(COOKBOOK / path.name))))

    done = subprocess.run(
        [Path(sys.executable).with_name("jupyter-execute"), "--inplace", path],
        cwd=folder,
        env={"HOME": str(home), "PATH": os.defpath},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert shown(load(path)).count('<img src="data:image/') == PICTURES[name]
    assert list(folder.iterdir()) == [path]
