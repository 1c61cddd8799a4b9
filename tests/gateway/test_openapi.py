"""The OpenAPI document: it tells of every path, and of nothing else."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from router.core.images import PARAMETERS
from router.gateway.arrival import Arrival
from router.gateway.instructions import OPTIONS, PREFIX, Instructions, instructions_in
from router.gateway.openapi.document import document
from router.gateway.openapi.headers import ASKED
from router.gateway.openapi.parameters import SCHEMAS
from router.gateway.openapi.replies import docs_reply
from router.gateway.refusal import Refusal
from router.gateway.routes import (
    ARTEFACT,
    IMAGES,
    MODEL,
    PAGES,
    ArtefactPath,
    ChatPath,
    ImagePath,
    ModelPath,
    PagePath,
    path_of,
)
from router.testing import simulate
from tests.gateway.drive import ask, opened

PATHS = document()["paths"]
OPERATIONS = [(path, method) for path, methods in PATHS.items() for method in methods]
TAGS = {
    ImagePath: "pictures",
    ChatPath: "pictures",
    ArtefactPath: "pictures",
    ModelPath: "models",
    PagePath: "gateway",
}


def found(path, method="GET"):
    return path_of(Arrival(method=method, path=path, query={}, headers={}))


def told(path):
    """Return the document's entry for a path that somebody asks for."""
    for template, methods in PATHS.items():
        pattern = re.sub(r"\\\{model\\\}", ".+", re.escape(template))
        pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", pattern)
        if re.fullmatch(pattern, path):
            return methods
    return None


@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda one: one)
def test_every_entry_leads_somewhere(path, method):
    where = found(re.sub(r"\{\w+\}", "x", path), method.upper())

    assert TAGS[type(where)] in PATHS[path][method]["tags"]


@given(
    st.one_of(st.from_regex(regex, fullmatch=True) for regex in (IMAGES, MODEL, ARTEFACT))
    | st.sampled_from(["/v1/models", "/openai/v1/models", "/v1/chat/completions", *PAGES])
)
def test_every_route_has_its_entry(path):
    assume("\n" not in path and (path == "/" or not path.endswith("/")))

    method = "post" if _takes_post(path) else "get"
    assert method in told(path)


def _takes_post(path):
    try:
        return found(path, "POST") is not None
    except Refusal:
        return False


def test_every_parameter_is_told_and_no_other():
    assert set(SCHEMAS) == PARAMETERS


def test_every_header_that_is_told_says_something_or_that_it_says_nothing():
    said = {
        f"{PREFIX}{name}": instructions_in({f"{PREFIX}{name}": value, "x-team": "red"})
        for name, value in {
            **{name: str(example) for name, (_, example) in ASKED.items()},
            **dict.fromkeys(OPTIONS, "x"),
        }.items()
    }
    changed = {
        field
        for one in said.values()
        for field in Instructions._fields
        if getattr(one, field) != getattr(Instructions(), field)
    }

    idle = [name for name, one in said.items() if one == Instructions()]
    assert idle == [f"{PREFIX}sensitive-headers"]
    assert ASKED["sensitive-headers"][0].startswith("Accepted")
    assert changed == set(Instructions._fields)
    assert said.keys() <= document()["components"]["parameters"].keys()


@pytest.mark.parametrize("name", document()["components"]["schemas"])
def test_every_shape_is_a_schema(name):
    Draft202012Validator.check_schema(_plain(document()["components"]["schemas"][name]))


def test_every_reference_is_kept():
    def look(value):
        if isinstance(value, str) or not hasattr(value, "__iter__"):
            return
        if hasattr(value, "items"):
            if "$ref" in value:
                kind, name = value["$ref"].removeprefix("#/components/").split("/")
                assert name in document()["components"][kind]
            value = value.values()
        for one in value:
            look(one)

    look(document())


@pytest.mark.parametrize(
    ("path", "kind"), [("/openapi.json", "application/json"), ("/docs", "text/html")]
)
def test_the_document_and_its_page_are_served(tmp_path, path, kind):
    async def main():
        return await ask(opened(tmp_path), path, method="GET")

    seen = simulate(main)

    assert seen.status == 200
    assert seen.headers["content-type"].startswith(kind)
    assert b"/v1/images/generations" in seen.body


class Page(HTMLParser):
    """Collects what a page loads, and where its links within lead."""

    VOID = frozenset({"meta", "br"})

    def __init__(self):
        super().__init__()
        self.open, self.loads, self.links, self.ids = [], [], [], []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)
        said = dict(attrs)
        self.loads += [said[name] for name in ("src", "srcset") if name in said]
        self.loads += [tag] if tag in {"link", "script", "iframe", "img"} else []
        self.links += [said["href"]] if tag == "a" else []
        self.ids += [said["id"]] if "id" in said else []

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def test_the_page_loads_nothing_and_every_link_leads_somewhere():
    page = Page()

    page.feed(docs_reply().body.decode())

    assert page.open == []
    assert page.loads == []
    assert {link.removeprefix("#") for link in page.links} - set(page.ids) == {"openapi.json"}
    assert len(page.ids) == len(set(page.ids))


def _plain(value):
    if hasattr(value, "items"):
        return {key: _plain(one) for key, one in value.items()}
    return [_plain(one) for one in value] if isinstance(value, list | tuple) else value
