import pytest

from router.core.data_url import data_url
from router.emulators.inside import picture_in, source_of
from tests.originals.pictures import MASK, PNG, drawn

OTHER = drawn(size=(8, 8))


def test_a_picture_is_inside_its_own_url():
    assert picture_in(data_url(PNG, "image/png")) == PNG


@pytest.mark.parametrize("text", [None, 5, "", "https://a.test/b.png", "data:image/png;base64,!!"])
def test_nothing_is_inside_anything_else(text):
    assert picture_in(text) is None


def test_the_first_picture_is_the_main_one_and_those_out_of_reach_are_left_out():
    source = source_of([PNG, None, OTHER], mask=MASK, where="black")

    assert (source.content, source.others) == (PNG, (OTHER,))
    assert (source.mask, source.where) == (MASK, "black")


@pytest.mark.parametrize("pictures", [[], [None], [None, PNG]])
def test_nothing_is_made_of_a_main_picture_that_is_not_there(pictures):
    assert source_of(pictures) is None


@pytest.mark.parametrize(
    ("said", "change"), [(0.2, 0.2), ("0.75", 0.75), (None, 0.5), ("much", 0.5), (40, 0.5)]
)
def test_how_much_is_to_change_is_a_share(said, change):
    assert source_of([PNG], change=said).change == change
