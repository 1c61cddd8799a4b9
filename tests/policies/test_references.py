"""Pictures given as references: left as they are, made files, or reason to pass a target by."""

from dataclasses import dataclass, field

import pytest

from router.core.adapter import Ability
from router.core.data_url import data_url
from router.core.images import ImageRequest
from router.core.outcome import Kind
from router.testing import Scripted
from tests.originals.pictures import MASK, PNG, drawn
from tests.toys import Toy, compiled, fallback, run, target

JPEG = drawn("jpeg")
HERE = {"image_url": data_url(PNG, "image/png")}
ASKED = {"prompt": "a cat", "images": [HERE, {"image_url": data_url(JPEG, "image/jpeg")}]}
MASKED = {**ASKED, "mask": {"image_url": data_url(MASK, "image/png")}}


@dataclass(frozen=True)
class Editor(Toy):
    """Edits, and keeps the requests that it was given."""

    refers: bool = False
    can: Ability = field(default_factory=Ability)
    given: list = field(default_factory=list, compare=False)

    def takes_references(self, request, target):
        return self.refers

    def ability(self, request, target):
        return self.can

    def flow(self, request, target):
        self.given.append(request)
        return (yield from super().flow(request, target))


def edit(params, **more):
    return ImageRequest(params=params, operation="edit", **more)


def edited(params, editor=None, **settings):
    """Return the run of an edit, and the one request that reached the adapter, if any did."""
    editor = editor or Editor("a")
    node = compiled(target(**settings), adapters={"a": editor})
    result = run(node, request=edit(params), sender=Scripted(200))
    return result, next(iter(editor.given), None)


def test_who_takes_references_gets_them_as_they_are():
    _, given = edited(MASKED, Editor("a", refers=True))

    assert (given.params, given.files) == (MASKED, {})


def test_who_takes_files_gets_what_the_references_hold():
    result, given = edited({**MASKED, "n": 1})

    assert [upload.read() for upload in given.images] == [PNG, JPEG]
    assert [upload.name for upload in given.images] == ["images.png", "images.jpeg"]
    assert given.mask.read() == MASK
    assert given.params == {"prompt": "a cat", "n": 1}
    assert result.attempts[0].adaptations == ()


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ({"image_url": "https://cdn.test/cat.png"}, "images[1] is a URL"),
        ({"file_id": "file-1"}, "images[1] is a file ID"),
        ({"image_url": "data:image/png;base64,QUJD"}, "images[1] holds no picture"),
        ({"image_url": "data:image/png;base64,!"}, "images[1] holds no picture"),
        ("https://cdn.test/cat.png", "images[1] is a file ID"),
    ],
    ids=["URL", "ID", "text", "broken", "text alone"],
)
def test_a_reference_that_is_not_the_picture_itself_leads_past_the_target(reference, why):
    editor = Editor("a")
    node = compiled(fallback(target("a"), target("b")), adapters={"a": editor})

    result = run(node, request=edit({"images": [HERE, reference]}), sender=Scripted(200))

    assert (editor.given, result.outcome.kind) == ([], Kind.UNSUPPORTED)
    assert result.attempts == ()
    reasons = " ".join(decision.reason for decision in result.trace.decisions)
    assert f"a takes pictures as files, and {why}" in reasons


@pytest.mark.parametrize(
    "request_",
    [edit({"prompt": "a cat"}), ImageRequest(params={"prompt": "a cat", "images": "mine"})],
    ids=["files", "generation"],
)
def test_what_is_no_edit_of_references_is_left_alone(request_):
    editor = Editor("a")

    run(compiled(target(), adapters={"a": editor}), request=request_, sender=Scripted(200))

    assert [given.params for given in editor.given] == [request_.params]


def test_an_operation_that_is_done_in_another_way_is_told():
    result, _ = edited(ASKED, Editor("a", can=Ability(note="edit -> image-to-image")))

    assert result.attempts[0].adaptations == ("edit -> image-to-image",)


@pytest.mark.parametrize(
    ("mode", "kind"), [("skip", Kind.UNSUPPORTED), ("error", Kind.BAD_REQUEST)]
)
def test_who_wants_nothing_adapted_gets_no_other_operation_either(mode, kind):
    editor = Editor("a", can=Ability(note="edit -> image-to-image"))

    result, given = edited(ASKED, editor, on_unsupported=mode)

    assert (result.outcome.kind, given) == (kind, None)
    assert result.outcome.message == "a cannot do this as asked: edit -> image-to-image"
