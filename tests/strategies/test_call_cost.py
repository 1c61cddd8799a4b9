"""The cost of an attempt: what was bought is counted, what nobody knows is None, never 0."""

import dataclasses
import json

import anyio
import pytest

from router.core.adapter import exchange
from router.core.catalog import ModelFacts, Price
from router.core.dollars import dollars
from router.core.http import HttpRequest, HttpResponse, TransportError
from router.core.images import Picture
from router.core.outcome import Failure, Kind
from router.core.trace import Trace
from router.testing import Scripted, picture_answer, simulate
from tests.toys import CAT, Keys, Toy, ask, compiled, context, retry, run, target

FLAT = ModelFacts(name="m", prices=(Price(per="image", usd=0.04),))
COUNTED = ModelFacts(
    name="m", prices=(Price(per="token", usd=0.00001, tokens=("output_tokens",)), *FLAT.prices)
)


def tree(known=FLAT, **more):
    return compiled(target(**more), adapters={"a": Toy("a", known=known)})


def used(tokens, pictures=1):
    body = json.loads(picture_answer(pictures).body) | {"usage": {"output_tokens": tokens}}
    return HttpResponse(status=200, headers={}, body=json.dumps(body).encode())


def costs(result):
    return [attempt.cost for attempt in result.attempts]


def test_a_picture_costs_what_its_model_is_said_to_cost():
    result = run(tree(), 200)

    assert costs(result) == [0.04]
    assert result.trace.cost == 0.04


def test_usage_has_the_last_word():
    assert costs(run(tree(COUNTED), used(1234))) == [0.01234]


def test_a_model_of_unknown_price_has_cost_nobody_knows_what():
    result = run(tree(known=None), 200)

    assert costs(result) == [None]
    assert result.trace.cost is None


@pytest.mark.parametrize("status", [400, 401, 429])
def test_a_call_that_was_not_billed_has_cost_nothing(status):
    result = run(tree(), status)

    assert costs(result) == [0.0]
    assert result.trace.cost == 0.0


@pytest.mark.parametrize("reply", [500, TransportError("lost", sent=True)], ids=["500", "lost"])
def test_a_call_of_which_nobody_knows_whether_it_was_billed_has_an_unknown_cost(reply):
    assert costs(run(tree(), reply)) == [None]


def test_what_may_have_been_billed_is_not_in_the_sum():
    result = run(tree(retry=retry(1)), 500, 200)

    assert costs(result) == [None, 0.04]
    assert result.trace.cost == 0.04


@pytest.mark.parametrize(
    ("reply", "vault"),
    [(TransportError("refused", sent=False), None), (200, Keys())],
    ids=["no connection", "no key"],
)
def test_a_call_that_was_never_sent_has_cost_nothing(reply, vault):
    result = run(tree(), reply, **({} if vault is None else {"vault": vault}))

    assert costs(result) == [0.0]


def test_an_answer_that_is_no_good_and_says_what_it_has_used_was_billed():
    three = CAT.with_params({**CAT.params, "n": 3})

    result = run(tree(COUNTED), used(2000, pictures=2), request=three)

    assert (result.outcome.kind, result.outcome.billed) == (Kind.INVALID_OUTPUT, True)
    assert (result.attempts[0].billed, costs(result)) == (True, [0.02])
    assert result.trace.cost == 0.02


def test_an_answer_that_is_no_good_and_says_nothing_has_an_unknown_cost():
    three = CAT.with_params({**CAT.params, "n": 3})

    result = run(tree(), picture_answer(2), request=three)

    assert (result.outcome.billed, costs(result), result.trace.cost) == (None, [None], 0.0)


BILLED = Failure(kind=Kind.TIMEOUT, status=408, message="canceled", billed=True)


@dataclasses.dataclass(frozen=True)
class Biller(Toy):
    """A toy whose calls fail, and are billed all the same."""

    failure: Failure = BILLED

    def flow(self, request, target):
        yield from exchange(HttpRequest(method="POST", url="https://a.test/v1/images"))
        return self.failure


@pytest.mark.parametrize(
    ("fields", "cost"),
    [
        ({}, 0.12),
        ({"cost": 0.07}, 0.07),
        ({"cost": 0.0}, 0.0),
    ],
    ids=["as asked", "as told", "nothing"],
)
def test_a_failed_call_that_was_billed_is_counted(fields, cost):
    failure = dataclasses.replace(BILLED, **fields)
    node = compiled(target(), adapters={"a": Biller("a", known=FLAT, failure=failure)})

    result = run(node, 200, request=CAT.with_params({**CAT.params, "n": 3}))

    assert costs(result) == [cost]
    assert result.trace.cost == cost


def test_a_failed_call_with_pictures_in_it_costs_what_they_cost():
    came = tuple(Picture(url=f"https://a.test/{number}.png") for number in range(2))
    failure = dataclasses.replace(BILLED, pictures=came)
    node = compiled(target(), adapters={"a": Biller("a", known=FLAT, failure=failure)})

    result = run(node, 200, request=CAT.with_params({**CAT.params, "n": 3}))

    assert costs(result) == [0.08]


def test_a_billed_attempt_of_unknown_price_makes_the_sum_unknown():
    node = compiled(target(), adapters={"a": Biller("a")})

    result = run(node, 200)

    assert (costs(result), result.trace.cost) == ([None], None)


def test_a_call_that_is_cancelled_has_an_unknown_cost_once_it_was_sent():
    async def main():
        ctx = context(Scripted((60, 200)))
        with anyio.move_on_after(5):
            await tree().execute(CAT, ctx)
        return ctx.trace

    trace = simulate(main)

    assert [(attempt.status, attempt.cost) for attempt in trace.attempts] == [(499, None)]


class Vault:
    """A vault that takes its time."""

    async def credentials(self, name):
        await anyio.sleep(60)


def test_a_call_that_is_cancelled_before_it_was_sent_has_cost_nothing():
    async def main():
        ctx = context(Scripted(), vault=Vault())
        with anyio.move_on_after(5):
            await tree().execute(CAT, ctx)
        return ctx.trace

    trace = simulate(main)

    assert [(attempt.status, attempt.cost) for attempt in trace.attempts] == [(499, 0.0)]


def test_an_adapter_whose_facts_are_broken_serves_and_costs_nobody_knows_what():
    class Broken(Toy):
        def facts(self, request, target):
            raise ZeroDivisionError

    result = run(compiled(target(), adapters={"a": Broken("a")}), 200)

    assert (result.status, costs(result)) == (200, [None])


def test_observers_are_told_the_cost_when_an_attempt_ends():
    told = []

    class Listener:
        def decided(self, decision): ...

        def attempt_started(self, attempt):
            told.append(attempt.cost)

        def attempt_ended(self, attempt):
            told.append(attempt.cost)

    async def main():
        await ask(tree(), Scripted(200), trace=Trace("t", [Listener()]))

    simulate(main)

    assert told == [None, 0.04]


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (0, "$0.000"),
        (0.04, "$0.040"),
        (0.21109, "$0.211"),
        (12.5, "$12.500"),
        (0.0005, "$0.001"),
        (0.00049, "$0.00049"),
        (0.000012, "$0.000012"),
    ],
)
def test_amounts_are_written_with_digits_that_say_something(amount, text):
    assert dollars(amount) == text
