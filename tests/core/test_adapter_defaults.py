"""What is said of a provider whose adapter says nothing of it."""

import pytest

from router.core.adapter import Adapter
from router.core.catalog import ModelFacts
from router.core.target import Target
from tests.toys import CAT

HERE = Target(path="config", provider="plain")
EDIT = type(CAT)(params=CAT.params, operation="edit")
VARIATION = type(CAT)(params={}, operation="variation")


class Plain(Adapter):
    """A provider of which only its catalog is known, if anything is."""

    provider = "plain"

    def __init__(self, facts=None):
        self._facts = facts

    def facts(self, request, target):
        return self._facts or super().facts(request, target)


def test_nothing_is_known_of_its_models():
    assert Plain().facts(CAT, HERE) is None


def test_it_makes_pictures_of_texts():
    assert not Plain().ability(CAT, HERE).why_not


@pytest.mark.parametrize("request_", [EDIT, VARIATION], ids=["edit", "variation"])
def test_it_does_nothing_else_and_says_so(request_):
    why_not = Plain().ability(request_, HERE).why_not

    assert why_not == f"plain cannot do the operation {request_.operation!r}"


def test_it_takes_files_and_no_references():
    assert Plain().takes_references(EDIT, HERE) is False


@pytest.mark.parametrize(
    ("facts", "streams"),
    [
        (None, False),
        (ModelFacts(name="m", per_call=1), False),
        (ModelFacts(name="m", per_call=1, streams=True), True),
    ],
    ids=["nothing known", "no", "yes"],
)
def test_its_models_stream_where_the_catalog_says_so(facts, streams):
    assert Plain(facts).streams(CAT, HERE) is streams


def test_it_has_no_words_of_its_own_for_what_is_asked():
    assert Plain().count_words(CAT, HERE) == ()
    assert Plain().unfolded(CAT, HERE) is CAT
