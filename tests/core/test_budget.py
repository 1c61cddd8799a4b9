"""Budgets: what is reserved is taken from all of them or from none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from router.core.budget import Budget, Prepaid

COSTS = st.floats(0, 3).map(lambda cost: round(cost, 9))


def chain(*moneys):
    """Return nested budgets, the innermost last."""
    budgets = []
    for money in moneys:
        budgets.append(Budget(left=5, parent=budgets[-1] if budgets else None, money=money))
    return budgets


@pytest.mark.parametrize(("outer", "inner"), [(1, 3), (3, 1), (1, 1), (None, 1), (1, None)])
def test_what_one_budget_has_not_is_taken_from_none(outer, inner):
    budgets = chain(outer, inner)

    assert not budgets[-1].reserve(1, 2)
    assert [(one.left, one.money) for one in budgets] == [(5, outer), (5, inner)]


def test_what_is_reserved_is_taken_from_all():
    budgets = chain(3, None, 2)

    assert budgets[-1].reserve(2, 1.5)
    assert [(one.left, one.money) for one in budgets] == [(3, 1.5), (3, None), (3, 0.5)]


def test_the_least_of_all_money_is_what_is_left():
    assert chain(3, None, 2)[-1].least_money == 2
    assert chain(1, None, 2)[-1].least_money == 1
    assert chain(None, None)[-1].least_money is None


def test_tenths_add_up():
    budget = Budget(money=0.3)

    assert [budget.reserve(1, 0.1) for _ in range(4)] == [True, True, True, False]
    assert budget.money == 0


def test_an_unknown_cost_takes_nothing_and_needs_something():
    budget = Budget(money=0.1)

    assert budget.reserve(1, None)
    assert budget.money == 0.1
    assert not Budget(money=0.0).reserve(1, None)
    assert Budget(money=0.0).reserve(1, 0.0)


@pytest.mark.parametrize(
    ("purse", "cost", "fits", "money", "left_in_purse"),
    [
        (0.2, 0.2, True, 1.0, 0.0),
        (0.2, 0.1, True, 1.0, 0.1),
        (0.2, 0.5, True, 0.7, 0.0),
        (0.2, 1.2, True, 0.0, 0.0),
        (0.2, 1.3, False, 1.0, 0.2),
        (0.2, None, True, 1.0, 0.2),
    ],
)
def test_a_prepaid_call_takes_only_what_its_purse_is_short_of(
    purse, cost, fits, money, left_in_purse
):
    above = Budget(left=3, money=1.0)
    prepaid = Prepaid(parent=above, paid=1, purse=purse)

    assert prepaid.reserve(1, cost) is fits
    assert (above.money, round(prepaid.purse, 9)) == (money, left_in_purse)
    assert (prepaid.paid, above.left) == (0 if fits else 1, 3)


def test_a_call_behind_the_prepaid_one_is_paid_like_any_other():
    above = Budget(left=3, money=1.0)
    prepaid = Prepaid(parent=above, paid=1, purse=0.4)

    assert prepaid.reserve(1, 0.4)
    assert prepaid.reserve(1, 0.4)
    assert (above.left, above.money) == (2, 0.6)


@given(st.lists(st.tuples(COSTS, COSTS), max_size=20), st.floats(0, 5).map(lambda m: round(m, 9)))
def test_money_is_never_overdrawn_by_reserving_and_comes_back_whole(calls, most):
    outer, inner = chain(most, None)
    aside = []
    for cost, spent in calls:
        if inner.reserve(0, cost):
            inner.refund(0, cost - min(cost, spent))
            aside.append(min(cost, spent))

    assert outer.money >= 0
    assert abs(outer.money + sum(aside) - most) < 1e-7
