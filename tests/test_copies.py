"""Answers and errors carried to other processes, and copied."""

import copy
import pickle

import pytest

from router import AsyncRouter, Router
from router.answer import AsyncImage, BlockingImage, Image, ImagesResponse
from router.core.images import Picture, Pictures
from router.core.jsontypes import EMPTY
from router.core.outcome import Failure, Kind
from router.core.trace import Attempt, Decision, Trace
from router.errors import FetchError, RoutingError, routing_error
from router.testing import Scripted, picture_answer, simulate

CONFIG = {"provider": "openai", "api_key": "sk-test"}
THERE = Picture(url="https://cdn.test/cat.png", extras=EMPTY)


class Display:
    """An observer that cannot leave its process."""

    def __init__(self):
        self.seen = 0

    def decided(self, decision):
        self.seen += 1

    def attempt_started(self, attempt):
        self.seen += 1

    def attempt_ended(self, attempt):
        self.seen += 1

    def __reduce__(self):
        raise TypeError("a display cannot be pickled")


def pickled(value):
    return pickle.loads(pickle.dumps(value))


WAYS = pytest.mark.parametrize("again", [pickled, copy.deepcopy, copy.copy])


def answered(display=None):
    """One answer of a blocking router."""
    observers = [display] if display else []
    sender = Scripted(picture_answer())
    with Router(CONFIG, sender=sender, observers=observers) as router:
        return router.images.generate(prompt="a cat", model="gpt-image-2")


def awaited():
    """One answer of an AsyncRouter."""

    async def main():
        async with AsyncRouter(CONFIG, sender=Scripted(picture_answer())) as router:
            return await router.images.generate(prompt="a cat", model="gpt-image-2")

    return simulate(main)


@WAYS
@pytest.mark.parametrize("made", [answered, awaited])
def test_an_answer_arrives_whole(made, again):
    answer = made()

    other = again(answer)

    assert [image.bytes() for image in other.data] == [image.bytes() for image in answer.data]
    assert type(other.data[0]) is type(answer.data[0])
    assert (other.created, other.usage, other.fields) == (
        answer.created,
        answer.usage,
        answer.fields,
    )
    assert repr(other) == repr(answer)
    assert str(other.trace) == str(answer.trace)
    assert other.trace.served == answer.trace.served


def test_a_pickle_holds_each_picture_once():
    answer = answered()
    length = len(answer.data[0].b64_json)

    assert length < len(pickle.dumps(answer)) < length + 4_000


def test_read_only_mappings_become_plain_ones():
    pictures = Pictures(created=1, data=(THERE,), fields=EMPTY)

    other = pickled(pictures)

    assert other == pictures
    assert (other.fields, other.data[0].extras) == ({}, {})


@WAYS
def test_a_trace_leaves_its_observers_behind(again):
    display = Display()
    trace = answered(display).trace
    seen = display.seen

    other = again(trace)
    other.decide(Decision(path="config", by="test", chosen="x", reason="y", at=0.0))

    assert (other.id, other.attempts) == (trace.id, trace.attempts)
    assert display.seen == seen


@pytest.mark.parametrize("again", [copy.deepcopy, pickled])
def test_a_copied_trace_grows_alone(again):
    trace = Trace("t")

    again(trace).begin(Attempt(path="config", provider="openai"))

    assert trace.attempts == ()


@WAYS
def test_an_error_arrives_with_its_failure_pictures_and_trace(again):
    picture = answered().data[0].picture
    failure = Failure(kind=Kind.EMPTY, status=502, message="too few", pictures=(picture,))
    error = routing_error(failure, Trace("t", [Display()]))

    other = again(error)

    assert (type(other), str(other)) == (type(error), str(error))
    assert other.pictures == (picture,)
    assert other.trace.id == "t"


def test_an_error_raised_in_a_pool_can_be_caught_by_its_class():
    with pytest.raises(RoutingError, match="500 server_error: busy"):
        raise pickled(
            routing_error(Failure(kind=Kind.SERVER_ERROR, status=500, message="busy"), Trace("t"))
        )


# Pictures that came as URLs


@pytest.mark.parametrize("again", [copy.deepcopy, copy.copy])
def test_a_copy_of_a_picture_is_fetched_as_the_picture_is(again):
    image = BlockingImage(THERE, lambda url: url.encode())

    assert again(image).read() == THERE.url.encode()


@pytest.mark.parametrize("kind", [BlockingImage, AsyncImage])
def test_an_unpickled_picture_that_nobody_had_read_says_what_to_do(kind):
    image = pickled(kind(THERE, lambda url: url.encode()))

    with pytest.raises(FetchError, match=r"^'https://cdn.test/cat.png' .* read\(\) it before"):
        read(image)


@pytest.mark.parametrize("again", [pickled, copy.deepcopy, copy.copy])
def test_what_was_fetched_goes_along(again):
    image = BlockingImage(THERE, lambda url: url.encode())
    image.read()

    assert again(image).bytes() == THERE.url.encode()


def read(image):
    if isinstance(image, BlockingImage):
        return image.read()
    return simulate(image.read)


def test_an_answer_of_plain_pictures_is_no_exception():
    answer = ImagesResponse(Pictures(created=1, data=(THERE,)), (Image(THERE),), Trace("t"))

    assert repr(pickled(answer)) == repr(answer)
