"""No false alarm: everything that this repository ships is found in order."""

import ast
import json

import pytest
from lint_tools import BLOCK, DOCS, ROOT, check_folder, check_text, codes

from router.cli.furnishing import furnish
from router.config.load import load_text
from router.config.report import Report
from router.workspace import config_files

CONFIGS = ROOT / "configs"

MISSION = "'dall-e-2' was retired by openai on 2026-05-12"
"""The one alarm that is meant: this config is the task that the project began with."""

NOTES = {"uneven-targets", "drained-target", "same-credential"}


def alarms(problems):
    return [problem for problem in problems if problem.severity != "note"]


def test_the_configs_give_no_alarm_but_the_one_that_is_meant():
    problems, _ = check_folder(CONFIGS, allow_unset=True)

    assert [problem.message for problem in alarms(problems)] == [MISSION]
    assert set(codes(problems)) - {"retired-model"} <= NOTES


def test_one_config_alone_silences_anything_and_says_why():
    silencing = [path for path in config_files(CONFIGS) if "x-lint" in path.read_text()]

    assert [path.name for path in silencing] == ["budget.yaml"]
    assert "# on purpose" in silencing[0].read_text()


def test_what_init_writes_gives_no_alarm(tmp_path):
    list(furnish(tmp_path, anew=False))

    assert alarms(check_folder(tmp_path / "configs", allow_unset=True)[0]) == []


def is_config(value):
    """Tell configs from catalogs; and from one whose provider the recipe brings along."""
    is_route = {"strategy", "targets"} <= value.keys() or "provider" in value
    return is_route and "models" not in value and value.get("provider") != "doodle"


def is_text_of_config(text):
    source = load_text(f"{text}\n", Report(), root="config")
    return source is not None and is_config(source.value)


def in_pages():
    for path in (ROOT / "README.md", *sorted(DOCS.glob("*.md"))):
        blocks = BLOCK.findall(path.read_text(encoding="utf-8"))
        for number, block in enumerate(filter(is_text_of_config, blocks)):
            yield pytest.param(f"{block}\n", id=f"{path.name}:{number}")


def in_the_cookbook():
    """Yield every text and mapping in a recipe that is a config."""
    for path in sorted((ROOT / "cookbook").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        drafts = {id(part) for node in ast.walk(tree) if is_draft(node) for part in ast.walk(node)}
        for node in (node for node in ast.walk(tree) if id(node) not in drafts):
            text = written(node) if isinstance(node, ast.Constant | ast.Dict) else None
            if text is not None:
                yield pytest.param(text, id=f"{path.stem}:{node.lineno}:{node.col_offset}")


def is_draft(node):
    """Tell what a recipe writes only to have it found wrong."""
    return isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "DRAFT"


def written(node):
    """Return the config that a literal is; None where it is none."""
    try:
        value = ast.literal_eval(node)
    except ValueError:
        return None
    if isinstance(value, dict) and is_config(value):
        return json.dumps(value) + "\n"
    is_text = isinstance(value, str) and "\n" in value and is_text_of_config(value)
    return f"{value}\n" if is_text else None


SHOWN = [*in_pages(), *in_the_cookbook()]


def test_pages_and_recipes_show_configs():
    where = {param.id.partition(":")[0] for param in SHOWN}

    assert {"README.md", "migrate.md", "simulate.md", "testing.md"} <= where
    assert {"editing", "multi_provider", "streaming", "write_a_strategy"} <= where
    assert len(SHOWN) >= 17


@pytest.mark.parametrize("text", SHOWN)
def test_a_config_that_is_shown_gives_no_alarm(text, tmp_path):
    found = alarms(check_text(text, tmp_path, allow_unset=True))

    # A page may show what came of an old config, whose models are retired.
    assert [problem for problem in found if problem.code != "retired-model"] == []
