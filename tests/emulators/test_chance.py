from hypothesis import given
from hypothesis import strategies as st

from router.emulators.chance import Chance

LABELS = st.one_of(st.integers(), st.text(), st.floats(allow_nan=False))


@given(key=LABELS, label=LABELS)
def test_a_draw_depends_on_nothing_but_key_and_label(key, label):
    one, other = Chance(key), Chance(key)

    other.at("another draw in between")

    assert one.at(label) == other.at(label)
    assert 0 <= one.at(label) < 1


@given(low=st.integers(-50, 50), more=st.integers(0, 50), label=LABELS)
def test_whole_numbers_stay_within_both_ends(low, more, label):
    assert low <= Chance("x").whole(low, low + more, label) <= low + more


def test_draws_are_spread_evenly():
    chance = Chance("spread")

    numbers = [chance.at(number) for number in range(4_000)]

    assert 0.48 < sum(numbers) / len(numbers) < 0.52


def test_a_uuid_has_the_form_of_one():
    parts = Chance("x").uuid("request").split("-")

    assert [len(part) for part in parts] == [8, 4, 4, 4, 12]


def test_several_numbers_are_drawn_at_once():
    numbers = [Chance("key").several(3, label) for label in range(400)]

    assert Chance("key").several(3, 7) == numbers[7]
    assert len({one for each in numbers for one in each}) == 1200
    assert all(0 <= one < 1 for each in numbers for one in each)
    for place in range(3):
        assert 0.45 < sum(each[place] for each in numbers) / 400 < 0.55
