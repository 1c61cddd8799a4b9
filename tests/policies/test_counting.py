import json
from dataclasses import dataclass

import pytest

from router.core.catalog import ModelFacts, Price
from router.core.outcome import Kind
from router.testing import Scripted, picture_answer
from tests.toys import CAT, Toy, budget, compiled, fallback, run, target

FOUR_CENTS = ModelFacts(name="m", prices=(Price(per="image", usd=0.04),))


@dataclass(frozen=True)
class Wordy(Toy):
    """A toy that calls the number of pictures something else, too."""

    words: tuple = ("pictures", "batch")

    def count_words(self, request, target):
        return self.words


class Broken(Toy):
    def count_words(self, request, target):
        raise ZeroDivisionError


def asks(**params):
    return CAT.with_params({**CAT.params, **params})


def drawn(request):
    return picture_answer(json.loads(request.body).get("n", 1))


def asked(toy=None, route=None, **params):
    """Return what was sent of the count, and the result."""
    sender = Scripted(drawn, repeat=True)
    adapters = {"a": toy or Wordy(known=FOUR_CENTS), "b": Toy("b")}
    result = run(
        compiled(route or target(), adapters=adapters), sender=sender, request=asks(**params)
    )
    told = ({**json.loads(request.body)} for request in sender.requests)
    return [
        {key: body[key] for key in ("n", "pictures", "batch") if key in body} for body in told
    ], result


def notes(result):
    return list(result.attempts[0].adaptations)


@pytest.mark.parametrize(
    ("params", "n", "told"),
    [
        ({"pictures": 3}, {"n": 3}, []),
        ({"batch": "3"}, {"n": 3}, []),
        ({"batch": 3.0}, {"n": 3}, []),
        ({"pictures": 3, "n": None}, {"n": 3}, []),
        ({"pictures": 3, "n": 3}, {"n": 3}, []),
        ({"pictures": 3, "n": 2}, {"n": 2}, ["pictures 3 dropped (n is given)"]),
        ({"pictures": 3, "batch": 2}, {"n": 3}, ["batch 2 dropped (pictures is given)"]),
        ({"pictures": None}, {}, []),
        ({"pictures": None, "batch": 2}, {"n": 2}, []),
        ({"n": 2}, {"n": 2}, []),
    ],
    ids=str,
)
def test_n_alone_reaches_the_provider_and_what_it_overrules_is_told(params, n, told):
    sent, result = asked(**params)

    assert sent == [n]
    assert notes(result) == told


def test_an_own_word_is_divided_into_calls():
    sent, result = asked(Wordy(most=2), pictures=5)

    assert sorted(part["n"] for part in sent) == [1, 2, 2]
    assert len(result.outcome.pictures.data) == 5


def test_an_own_word_is_paid_for():
    poor = target(budget=budget(max_cost=0.1))

    assert asked(route=poor, pictures=3)[1].outcome.kind is Kind.OUT_OF_BUDGET
    assert asked(route=poor, pictures=2)[1].status == 200


@pytest.mark.parametrize("count", [0, -3, True, 1.5, "x", "", "-1", "1.5", "²", [], {}], ids=repr)
def test_a_word_that_is_no_number_of_pictures_is_refused_before_anything_is_sent(count):
    sent, result = asked(pictures=count)

    assert (sent, result.outcome.kind, result.outcome.param) == ([], Kind.BAD_REQUEST, "pictures")
    assert result.outcome.local


def test_nobody_asks_for_own_words_where_there_can_be_none():
    assert asked(Broken(), n=2, size="8x8")[1].status == 200


def test_a_bug_of_the_adapter_costs_that_target_alone():
    sent, result = asked(Broken(), fallback(target("a"), target("b")), pictures=2)

    assert (len(sent), result.asked) == (1, ["b"])
