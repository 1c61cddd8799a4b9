import pytest

from router.core.outcome import Kind
from router.testing import Scripted, picture_answer, simulate
from tests.toys import (
    CAT,
    Keys,
    Providers,
    ask,
    budget,
    compiled,
    error,
    fallback,
    retry,
    run,
    single,
    target,
)

BROKEN = Scripted(500, repeat=True)


def test_attempts_count_every_call_the_first_included():
    result = run(compiled(target(retry=retry(5), budget=budget(attempts=3))), 500, 500, 500)

    assert result.statuses == [500, 500, 500]
    assert result.outcome.kind is Kind.OUT_OF_BUDGET


def test_a_spent_budget_takes_the_status_of_the_last_real_failure():
    result = run(compiled(target(retry=retry(5), budget=budget(attempts=2))), 500, 529)

    assert (result.status, result.outcome.local) == (529, True)
    assert "529 overloaded: scripted 529" in result.outcome.message


def test_a_budget_that_never_paid_for_a_call_is_a_402():
    result = run(compiled(target(budget=budget(attempts=0))))

    assert (result.outcome.kind, result.status) == (Kind.OUT_OF_BUDGET, 402)


def test_a_deadline_without_a_failure_before_it_is_a_408():
    result = run(compiled(target(budget=budget(deadline=5))), (60, 200))

    assert (result.outcome.kind, result.status) == (Kind.OUT_OF_BUDGET, 408)
    assert result.outcome.message == "the deadline of 5 s has passed"


def test_a_deadline_after_a_failure_takes_its_status():
    route = fallback(target("a"), target("b"), budget=budget(deadline=5))

    result = run(compiled(route), (1, 529), (60, 200))

    assert (result.outcome.kind, result.status, result.took) == (Kind.OUT_OF_BUDGET, 529, 5)
    assert result.statuses == [529, 499]


def test_nobody_else_is_asked_after_a_budget_is_spent():
    route = fallback(target("a", retry=retry(3), budget=budget(attempts=1)), target("b"))

    result = run(compiled(route), sender=Providers(a=BROKEN))

    assert (result.asked, result.outcome.kind) == (["a"], Kind.OUT_OF_BUDGET)


def test_budgets_nest_and_a_call_draws_from_each_above_it():
    inner = fallback(target("a"), target("b"), budget=budget(attempts=9))
    route = fallback(inner, target("c"), target("d"), budget=budget(attempts=3))

    result = run(compiled(route), sender=Providers(a=BROKEN, b=BROKEN, c=BROKEN))

    assert result.asked == ["a", "b", "c"]


def test_an_inner_budget_bounds_only_its_own_branch():
    inner = fallback(target("a"), budget=budget(attempts=1))

    result = run(compiled(fallback(inner, target("b"))), 500, 200)

    assert result.statuses == [500, 200]


@pytest.mark.parametrize(("outer", "inner", "took"), [(5, 9, 5), (9, 5, 5), (5, 5, 5)])
def test_the_nearest_deadline_ends_the_request(outer, inner, took):
    route = single(target(budget=budget(deadline=inner)), budget=budget(deadline=outer))

    result = run(compiled(route), (60, 200))

    assert (result.took, result.outcome.kind, result.status) == (took, Kind.OUT_OF_BUDGET, 408)


def test_an_answer_before_the_deadline_is_the_answer():
    assert run(compiled(target(budget=budget(deadline=5))), (4.9, 200)).status == 200


def test_one_request_leaves_the_next_ones_budget_alone():
    node = compiled(target(budget=budget(attempts=1)))

    async def main():
        return [(await ask(node, Scripted(200))).status for _ in range(3)]

    assert simulate(main) == [200, 200, 200]


def test_a_deadline_counts_from_where_it_is_written():
    late = fallback(target("b"), budget=budget(deadline=5))

    result = run(compiled(fallback(target("a"), late)), (20, 500), (4, 200))

    assert result.status == 200


def test_pictures_that_came_survive_the_deadline():
    request = CAT.with_params({**CAT.params, "n": 3})
    route = fallback(target("a"), target("b"), budget=budget(deadline=5))

    result = run(compiled(route), picture_answer(2), (60, 200), request=request)

    assert (result.outcome.kind, len(result.outcome.pictures)) == (Kind.OUT_OF_BUDGET, 2)


def test_pictures_that_came_survive_a_failure_after_them_and_then_the_deadline():
    request = CAT.with_params({**CAT.params, "n": 3})
    route = fallback(target("a"), target("b"), target("c"), budget=budget(deadline=5))

    result = run(compiled(route), picture_answer(2), 503, (60, 200), request=request)

    failure = result.outcome
    assert (failure.kind, failure.status) == (Kind.OUT_OF_BUDGET, 503)
    assert (len(failure.pictures), failure.billed) == (2, True)


def test_pictures_that_came_survive_the_last_attempt_and_are_said_to_be_paid():
    request = CAT.with_params({**CAT.params, "n": 3})
    route = fallback(target("a"), target("b"), target("c"), budget=budget(attempts=2))

    failure = run(compiled(route), picture_answer(2), 503, request=request).outcome

    assert (failure.kind, len(failure.pictures)) == (Kind.OUT_OF_BUDGET, 2)
    assert failure.billed is True


def test_a_target_with_a_key_nobody_has_spends_its_attempt():
    result = run(compiled(target(budget=budget(attempts=1))), vault=Keys())

    assert (result.status, result.outcome.kind) == (401, Kind.AUTH)


@pytest.mark.parametrize(("outer", "inner"), [(5, 60), (60, 5)])
def test_no_wait_is_begun_that_ends_after_any_deadline_above(outer, inner):
    asked = target(retry=retry(3), budget=budget(deadline=inner))

    result = run(compiled(single(asked, budget=budget(deadline=outer))), error(503, retry_after=9))

    assert (result.took, result.outcome.kind) == (0, Kind.OVERLOADED)
