"""What an adapter asks to be sent is sent whole; the secret alone is added."""

from dataclasses import fields

from router.core.adapter import Send
from router.core.http import BEARER, HttpRequest, Part
from router.core.outcome import Failure, Kind
from router.testing import Scripted
from tests.strategies.test_call import saying
from tests.toys import SECRET, run

ASKED = HttpRequest(
    method="PUT",
    url="https://a.test/v1/images?api-version=1",
    headers={"x-own": "1"},
    body=b"{}",
    parts=(Part(name="n", content=b"1"),),
    auth=BEARER,
    max_body=1000,
    public=True,
)
FILLED_IN = {"headers", "auth"}


def sent(request):
    """Let an adapter send that; return what reached the sender."""

    def conversation(asked, target):
        yield Send(request=request)
        return Failure(kind=Kind.REFUSED, status=400, message="no")

    sender = Scripted(200)
    run(saying(conversation), sender=sender)
    (reached,) = sender.requests
    return reached


def test_the_request_of_this_file_leaves_no_field_at_its_default():
    plain = HttpRequest(method="GET", url="https://a.test/")

    same = [one.name for one in fields(HttpRequest) if same_in(one.name, ASKED, plain)]

    assert same == []


def same_in(name, one, other):
    return getattr(one, name) == getattr(other, name)


def test_nothing_that_an_adapter_asked_for_is_dropped_on_the_way_to_the_sender():
    request = sent(ASKED)

    others = [one.name for one in fields(HttpRequest) if not same_in(one.name, request, ASKED)]
    assert set(others) == FILLED_IN
    assert request.headers == {"x-own": "1", "authorization": f"Bearer {SECRET}"}
